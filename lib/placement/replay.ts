/** Runs a recorded evidence log through a policy without a simulator. */
import { list } from '../engine/checks.js';
import { checkDecision } from './check-decision.js';
import { isPlan } from './evidence.js';
import { validateMemoryView, validatePolicy } from './validate-policy.js';
import { DecisionLog } from './decision-log.js';
import type { DecisionCount, EvidenceRecord } from './decision-log.js';
import type { Decision } from './decision.js';
import type { PlacementPolicy } from './policy.js';
import type { MemoryView } from './views.js';

/** What a policy made of a recorded evidence log. */
export interface ReplayResult {
  /** One element for each record, in order; undefined where the policy does not want that kind of evidence, and for `interval` and `memory-pressure`, which are about all pages. */
  readonly decisions: readonly (Decision | undefined)[];
  /** Decisions by action and reason, most frequent first. */
  readonly counts: readonly DecisionCount[];
}

/**
 * Asks a policy, which should be fresh if it keeps state, about each record in turn. Nothing is fed back: the pages are
 * as recorded and `memory` does not fill up, so a decision that differs from the recorded one does not change what follows.
 * Throws a SimulationError, whose tick is the nanosecond of the evidence, for an answer that is no decision.
 */
export function replayEvidence(
  policy: PlacementPolicy,
  records: readonly EvidenceRecord[],
  memory: MemoryView,
): ReplayResult {
  validatePolicy(policy);
  list(records, 'replayEvidence: records');
  validateMemoryView(memory);
  const log = new DecisionLog({ keep: 0 });
  const decisions = records.map(({ evidence, page }, record) => {
    if (isPlan(evidence) || !(evidence.kind === 'first-touch' || policy.wants.includes(evidence.kind)))
      return undefined;
    const asked = { path: `replayEvidence, records[${record}]`, time: evidence.timeNs, seed: 'none' };
    const answer = policy.decide(evidence, page, memory);
    const decision = checkDecision(answer, { policy, evidence, page, memory }, asked);
    log.record(evidence, page, decision);
    return decision;
  });
  return { decisions, counts: log.counts() };
}
