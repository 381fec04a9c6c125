/** The module whose runs the policy bench makes: threads of a sweep import it. */
import type { MissLog } from '../../placement/log/miss-log.js';
import { discoEngineeringCosts } from '../../placement/log/costs.js';
import { offlineOptimum } from '../../placement/log/optimum.js';
import { replayLog } from '../../testing/toy/replay-log.js';
import { recordMisses } from '../replay/record.js';
import { Replay, type ReplayOptions } from '../replay/replay.js';
import type { RunResult } from '../replay/result.js';
import { traceOptions } from '../sweeps/named/named-runs.js';
import { resultMetrics } from '../sweeps/named/result-metrics.js';
import type { SweepParameters } from '../sweeps/points.js';
import type { Metrics, RunContext, SweepRun } from '../sweeps/run.js';

/** What moves cost in replays of logs: Disco's Table 3. */
const COSTS = discoEngineeringCosts.costs;

/** A log of misses under first touch, and the least that a policy costs on it. */
interface Recorded {
  readonly log: MissLog;
  readonly optimumNs: number;
}

/** What a thread has recorded last: policies over one trace follow each other. */
let last: { readonly key: string; readonly recorded: Recorded } | null = null;

/** Replays a trace on the machine, and its log of misses without one. */
export const policyRun: SweepRun = async (parameters, seed, context) => {
  const replay = new Replay(await traceOptions(parameters, seed, context));
  replay.run();
  const result = replay.result();
  const { metrics, fingerprint } = resultMetrics(result);
  const onLog = await logMetrics(parameters, seed, context);
  return { metrics: { ...metrics, ...loadMetrics(result), ...decisionMetrics(result), ...onLog }, fingerprint };
};

async function logMetrics(parameters: SweepParameters, seed: string, context: RunContext): Promise<Metrics> {
  const { log, optimumNs } = await recordedFor(parameters, seed, context);
  const { policy } = await traceOptions(parameters, seed, context);
  const { totalNs, stallNs, localShare } = replayLog(policy, log, COSTS, { seed });
  return {
    'log.totalNs': totalNs,
    'log.stallNs': stallNs.local + stallNs.remote,
    'log.localShare': localShare,
    'log.optimumNs': optimumNs,
    'log.overOptimum': totalNs / optimumNs,
  };
}

async function recordedFor(parameters: SweepParameters, seed: string, context: RunContext): Promise<Recorded> {
  const plain = { ...parameters, policy: 'first-touch' };
  const key = JSON.stringify([plain, seed]);
  if (last?.key === key) return last.recorded;
  const options: ReplayOptions = await traceOptions(withoutPolicyOptions(plain), seed, context);
  const log = recordMisses(options);
  const recorded = { log, optimumNs: offlineOptimum(log, COSTS).replicatingNs };
  last = { key, recorded };
  return recorded;
}

/** First touch has no options. */
function withoutPolicyOptions(parameters: SweepParameters): SweepParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith('policy.')));
}

/** How busy the busiest controller, memory bank and link were. */
function loadMetrics({ queues }: RunResult): Metrics {
  const most: Record<string, number> = {};
  for (const { kind, utilisation } of queues) most[`load.${kind}`] = Math.max(most[`load.${kind}`] ?? 0, utilisation);
  return most;
}

function decisionMetrics({ placement }: RunResult): Metrics {
  return Object.fromEntries(
    placement.decisions.map(({ action, because, count }) => [`decisions.${action}: ${because}`, count]),
  );
}
