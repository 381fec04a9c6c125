/** The policy bench: placement policies over one recorded trace, on a machine and on its log of misses, compared with paired seeds. */
import { callable, list, numberAbove, plainObject, string, wholeNumber } from '../../engine/checks.js';
import { policyNames } from '../policies.js';
import type { PolicyModule } from '../policy-module.js';
import { seedsFrom, type SweepParameters } from '../sweeps/points.js';
import type { Json } from '../sweeps/store/json.js';
import type { Collected } from '../sweeps/store/collected.js';
import { summariseSweep, type SweepSummary } from '../sweeps/summary.js';
import { sweep, type SweepProgress } from '../sweeps/sweep.js';

/** What is compared. */
export interface BenchOptions {
  /** Path of a recorded trace, plain or gzip. */
  readonly trace: string;
  /** Names of policies or modules; the first is what the others are compared with. All that there are unless given. */
  readonly policies?: readonly (string | PolicyModule)[] | undefined;
  /** Other parameters of the run `trace` of sweeps: `machine`, `processors`, `l2KB`, `copies`, `part`, `machine.PATH`. */
  readonly fixed?: SweepParameters | undefined;
  /**
   * By how much faster the clocks of named policies go: their times are divided by it and their rates multiplied. For recordings
   * that are much shorter than the programs which the policies are made for. 1 unless given.
   */
  readonly faster?: number | undefined;
  readonly seed?: string | undefined;
  /** Seeds, paired over the policies. 1 unless given. */
  readonly seeds?: number | undefined;
  readonly threads?: number | undefined;
  /** Where finished points are kept; nowhere unless given. */
  readonly folder?: string | undefined;
  /** The folder that relative paths are meant from; the current one unless given. */
  readonly base?: string | undefined;
  /** After which a policy's run has failed. */
  readonly timeLimitSeconds?: number | undefined;
  /** Called after each point. */
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/** What was found: all points, those that failed included, and means over the seeds of what did not. */
export interface BenchResult {
  readonly found: Collected;
  readonly summary: SweepSummary;
}

/** Seconds after which a run has failed unless told otherwise: far above what recordings of this package take. */
export const BENCH_TIME_LIMIT_S = 600;

/** Metrics that a table of policies shows, if there are any. */
export const BENCH_METRICS = [
  'elapsedNs',
  'processors',
  'time.local stall',
  'time.remote stall',
  'time.page moving',
  'misses.localShare',
  'placement.migrations',
  'placement.replications',
  'placement.promotions',
  'placement.demotions',
  'placement.exchanges',
  'placement.pingPongs',
  'placement.bytesMoved',
  'load.controller',
  'load.bank',
  'load.link',
  'log.overOptimum',
] as const;

/**
 * Runs every policy with every seed. A policy that throws, or takes too long, costs its own points only. Throws a RangeError for
 * options that cannot be.
 */
export async function comparePolicies(options: BenchOptions): Promise<BenchResult> {
  const { trace, fixed = {}, seed = '1997', seeds = 1, faster = 1, onProgress } = checked(options);
  const policies = options.policies ?? policyNames;
  const run = { module: new URL('./bench-run.js', import.meta.url), name: 'policyRun' };
  const { threads, folder, base, timeLimitSeconds } = options;
  const found = await sweep({ policy: policies as unknown as Json[] }, run, {
    ...{ threads, folder, base, timeLimitSeconds, onProgress },
    seeds: seedsFrom(seed, seeds),
    fixed: { ...fixed, faster, trace: { file: trace } },
  });
  return { found, summary: summaryOf(found, policies[0]) };
}

function summaryOf(found: Collected, baseline: string | PolicyModule): SweepSummary {
  const present = new Set(found.points.flatMap(({ metrics }) => Object.entries(metrics ?? {}).flatMap(([name, value]) => (value === 0 ? [] : [name])))); // prettier-ignore
  const metrics = BENCH_METRICS.filter(name => present.has(name));
  const several = found.specification.grid.policy.length > 1;
  return summariseSweep(found, {
    metrics,
    incomplete: true,
    ...(several ? { baseline: { policy: baseline as unknown as Json } } : {}),
  });
}

function checked(options: BenchOptions): BenchOptions {
  plainObject(options, 'the options of comparePolicies');
  const { trace, policies, faster, seed, seeds, onProgress } = options;
  if (faster !== undefined) numberAbove(faster, 'comparePolicies: faster', 0, 1e9);
  string(trace, 'comparePolicies: trace');
  if (policies !== undefined) {
    list(policies, 'comparePolicies: policies');
    if (policies.length === 0) throw new RangeError('comparePolicies: policies is empty; name one or more');
  }
  if (seed !== undefined) string(seed, 'comparePolicies: seed');
  if (seeds !== undefined) wholeNumber(seeds, 'comparePolicies: seeds', 1, 1000);
  if (onProgress !== undefined) callable(onProgress, 'comparePolicies: onProgress');
  return options;
}
