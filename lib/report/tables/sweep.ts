/** A summary of a sweep as text: means with their intervals, and differences that are more than noise. */
import type { Estimate, PairedDifference } from '../../experiments/sweeps/statistics/estimate.js';
import type { SweepParameters } from '../../experiments/sweeps/points.js';
import { valueName } from '../../experiments/sweeps/store/collected.js';
import type { SweepSummary } from '../../experiments/sweeps/summary.js';
import { clipped, counted, NONE, printable } from '../format.js';
import { linesOf, wrapped, type Column } from './layout.js';

const WIDTH = 140;
/** What is shown of the runs of this package unless metrics are chosen. */
const USUAL = ['elapsedNs', 'misses.localShare', 'placement.migrations', 'placement.replications'];
/** Of a run that has none of them. */
const MOST = 6;

/** The metrics that a table has unless they are chosen: a run of this package has many. */
export function usualMetrics(present: readonly string[]): readonly string[] {
  const usual = USUAL.filter(name => present.includes(name));
  return usual.length > 0 ? usual : present.slice(0, MOST);
}

/** A line for each combination; for a single one a line for each metric. Ends with a line end. */
export function sweepText(summary: SweepSummary): string {
  const { rows } = summary;
  if (rows.length === 0) return 'no results\n';
  const seeds = new Set(rows.flatMap(row => row.seeds));
  const table = linesOf(rows.length === 1 ? metricColumns(summary) : combinationColumns(summary));
  return [...table, '', ...notesOn(summary, seeds.size)].map(line => `${printable(line)}\n`).join('');
}

/** A number with as many decimals as its interval makes sense of: two digits of the half width, at most. */
export function withInterval({ mean, halfWidth }: Estimate): string {
  const digits = digitsFor(halfWidth === null || halfWidth === 0 ? mean / 100 : halfWidth);
  return halfWidth === null ? fixed(mean, digits) : `${fixed(mean, digits)} ± ${fixed(halfWidth, digits)}`;
}

/** The difference if it is more than noise, `none` if its interval has 0, a dash for the baseline. */
export function differenceText(difference: PairedDifference | null): string {
  if (difference === null) return NONE;
  if (!difference.distinct) return difference.n === 1 ? 'one draw' : 'none';
  return `${difference.mean > 0 ? '+' : ''}${withInterval(difference)}`;
}

/** Times are shown in milliseconds. */
export function metricHeading(name: string): string {
  return name.endsWith('Ns') ? `${name.slice(0, -2)} ms` : name;
}

/** The same numbers in the unit of the heading. */
export function inUnit<Kind extends Estimate>(name: string, found: Kind): Kind {
  if (!name.endsWith('Ns')) return found;
  const ms = (value: number | null): number | null => (value === null ? null : value / 1e6);
  const { mean, deviation, halfWidth, low, high } = found;
  return {
    ...found,
    mean: mean / 1e6,
    deviation: ms(deviation),
    halfWidth: ms(halfWidth),
    low: ms(low),
    high: ms(high),
  };
}

/** A value of an axis, short enough for a table. */
export function axisValue(parameters: SweepParameters, axis: string): string {
  return clipped(valueName(parameters[axis]), 36);
}

function combinationColumns({ axes, metrics, baseline, rows }: SweepSummary): Column[] {
  const shown = axes.filter(axis => new Set(rows.map(row => axisValue(row.parameters, axis))).size > 1);
  const names = shown.map((axis, i): Column => {
    return {
      heading: axis,
      align: 'left',
      gap: i === 0 ? 0 : 2,
      expendable: 0,
      cells: rows.map(row => axisValue(row.parameters, axis)),
    };
  });
  const numbers = metrics.flatMap((name): Column[] => {
    const cells = rows.map(({ metrics: found }) => found[name]);
    const column = (heading: string, texts: readonly string[]): Column => {
      return { heading, align: 'right', gap: 2, expendable: 0, cells: texts };
    };
    const means = cells.map(cell => (cell === undefined ? NONE : withInterval(inUnit(name, cell.estimate))));
    const mean = column(metricHeading(name), means);
    if (baseline === null) return [mean];
    const differences = cells.map(cell => (cell?.difference ? differenceText(inUnit(name, cell.difference)) : NONE));
    return [mean, column('difference', differences)];
  });
  return [...names, ...numbers];
}

function metricColumns({ metrics, rows: [row] }: SweepSummary): Column[] {
  const present = metrics.filter(name => row.metrics[name] !== undefined);
  const cells = present.map(name => withInterval(inUnit(name, row.metrics[name].estimate)));
  return [
    { heading: 'metric', align: 'left', gap: 0, expendable: 0, cells: present.map(metricHeading) },
    { heading: 'mean', align: 'right', gap: 2, expendable: 0, cells },
  ];
}

function notesOn({ baseline, rows }: SweepSummary, seeds: number): string[] {
  if (seeds < 2) return ['One draw: with one seed nothing can be said about noise.'];
  const level = Math.round(100 * (Object.values(rows[0].metrics)[0]?.estimate.level ?? 0.95));
  const means = `Means over ${counted(seeds, 'seed')} ± half of the ${level} % interval (Student).`;
  if (baseline === null) return wrapped('', means, WIDTH);
  const name = Object.entries(baseline).map(([axis, value]) => `${axis}=${valueName(value)}`);
  const differences = `difference: to ${name.join(', ')} with the same seeds; none: its interval has 0, so that it may be noise.`;
  return [...wrapped('', means, WIDTH), ...wrapped('', differences, WIDTH)];
}

function digitsFor(size: number): number {
  return size === 0 ? 0 : Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(size)))));
}

function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}
