/** The module whose runs the policy bench makes: threads of a sweep import it. */
import type { MissLog } from '../../placement/log/miss-log.js';
import { discoEngineeringCosts } from '../../placement/log/costs.js';
import { offlineOptimum } from '../../placement/log/optimum.js';
import { fasterOptions, namedPolicies } from '../../placement/policies/all.js';
import { replayLog } from '../../testing/toy/replay-log.js';
import { namedPolicy, type PolicyMaker } from '../policies.js';
import { policyMaker, type PolicyModule } from '../policy-module.js';
import { recordMisses } from '../replay/record.js';
import { Replay, type ReplayOptions } from '../replay/replay.js';
import type { RunResult } from '../replay/result.js';
import { optionsOf } from '../sweeps/named/named-parameters.js';
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
class LastRecorded {
  private key = '';
  private recorded: Recorded | null = null;

  async at(key: string, make: () => Promise<Recorded>): Promise<Recorded> {
    if (this.recorded === null || this.key !== key) this.recorded = await make();
    this.key = key;
    return this.recorded;
  }
}
const last = new LastRecorded();

/** Replays a trace on the machine, and its log of misses without one. */
export const policyRun: SweepRun = async (parameters, seed, context) => {
  const { faster = 1, ...given } = parameters;
  const { log, optimumNs } = await recordedFor(given, seed, context);
  const make = await maker(given, faster as number, context);
  const replay = new Replay({ ...(await firstTouchOptions(given, seed, context)), policy: make() });
  replay.run();
  const result = replay.result();
  const { metrics, fingerprint } = resultMetrics(result);
  const { totalNs, localShare } = replayLog(make(), log, COSTS, { seed });
  const onLog = { 'log.totalNs': totalNs, 'log.localShare': localShare, 'log.overOptimum': totalNs / optimumNs };
  const processors = result.processors.length;
  return {
    metrics: { ...metrics, processors, ...loadMetrics(result), ...decisionMetrics(result), ...onLog },
    fingerprint,
  };
};

/** Makes the policy that the parameters name. */
async function maker(parameters: SweepParameters, faster: number, context: RunContext): Promise<PolicyMaker> {
  const policy = (parameters.policy ?? 'first-touch') as string | (PolicyModule & Record<string, never>);
  const options = optionsOf('policy', parameters);
  if (typeof policy !== 'string') return policyMaker(policy, context.folder, options);
  return () => namedPolicy(policy, { ...fasterOptions(namedPolicies[policy]?.options ?? {}, faster), ...options });
}

function recordedFor(parameters: SweepParameters, seed: string, context: RunContext): Promise<Recorded> {
  const { policy: _policy, ...plain } = withoutPolicyOptions(parameters);
  return last.at(JSON.stringify([plain, seed]), async () => {
    const log = recordMisses(await firstTouchOptions(parameters, seed, context));
    return { log, optimumNs: offlineOptimum(log, COSTS).replicatingNs };
  });
}

function firstTouchOptions(parameters: SweepParameters, seed: string, context: RunContext): Promise<ReplayOptions> {
  return traceOptions({ ...withoutPolicyOptions(parameters), policy: 'first-touch' }, seed, context);
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
