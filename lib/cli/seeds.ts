/** `--seeds N`: the same runs with several seeds, and what they have in common. */
import { VERSION } from '../engine/version.js';
import type { RunResult } from '../experiments/replay/result.js';
import { collected } from '../experiments/sweeps/store/collected.js';
import { seedsFrom, type SweepParameters } from '../experiments/sweeps/points.js';
import { resultMetrics } from '../experiments/sweeps/named/result-metrics.js';
import { summariseSweep, type SweepSummary } from '../experiments/sweeps/summary.js';
import type { SystemResult } from '../experiments/systems/system-result.js';
import { sweepText } from '../report/tables/sweep.js';
import { UsageError } from './errors.js';
import { wholeNumber } from './options.js';
import { print } from './output.js';

/** The seeds that `--seed` and `--seeds` ask for. Throws a UsageError for a report with it, which is one of one run. */
export function seedsOption(seed: string, seeds: string | undefined, report: string | undefined): readonly string[] {
  const all = seedsFrom(seed, wholeNumber('--seeds', seeds ?? '1', 1, 1000));
  if (all.length > 1 && report !== undefined)
    throw new UsageError('--report shows runs of one seed; leave out --seeds or --report');
  return all;
}

/** Prints what runs of a system have in common. */
export async function printSystems(results: readonly SystemResult[], json: boolean): Promise<void> {
  const measured = /^(elapsedNs|time\..*|misses\.(local|remote|localShare)|tlbMisses)$/;
  await printSummary(
    results,
    summaryOf(results, () => ({}), measured),
    json,
  );
}

/** Prints what replays have in common; every policy is compared with the first. */
export async function printReplays(results: readonly RunResult[], json: boolean): Promise<void> {
  const parameters = ({ trace, machine, policy }: RunResult): SweepParameters => {
    return { program: trace.name, machine: machine.name, policy };
  };
  const measured = /^(elapsedNs|misses\.localShare|placement\.(migrations|replications|collapses))$/;
  await printSummary(results, summaryOf(results, parameters, measured), json);
}

function summaryOf<Result extends RunResult | SystemResult>(
  results: readonly Result[],
  parametersOf: (result: Result) => SweepParameters,
  measured: RegExp,
): SweepSummary {
  const points = results.map(result => {
    const { metrics, fingerprint = null } = resultMetrics(result);
    const { seed } = result;
    return {
      key: null,
      parameters: parametersOf(result),
      seed,
      state: 'computed',
      metrics,
      fingerprint,
      error: null,
    } as const;
  });
  const [first] = points;
  const axes = Object.keys(first.parameters);
  const values = (axis: string) => [...new Set(points.map(({ parameters }) => parameters[axis]))];
  const grid = Object.fromEntries(axes.map(axis => [axis, values(axis)]));
  const seeds = [...new Set(points.map(({ seed }) => seed))];
  const metrics = [...new Set(points.flatMap(point => Object.keys(point.metrics)))].filter(
    name => measured.test(name) && points.some(point => point.metrics[name] !== 0),
  );
  const several = axes.includes('policy') && grid.policy.length > 1;
  const baseline = several ? { policy: first.parameters.policy } : undefined;
  const specification = { run: null, grid, fixed: {}, seeds, modules: [], inputs: [] };
  return summariseSweep(collected(VERSION, specification, points), { metrics, baseline });
}

function printSummary(results: readonly unknown[], summary: SweepSummary, json: boolean): Promise<void> {
  return print(json ? `${JSON.stringify({ version: VERSION, results, summary }, null, 1)}\n` : sweepText(summary));
}
