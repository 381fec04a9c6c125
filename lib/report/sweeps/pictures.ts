/** Pictures of a sweep: which axis of the grid goes where, and one picture for each metric, one for its differences, one as a heat map. */
import { plainObject } from '../../engine/checks.js';
import { canonical, type Json } from '../../experiments/sweeps/store/json.js';
import { valueName } from '../../experiments/sweeps/store/collected.js';
import type { Estimate } from '../../experiments/sweeps/statistics/estimate.js';
import type { SummaryRow, SweepSummary } from '../../experiments/sweeps/summary.js';
import { lineIntervals, rowIntervals, type Mark } from '../charts/intervals.js';
import { panelsSvg, type Panel, type Panels } from '../charts/panel.js';
import { valueMap } from '../charts/value-map.js';
import { inUnit, metricHeading, withInterval } from '../tables/sweep.js';

/** A picture of a metric. */
export interface SweepPicture extends Panels {
  /** For the name of a file: letters, digits, dots and dashes. */
  readonly name: string;
  readonly metric: string;
}

/** Most lines in a panel; an axis with more values is drawn as panels of its own. */
const MOST_LINES = 5;
/** Panels of one picture. What is beyond is in the table. */
const MOST_PANELS = 24;
/** Values that both axes of a heat map have at least. */
const LEAST_CELLS = 3;

/** An axis of the grid with its values in the order of the sweep. */
interface Axis {
  readonly name: string;
  readonly values: readonly Json[];
}

/** Where the axes go. */
interface Layout {
  readonly places: Axis;
  readonly lines: Axis | null;
  readonly panels: readonly Axis[];
}

/** A combination of the values of the axes that are panels. */
type Chosen = ReadonlyMap<string, Json>;

/** All pictures of a summary. None of a single combination: there is nothing to compare. */
export function sweepPictures(summary: SweepSummary): SweepPicture[] {
  const axes = axesOf(summary);
  if (axes.length === 0) return [];
  const layout = layoutOf(axes);
  const maps = axes.filter(({ values }) => values.length >= LEAST_CELLS);
  return summary.metrics.flatMap(metric => {
    const drawn = [intervals(summary, metric, layout, false)];
    if (summary.baseline !== null) drawn.push(intervals(summary, metric, layout, true));
    if (maps.length >= 2) drawn.push(heatMap(summary, metric, [maps[0], maps[1]], axes));
    return drawn.filter(({ panels }) => panels.length > 0);
  });
}

/** A picture as a file. */
export interface SweepChart {
  /** For the name of a file, without ending. */
  readonly name: string;
  readonly svg: string;
}

/** All pictures of a summary as files. Throws a RangeError for what is no summary. */
export function sweepCharts(summary: SweepSummary): SweepChart[] {
  plainObject(summary, 'the summary to draw');
  return sweepPictures(summary).map(picture => ({ name: picture.name, svg: panelsSvg(picture) }));
}

/** Axes with more than one value. */
function axesOf({ axes, rows }: SweepSummary): Axis[] {
  const all = axes.map((name): Axis => {
    const values = new Map(rows.map(({ parameters }) => [canonical(parameters[name]), parameters[name]]));
    return { name, values: [...values.values()] };
  });
  return all.filter(({ values }) => values.length > 1);
}

/** Numbers are places on an axis if there are any, in their order; the next axis that has few values is lines. */
function layoutOf(axes: readonly Axis[]): Layout {
  const numbers = axes.filter(isNumeric).sort((a, b) => b.values.length - a.values.length);
  const chosen = numbers[0] ?? axes.reduce((most, axis) => (axis.values.length > most.values.length ? axis : most));
  const rest = axes.filter(axis => axis !== chosen);
  const lines = rest.find(({ values }) => values.length <= MOST_LINES) ?? null;
  const places = isNumeric(chosen)
    ? { ...chosen, values: [...chosen.values].sort((a, b) => Number(a) - Number(b)) }
    : chosen;
  return { places, lines, panels: rest.filter(axis => axis !== lines) };
}

function isNumeric({ values }: Axis): boolean {
  return values.every(value => typeof value === 'number');
}

