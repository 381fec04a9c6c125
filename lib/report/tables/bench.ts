/** The policy bench as text: where the time went under each policy, what it did, and why. */
import type { BenchResult } from '../../experiments/bench/bench.js';
import { valueName } from '../../experiments/sweeps/store/collected.js';
import type { SummaryRow } from '../../experiments/sweeps/summary.js';
import { clipped, counted, decimal, NONE, percent, printable } from '../format.js';
import { linesOf, type Column } from './layout.js';
import { differenceText, inUnit, withInterval } from './sweep.js';

const WIDTH = 140;
/** Reasons that are shown for each policy. */
const REASONS = 4;
/** Moves of pages, whatever they are called. */
const MOVES = ['migrations', 'promotions', 'demotions', 'exchanges'].map(name => `placement.${name}`);

/** A table of means and the decisions of each policy by reason. Ends with a line end. */
export function benchText({ found, summary }: BenchResult): string {
  const rows = [...summary.rows];
  const lines = [...linesOf(columns(rows)), '', ...notes(rows, summary.baseline !== null), '', ...reasonsOf(found)];
  return lines.map(line => `${printable(line)}\n`).join('');
}

function columns(rows: readonly SummaryRow[]): Column[] {
  const mean = (row: SummaryRow, name: string): number | null => row.metrics[name]?.estimate.mean ?? null;
  const total = (row: SummaryRow, names: readonly string[]): number | null => {
    const means = names.map(name => mean(row, name) ?? 0);
    return mean(row, 'elapsedNs') === null ? null : means.reduce((sum, one) => sum + one, 0);
  };
  const share = (row: SummaryRow, name: string): string => {
    const [part, all] = [mean(row, `time.${name}`), mean(row, 'elapsedNs')];
    return all === null ? NONE : percent((part ?? 0) / (all * (mean(row, 'processors') ?? 1)));
  };
  const column = (heading: string, cell: (row: SummaryRow) => string): Column => {
    return { heading, align: 'right', gap: 2, expendable: 0, cells: rows.map(cell) };
  };
  const names = rows.map(({ parameters }) => clipped(valueName(parameters.policy), 32));
  return [
    { heading: 'policy', align: 'left', gap: 0, expendable: 0, cells: names },
    column('elapsed ms', ({ metrics: { elapsedNs: one } }) => (one === undefined ? 'failed' : withInterval(inUnit('elapsedNs', one.estimate)))), // prettier-ignore
    column('difference', ({ metrics: { elapsedNs: one } }) => one?.difference ? differenceText(inUnit('elapsedNs', one.difference)) : NONE), // prettier-ignore
    column('local', row => share(row, 'local stall')),
    column('remote', row => share(row, 'remote stall')),
    column('moving', row => share(row, 'page moving')),
    column('local misses', row => percent(mean(row, 'misses.localShare'))),
    column('moves', row => decimal(total(row, MOVES), 0)),
    column('copies', row => decimal(total(row, ['placement.replications']), 0)),
    column('back', row => decimal(total(row, ['placement.pingPongs']), 0)),
    column('MB', row => decimal((total(row, ['placement.bytesMoved']) ?? NaN) / 2 ** 20, 1)),
    column('bank', row => percent(mean(row, 'load.bank'), 0)),
    column('link', row => percent(mean(row, 'load.link'), 0)),
    column('/optimum', row => decimal(mean(row, 'log.overOptimum'), 2)),
  ];
}

function notes(rows: readonly SummaryRow[], compared: boolean): string[] {
  const seeds = Math.max(0, ...rows.map(row => row.seeds.length));
  return [
    seeds < 2
      ? 'One draw: with one seed nothing can be said about noise.'
      : `Means over ${counted(seeds, 'seed')} ± half of the 95 % interval (Student).`,
    ...(compared && seeds > 1
      ? ['difference: to the first policy with the same seeds; none: its interval has 0, so that it may be noise.']
      : []),
    'local, remote: stalls on misses; moving: handlers and copying; shares of the time of all processors.',
    'back: moves to the node that a page had left last. bank, link: how busy the busiest was.',
    '/optimum: stalls and moves on the log of misses under first touch, over the least that any policy needs there.',
  ];
}

function reasonsOf(found: BenchResult['found']): string[] {
  return [
    'Decisions, most frequent first, mean over the seeds:',
    ...found.specification.grid.policy.map(policy => {
      const name = valueName(policy);
      const points = found.points.filter(({ parameters }) => valueName(parameters.policy) === name);
      const failed = points.find(({ error }) => error !== null)?.error;
      if (failed !== undefined) return clipped(`${name}: ${failed}`, WIDTH);
      const sums = new Map<string, number>();
      for (const { metrics } of points)
        for (const [metric, count] of Object.entries(metrics ?? {}))
          if (metric.startsWith('decisions.')) sums.set(metric.slice(10), (sums.get(metric.slice(10)) ?? 0) + count);
      const most = [...sums].sort((a, b) => b[1] - a[1]).slice(0, REASONS);
      const text = most.map(([reason, sum]) => `${reason} ${Math.round(sum / points.length)}`).join('; ');
      return clipped(`${name}: ${text}`, WIDTH);
    }),
  ];
}
