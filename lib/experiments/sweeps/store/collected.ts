/** What there is of a sweep: plain data. */
import type { Json } from './json.js';
import type { Grid, SweepParameters, SweepPoint } from '../points.js';
import type { Metrics } from '../run.js';
import { SweepError } from '../sweep-error.js';

/** What was asked for, as a file or a call says it. */
export interface SweepSpecification {
  /** The module or the named run; null for a function of the caller's. */
  readonly run: string | null;
  readonly grid: Grid;
  readonly fixed: SweepParameters;
  readonly seeds: readonly string[];
  readonly modules: readonly string[];
  readonly inputs: readonly string[];
}

/** `computed` by the last sweep; `reused`: it was there before; `missing`: not run yet; `failed`, with the error. */
export type PointState = 'computed' | 'reused' | 'missing' | 'failed';

/** A point, and what became of it. */
export interface CollectedPoint extends SweepPoint {
  /** See Keys; null if the sweep has no folder. */
  readonly key: string | null;
  readonly state: PointState;
  /** Null unless it was computed or reused, as the fingerprint of a run that has none. */
  readonly metrics: Metrics | null;
  readonly fingerprint: string | null;
  /** Why it failed, or which file in its place does not belong to this sweep; otherwise null. */
  readonly error: string | null;
}

/** All points of a sweep, in the order of the grid. */
export interface Collected {
  readonly version: string;
  readonly specification: SweepSpecification;
  readonly points: readonly CollectedPoint[];
  readonly counts: Readonly<Record<PointState, number>>;
}

/** Puts points together. */
export function collected(
  version: string,
  specification: SweepSpecification,
  points: readonly CollectedPoint[],
): Collected {
  const number = (state: PointState): number => points.filter(point => point.state === state).length;
  const counts = {
    computed: number('computed'),
    reused: number('reused'),
    missing: number('missing'),
    failed: number('failed'),
  };
  return { version, specification, points, counts };
}

/** A point in words: `policy=migrate, seed 1997`. Only what differs from point to point. */
export function pointName({ parameters, seed }: SweepPoint, { grid }: Pick<SweepSpecification, 'grid'>): string {
  const axes = Object.keys(grid).filter(axis => grid[axis].length > 1);
  return [...axes.map(axis => `${axis}=${valueName(parameters[axis])}`), `seed ${seed}`].join(', ');
}

/** A value of an axis in words. */
export function valueName(value: SweepParameters[string] | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'module' in value) {
    const { module, name, options } = value as Readonly<Record<string, Json>>;
    const rest = [name, options].filter(part => part !== undefined).map(part => JSON.stringify(part));
    return [String(module), ...rest].join(' ');
  }
  return JSON.stringify(value ?? null);
}

/** Throws a SweepError that says what is missing and what failed, unless everything is there. */
export function checkComplete({ points, counts, specification }: Collected): void {
  if (counts.missing + counts.failed === 0) return;
  const first = points.find(({ state }) => state === 'failed') ?? points.find(({ state }) => state === 'missing')!;
  const why = `${first.state === 'failed' ? 'failed' : 'is missing'}${first.error === null ? '' : `: ${first.error}`}`;
  throw new SweepError(
    `the sweep is incomplete: of ${points.length} points ${counts.failed} failed and ${counts.missing} are missing, ` +
      `such as the one of ${pointName(first, specification)}, which ${why}; run it again, or take what there is (incomplete: true, on the command line --incomplete)`,
  );
}
