/** Means with intervals of a sweep, combination by combination, and differences to a baseline with the same seeds. */
import { flag, list, plainObject } from '../../engine/checks.js';
import { suggestion } from '../../engine/suggestion.js';
import { checkComplete, valueName, type Collected, type CollectedPoint } from './store/collected.js';
import { estimate, pairedDifference, type Estimate, type PairedDifference } from './statistics/estimate.js';
import { canonical, type Json } from './store/json.js';
import type { Grid, SweepParameters } from './points.js';
import { SweepError } from './sweep-error.js';

/** What is summarised. */
export interface SummaryOptions {
  /** Names of metrics; all unless given. */
  readonly metrics?: readonly string[] | undefined;
  /** Values of some axes: the combination with these, and otherwise equal ones, is what others are compared with. */
  readonly baseline?: SweepParameters | undefined;
  /** Take what there is, although points are missing or failed. */
  readonly incomplete?: boolean | undefined;
}

/** A metric of a combination. */
export interface MetricSummary {
  readonly estimate: Estimate;
  /** To the baseline, over the seeds that both have; null for the baseline itself, and without one. */
  readonly difference: PairedDifference | null;
}

/** A combination of parameters. */
export interface SummaryRow {
  /** The axes only. */
  readonly parameters: SweepParameters;
  /** Seeds that have an outcome. */
  readonly seeds: readonly string[];
  /** By name; a metric that no seed has is left out. */
  readonly metrics: Readonly<Record<string, MetricSummary>>;
}

/** A summary. Plain data. */
export interface SweepSummary {
  readonly axes: readonly string[];
  readonly metrics: readonly string[];
  readonly baseline: SweepParameters | null;
  readonly rows: readonly SummaryRow[];
}

/** Seeds of one combination. */
interface Group {
  readonly parameters: SweepParameters;
  readonly points: readonly CollectedPoint[];
}

/**
 * Averages over the seeds. Throws a SweepError if the sweep is incomplete and that was not allowed, and for a metric, an axis or a
 * value that the sweep does not have.
 */
export function summariseSweep(sweep: Collected, options: SummaryOptions = {}): SweepSummary {
  plainObject(sweep, 'the sweep to summarise');
  plainObject(options, 'the options of a summary');
  flag(options.incomplete ?? false, 'incomplete');
  if (options.metrics !== undefined) list(options.metrics, 'metrics');
  if (options.incomplete !== true) checkComplete(sweep);
  const axes = Object.keys(sweep.specification.grid);
  const baseline = options.baseline ?? null;
  checkBaseline(sweep.specification.grid, baseline);
  const groups = groupsOf(sweep, axes);
  const present = [...new Set(sweep.points.flatMap(({ metrics }) => Object.keys(metrics ?? {})))].sort();
  const metrics = options.metrics ?? present;
  for (const name of metrics)
    if (!present.includes(name))
      throw new SweepError(
        `there is no metric ${name}${suggestion(name, present) || ';'} there are ${present.join(', ')}`,
      );
  const rows = groups.map(group =>
    rowOf(group, metrics, baseline === null ? null : partnerOf(group, baseline, groups)),
  );
  return { axes, metrics, baseline, rows };
}

/** Throws a SweepError for an axis or a value that a grid does not have. */
export function checkBaseline(grid: Grid, baseline: SweepParameters | null): void {
  for (const [axis, value] of Object.entries(baseline ?? {})) {
    const values = Object.hasOwn(grid, axis) ? grid[axis] : undefined;
    const axes = Object.keys(grid);
    if (values === undefined)
      throw new SweepError(
        `baseline: there is no axis ${axis}${suggestion(axis, axes) || ';'} there are ${axes.join(', ')}`,
      );
    if (!values.some(one => canonical(one) === canonical(value)))
      throw new SweepError(`baseline: ${axis} is never ${valueName(value)}; it is ${values.map(valueName).join(', ')}`);
  }
}

function groupsOf({ points }: Collected, axes: readonly string[]): Group[] {
  const groups = new Map<string, { parameters: SweepParameters; points: CollectedPoint[] }>();
  for (const point of points) {
    const parameters = Object.fromEntries(axes.map(axis => [axis, point.parameters[axis]]));
    const key = canonical(parameters);
    if (!groups.has(key)) groups.set(key, { parameters, points: [] });
    groups.get(key)!.points.push(point);
  }
  return [...groups.values()];
}

/** The combination that a group is compared with; null if that is the group itself. */
function partnerOf(group: Group, baseline: SweepParameters, groups: readonly Group[]): Group | null {
  const wanted = canonical({ ...group.parameters, ...baseline });
  const partner = groups.find(({ parameters }) => canonical(parameters as Json) === wanted);
  return partner === undefined || partner === group ? null : partner;
}

function rowOf({ parameters, points }: Group, names: readonly string[], partner: Group | null): SummaryRow {
  const whole = points.filter(({ metrics }) => metrics !== null);
  const metrics = names.flatMap((name): [string, MetricSummary][] => {
    const values = valuesOf(points, name);
    if (values.size === 0) return [];
    return [[name, { estimate: estimate([...values.values()]), difference: differenceOf(values, partner, name) }]];
  });
  return { parameters, seeds: whole.map(({ seed }) => seed), metrics: Object.fromEntries(metrics) };
}

function differenceOf(
  values: ReadonlyMap<string, number>,
  partner: Group | null,
  name: string,
): PairedDifference | null {
  if (partner === null) return null;
  const others = valuesOf(partner.points, name);
  const seeds = [...values.keys()].filter(seed => others.has(seed));
  if (seeds.length === 0) return null;
  return pairedDifference(
    seeds.map(seed => values.get(seed)!),
    seeds.map(seed => others.get(seed)!),
  );
}

/** Values of a metric by seed. */
function valuesOf(points: readonly CollectedPoint[], name: string): Map<string, number> {
  const present = points.filter(({ metrics }) => metrics !== null && Object.hasOwn(metrics, name));
  return new Map(present.map(({ seed, metrics }) => [seed, metrics![name]]));
}
