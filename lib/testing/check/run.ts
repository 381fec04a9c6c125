/** Runs one case past a policy on the toy host. */
import { SimulationError } from '../../engine/errors.js';
import { checkDecision, checkPlan } from '../../placement/check-decision.js';
import { DecisionLog, type DecisionEntry } from '../../placement/decision-log.js';
import type { PlanEvidence } from '../../placement/evidence.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { ToyHost } from '../toy/host.js';
import { viewOf, type PolicyCase } from './case.js';
import { OutOfMemory, Violation, type PolicyProperty } from './properties.js';
import { Watch, type Answered } from './watch.js';

/** How a case is run. */
export interface RunOptions {
  /** Whether the policy is shown frozen objects. */
  readonly frozen: boolean;
  /** Whether all decisions are kept with the pages as they were. */
  readonly keep: boolean;
}

/** What became of a run. */
export interface PolicyRun {
  /** Null if nothing is wrong. */
  readonly violation: Violation | null;
  readonly watch: Watch;
  /** All decisions, if they were kept. */
  readonly entries: readonly DecisionEntry[];
}

/** Reasons that one run may give; they are constant phrases. */
const MOST_REASONS = 40;
const PATH = 'the check';

/** Runs a case. Throws a RangeError for a policy with settings that are not valid. */
export function runCase(tried: PolicyCase, policy: PlacementPolicy, { frozen, keep }: RunOptions): PolicyRun {
  const watch = new Watch(policy, frozen);
  const log = new DecisionLog({ keep: keep ? Infinity : 0 });
  const { seed } = tried;
  const host = new ToyHost({ policy: watch.policy, view: viewOf(tried.machine), log, seed, strict: true, path: PATH });
  const violation = feed(host, tried, watch) ?? manyReasons(log);
  return { violation, watch, entries: keep ? log.entries() : [] };
}

function feed(host: ToyHost, { bursts }: PolicyCase, watch: Watch): Violation | null {
  let timeNs = 0;
  let page = -1;
  try {
    for (const burst of bursts) {
      timeNs += burst.afterNs;
      page = burst.store ? burst.page : -1;
      for (let i = 0; i < burst.count; i++) host.miss(burst.node, burst.page, burst.store, burst.thread, timeNs);
    }
    host.end();
    return null;
  } catch (error) {
    if (error instanceof OutOfMemory) return null;
    if (error instanceof Violation) return error;
    if (!(error instanceof SimulationError)) throw error;
    const storing = page >= 0 && host.pages.at(page).replicas.length > 0;
    const invalid = watch.last === null ? null : invalidity(watch.policy, watch.last);
    return new Violation(invalid ?? (storing ? 'replicas are collapsed' : 'possible decisions'), plainMessage(error));
  }
}

/** Which property of answers the last one does not hold; null if it is an answer that a host could be asked to carry out. */
function invalidity(
  policy: PlacementPolicy,
  { evidence, page, pages, memory, answer }: Answered,
): PolicyProperty | null {
  if (Array.isArray(answer) && answer.length > (policy.plans?.most ?? 0)) return 'plan limit';
  const asked = { path: PATH, time: 0, seed: '' };
  try {
    if (page !== null) checkDecision(answer, { policy, evidence, page, memory }, asked);
    else checkPlan(answer, { policy, evidence: evidence as PlanEvidence, pages: pages!, memory }, asked);
    return null;
  } catch {
    return 'valid decisions';
  }
}

/** What the host says, without where and when: the sequence that is reported tells that. */
function plainMessage({ message, path, time, seed }: SimulationError): string {
  return message.replace(`${path}: `, '').replace(` (at tick ${time}, seed ${JSON.stringify(seed)})`, '');
}

function manyReasons(log: DecisionLog): Violation | null {
  const reasons = log.counts();
  if (reasons.length <= MOST_REASONS) return null;
  const [last] = reasons.slice(-1);
  const what = `it gives more than ${MOST_REASONS} different reasons, such as ${JSON.stringify(last.because)}`;
  return new Violation('few reasons', `${what}; make them constant phrases, without numbers`);
}