/** Means of a metric, or differences to the baseline, with their intervals. */
function intervals(
  summary: SweepSummary,
  metric: string,
  { places, lines, panels }: Layout,
  difference: boolean,
): SweepPicture {
  const names = lines === null ? [] : lines.values.map(valueName);
  const sets = combinations(panels).map((chosen): { chosen: Chosen; marks: (Mark | null)[][] } => {
    const marks = (lines?.values ?? [null]).map(value =>
      places.values.map(place => {
        const wanted = new Map([...chosen, [places.name, place]]);
        if (lines !== null) wanted.set(lines.name, value);
        return markOf(rowAt(summary.rows, wanted), metric, difference);
      }),
    );
    return { chosen, marks };
  });
  const shown = sets.filter(({ marks }) => marks.some(of => of.some(mark => mark !== null))).slice(0, MOST_PANELS);
  const range = rangeOf(
    shown.flatMap(({ marks }) => marks.flat()),
    difference,
  );
  const heading = `${metricHeading(metric)}${difference ? ', difference to the baseline' : ''}`;
  const drawn = shown.map(({ chosen, marks }): Panel => {
    const panel = {
      title: chosenName(chosen) || places.name,
      axis: places.name,
      places: places.values.map(valueName),
      lines: marks,
      unit: heading,
      range,
      zero: difference,
    };
    return isNumeric(places) ? lineIntervals(panel, places.values.map(Number)) : rowIntervals(panel);
  });
  return {
    name: fileName(metric, difference ? '-difference' : ''),
    metric,
    title: heading,
    panels: drawn,
    names,
    namesOf: lines?.name ?? null,
  };
}

function heatMap(
  summary: SweepSummary,
  metric: string,
  [down, across]: readonly [Axis, Axis],
  axes: readonly Axis[],
): SweepPicture {
  const rest = axes.filter(axis => axis !== down && axis !== across);
  const sets = combinations(rest)
    .slice(0, MOST_PANELS)
    .map(chosen => {
      const cells = down.values.map(row =>
        across.values.map(column =>
          markOf(rowAt(summary.rows, new Map([...chosen, [down.name, row], [across.name, column]])), metric, false),
        ),
      );
      return { chosen, cells };
    });
  const shown = sets.filter(({ cells }) => cells.some(of => of.some(mark => mark !== null)));
  const means = shown.flatMap(({ cells }) => cells.flat()).flatMap(mark => (mark === null ? [] : [mark.mean]));
  const range = [Math.min(...means), Math.max(...means)] as const;
  const digits = decimalsFor(range);
  const panels = shown.map(({ chosen, cells }) =>
    valueMap({
      title: chosenName(chosen) || `${down.name}, ${across.name}`,
      unit: metricHeading(metric),
      rows: [down.name, down.values.map(valueName)],
      columns: [across.name, across.values.map(valueName)],
      cells,
      range,
      text: mean => mean.toFixed(digits),
    }),
  );
  return {
    name: fileName(metric, '-map'),
    metric,
    title: `${metricHeading(metric)}, as a map`,
    panels,
    names: [],
    namesOf: null,
  };
}

function markOf(row: SummaryRow | undefined, metric: string, difference: boolean): Mark | null {
  const found = row?.metrics[metric];
  const value: Estimate | null | undefined = difference ? found?.difference : found?.estimate;
  if (row === undefined || value === undefined || value === null) return null;
  const shown = inUnit(metric, value);
  const { mean, low, high } = shown;
  const where = Object.entries(row.parameters).map(([axis, one]) => `${axis}=${valueName(one)}`);
  return { mean, low, high, title: `${where.join(', ')}: ${withInterval(shown)}` };
}

function rowAt(rows: readonly SummaryRow[], wanted: Chosen): SummaryRow | undefined {
  return rows.find(({ parameters }) =>
    [...wanted].every(([axis, value]) => canonical(parameters[axis]) === canonical(value)),
  );
}

function combinations(axes: readonly Axis[]): Chosen[] {
  return axes.reduce<Chosen[]>(
    (sets, { name, values }) => sets.flatMap(set => values.map(value => new Map([...set, [name, value]]))),
    [new Map()],
  );
}

function chosenName(chosen: Chosen): string {
  return [...chosen].map(([axis, value]) => `${axis}=${valueName(value)}`).join(', ');
}

/** From the lowest to the highest end of an interval; with 0 for differences. */
function rangeOf(marks: readonly (Mark | null)[], zero: boolean): [number, number] {
  const ends = marks.flatMap(mark => (mark === null ? [] : [mark.mean, mark.low ?? mark.mean, mark.high ?? mark.mean]));
  if (zero) ends.push(0);
  return [Math.min(...ends), Math.max(...ends)];
}

/** Decimals with which three digits of the range are seen. */
function decimalsFor([least, most]: readonly [number, number]): number {
  const size = Math.max(Math.abs(least), Math.abs(most));
  return size === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
}

function fileName(metric: string, ending: string): string {
  return `${metric.replace(/[^A-Za-z0-9.-]/g, '_')}${ending}`;
}
