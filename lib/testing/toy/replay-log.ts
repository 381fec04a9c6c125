/** Replays a recorded miss log through a policy, closed loop and without a machine (docs/miss-log.md). */
import { plainObject, shown, string, wholeNumber, list } from '../../engine/checks.js';
import { checkCosts, type MoveCosts } from '../../placement/log/costs.js';
import { memoryOf, type MissLogHeader } from '../../placement/log/header.js';
import { MissLog } from '../../placement/log/miss-log.js';
import { DecisionLog, type DecisionCount } from '../../placement/decision-log.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { validatePolicy } from '../../placement/validate-policy.js';
import type { ToyMoves } from './counts.js';
import { ToyHost } from './host.js';

/** Options of a replay of a log. */
export interface LogReplayOptions {
  /** What the random stream that the policy is handed is derived from; 'log' unless told. */
  readonly seed?: string;
  /** Page frames by node, instead of those of the log: for memory that is short. */
  readonly frames?: readonly number[];
}

/** Processor time in nanoseconds by what it was spent on. */
export interface MovingTimes {
  readonly migrate: number;
  readonly promote: number;
  readonly demote: number;
  readonly replicate: number;
  readonly collapse: number;
  readonly exchange: number;
  readonly hintFaults: number;
  readonly sampleInterrupts: number;
  readonly hotPages: number;
}

/** What a policy made of a miss log. Times are sums over all processors, in nanoseconds. */
export interface LogReplay {
  readonly policy: string;
  readonly misses: number;
  /** Stalls and moving together: what the policy costs, and what `offlineOptimum` bounds. */
  readonly totalNs: number;
  /** Misses times the unloaded latency from where they were served: on the node that missed, or on another. */
  readonly stallNs: { readonly local: number; readonly remote: number };
  readonly movingNs: MovingTimes;
  /** Share of the misses that were served on the node that missed; 0 without misses. */
  readonly localShare: number;
  /** Moves by kind, and how many of them took a page back to the node that it had left last. */
  readonly moves: Readonly<ToyMoves>;
  /** The most replicas that there were at one time, of all pages together. */
  readonly replicasAtMost: number;
  readonly bytesMoved: number;
  /** Misses by the node whose memory served them. */
  readonly requests: readonly number[];
  /** Decisions by action and reason, most frequent first. A decision that could not be carried out is a `stay`. */
  readonly decisions: readonly DecisionCount[];
}

/**
 * Feeds a log to a policy, which should be fresh if it keeps state. Evidence is derived from the misses for this policy, and
 * its decisions take effect at once; `costs` are summed up and do not delay anything. Throws a RangeError for a policy that
 * needs what the log does not record. Throws a SimulationError, whose ticks are nanoseconds, for an answer that is no
 * decision and when memory runs out.
 */
export function replayLog(
  policy: PlacementPolicy,
  log: MissLog,
  costs: MoveCosts,
  options: LogReplayOptions = {},
): LogReplay {
  validatePolicy(policy);
  if (!(log instanceof MissLog)) throw new RangeError(`replayLog: log is ${shown(log)}; give a MissLog`);
  checkCosts(costs, 'replayLog: costs');
  plainObject(options, 'replayLog: options');
  const { seed = 'log', frames = log.header.frames } = options;
  string(seed, 'replayLog: seed');
  checkFrames(frames, log.nodes);
  checkFacts(policy, log.header);
  const decisions = new DecisionLog({ keep: 0 });
  const view = memoryOf({ ...log.header, frames });
  const path = `replay of a miss log under ${policy.name}`;
  const host = new ToyHost({ policy, view, log: decisions, seed, strict: false, path });
  const { node, page, store, thread, timeNs, length } = log;
  for (let at = 0; at < length; at++) {
    host.advance(timeNs[at]);
    host.missNow(node[at], page[at], store[at] === 1, thread[at]);
    host.settle();
  }
  host.end();
  return resultOf(policy.name, host, log, costs, decisions.counts());
}

function resultOf(
  policy: string,
  { counts }: ToyHost,
  { header, nodes, length }: MissLog,
  costs: MoveCosts,
  decisions: readonly DecisionCount[],
): LogReplay {
  const stallNs = { local: 0, remote: 0 };
  const requests = header.frames.map(() => 0);
  let local = 0;
  for (let from = 0; from < nodes; from++)
    for (let home = 0; home < nodes; home++) {
      const misses = counts.of(from, home);
      requests[home] += misses;
      stallNs[from === home ? 'local' : 'remote'] += misses * header.latencyNs[from][home];
      if (from === home) local += misses;
    }
  const { moves } = counts;
  const movingNs: MovingTimes = {
    migrate: moves.migrate * costs.migrateNs,
    promote: moves.promote * costs.migrateNs,
    demote: moves.demote * costs.migrateNs,
    replicate: moves.replicate * costs.replicateNs,
    collapse: moves.collapse * costs.collapseNs,
    exchange: moves.exchange * costs.exchangeNs,
    hintFaults: counts.hintFaults * costs.hintFaultNs,
    sampleInterrupts: counts.sampleInterrupts * costs.sampleInterruptNs,
    hotPages: counts.hotPages * costs.hotPageNs,
  };
  const pagesCopied = moves.migrate + moves.promote + moves.demote + moves.replicate + 2 * moves.exchange;
  const moving = Object.values(movingNs).reduce((sum, ns) => sum + ns, 0);
  return {
    policy,
    misses: length,
    totalNs: stallNs.local + stallNs.remote + moving,
    stallNs,
    movingNs,
    localShare: length === 0 ? 0 : local / length,
    moves: { ...moves },
    replicasAtMost: counts.replicasAtMost,
    bytesMoved: pagesCopied * header.pageBytes,
    requests,
    decisions,
  };
}

function checkFrames(frames: readonly number[], nodes: number): void {
  list(frames, 'replayLog: frames');
  if (frames.length !== nodes)
    throw new RangeError(`replayLog: frames has ${frames.length} elements for ${nodes} nodes; give one for each`);
  for (const element of frames) wholeNumber(element, 'replayLog: an element of frames', 0, 2 ** 31);
}

function checkFacts(policy: PlacementPolicy, { records, source }: MissLogHeader): void {
  const lacking = policy.needs.filter(fact => !records.includes(fact));
  if (lacking.length > 0)
    throw new RangeError(
      `the policy ${policy.name} needs to know ${lacking.join(' and ')}, which the log of ${source} does not record`,
    );
}
