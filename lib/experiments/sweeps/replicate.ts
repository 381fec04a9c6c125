/** Runs one configuration with several seeds, in this thread. */
import { callable, flag, numberAbove, plainObject, string, wholeNumber } from '../../engine/checks.js';
import { estimate, type Estimate } from './statistics/estimate.js';
import { seedsFrom, seedsOf } from './points.js';
import { outcomeOf, type Metrics, type RunOutcome, type WholeOutcome } from './run.js';
import { SweepError } from './sweep-error.js';

/** Runs the configuration with a seed. */
export type SeededRun = (seed: string) => Metrics | RunOutcome | Promise<Metrics | RunOutcome>;

/** One run. */
export interface Replication extends WholeOutcome {
  readonly seed: string;
}

/** All runs. */
export interface Replications {
  readonly runs: readonly Replication[];
  /** By name, of the metrics that every run has. */
  readonly metrics: Readonly<Record<string, Estimate>>;
}

/** What is run how often. */
export interface ReplicateOptions {
  /** Seeds by name; or how many, of `seedsFrom('1997', …)`. */
  readonly seeds: number | readonly string[];
  readonly run: SeededRun;
}

/** Runs with each seed and averages. Throws what a run throws, and a RangeError for options that cannot be. */
export function replicate(options: ReplicateOptions): Promise<Replications> {
  plainObject(options, 'the options of replicate');
  callable(options.run, 'replicate: run');
  const seeds = seedsOf(options.seeds);
  return runAll(options.run, seeds);
}

/** When there are enough runs. */
export interface ReplicateUntilOptions {
  readonly run: SeededRun;
  /** The metric whose interval is looked at. */
  readonly metric: string;
  /** Half of the width that the interval may have at the most; a part of the mean's magnitude if `relative`. */
  readonly halfWidth: number;
  readonly relative?: boolean | undefined;
  /** The first seed; the others follow as in `seedsFrom`. */
  readonly seed: string;
  /** Runs before the interval is looked at first, 2 or more: an interval of few runs may be narrow by chance. */
  readonly least: number;
  readonly most: number;
}

/** All runs, and whether they were enough. */
export interface ReplicationsUntil extends Replications {
  /** The interval is as narrow as was asked for. */
  readonly reached: boolean;
}

/**
 * Runs with one seed after the other until the interval of a metric is narrow enough, or all runs are used up. The sequential
 * procedure of Law, section 9.4.1: its intervals cover slightly less often than they say if `least` is small.
 */
export function replicateUntil(options: ReplicateUntilOptions): Promise<ReplicationsUntil> {
  plainObject(options, 'the options of replicateUntil');
  const { run, metric, halfWidth, relative = false, seed, least, most } = options;
  callable(run, 'replicateUntil: run');
  string(metric, 'replicateUntil: metric');
  numberAbove(halfWidth, 'replicateUntil: halfWidth', 0);
  flag(relative, 'replicateUntil: relative');
  string(seed, 'replicateUntil: seed');
  wholeNumber(least, 'replicateUntil: least', 2, 100_000);
  wholeNumber(most, 'replicateUntil: most', least, 100_000);
  return runUntil({ ...options, relative });
}

async function runUntil(options: ReplicateUntilOptions): Promise<ReplicationsUntil> {
  const { run, metric, halfWidth, relative, seed, least, most } = options;
  const runs: Replication[] = [];
  let reached = false;
  for (const next of seedsFrom(seed, most)) {
    runs.push(await runOne(run, next));
    if (!Object.hasOwn(runs.at(-1)!.metrics, metric))
      throw new SweepError(
        `the run returned no metric ${metric}; it returned ${Object.keys(runs.at(-1)!.metrics).join(', ')}`,
      );
    if (runs.length < least) continue;
    const { mean, halfWidth: width } = estimate(runs.map(({ metrics }) => metrics[metric]));
    reached = width! <= (relative === true ? halfWidth * Math.abs(mean) : halfWidth);
    if (reached) break;
  }
  return { ...averaged(runs), reached };
}

async function runAll(run: SeededRun, seeds: readonly string[]): Promise<Replications> {
  const runs: Replication[] = [];
  for (const seed of seeds) runs.push(await runOne(run, seed));
  return averaged(runs);
}

async function runOne(run: SeededRun, seed: string): Promise<Replication> {
  return { seed, ...outcomeOf(await run(seed)) };
}

function averaged(runs: readonly Replication[]): Replications {
  const names = Object.keys(runs[0].metrics).filter(name => runs.every(({ metrics }) => Object.hasOwn(metrics, name)));
  const metrics = names.map((name): [string, Estimate] => [name, estimate(runs.map(run => run.metrics[name]))]);
  return { runs, metrics: Object.fromEntries(metrics) };
}
