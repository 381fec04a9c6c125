/** Whether what a policy answers is a decision at all: the one check of every host, and of recorded evidence. */
import { shown } from '../engine/checks.js';
import { SimulationError } from '../engine/errors.js';
import type { Decision, Evidence, MemoryView, PageView, PlacementPolicy } from './policy.js';

/** What a policy was asked. */
export interface Question {
  readonly policy: PlacementPolicy;
  readonly evidence: Evidence;
  readonly page: PageView;
  readonly memory: MemoryView;
}

/** Where and when it was asked: what a SimulationError carries. */
export interface Asked {
  readonly path: string;
  readonly time: number;
  readonly seed: string;
}

type Action = Decision['action'];

/** Whether an action goes to a node. */
const HAS_TARGET: Readonly<Record<Action, boolean>> = {
  stay: false,
  collapse: false,
  freeze: false,
  thaw: false,
  place: true,
  migrate: true,
  replicate: true,
  promote: true,
  demote: true,
};
const ACTIONS = Object.keys(HAS_TARGET).join(', ');

/**
 * Returns what a policy answered if it is a decision: an action with a reason, to a node that exists if it goes anywhere,
 * `place` or `stay` for a first touch and never `place` for anything else. Whether the decision can be carried out now is for
 * the host. Throws a SimulationError that names policy, evidence, page and answer otherwise.
 */
export function checkDecision(answer: unknown, question: Question, asked: Asked): Decision {
  const fault = faultOf(answer, question);
  if (fault !== null) throw decisionError(answer, question, asked, fault);
  return answer as Decision;
}

/** The error of a host for a decision that it cannot carry out; `way` says why not, and what to do. */
export function decisionError(answer: unknown, question: Question, asked: Asked, way: string): SimulationError {
  const { policy, evidence, page } = question;
  const what = `the policy ${String(policy.name)} answers ${evidence.kind} of node ${evidence.node} on page ${page.page} with ${decisionText(answer)}`;
  return new SimulationError(asked.path, asked.time, asked.seed, `${what}: ${way}`);
}

function faultOf(answer: unknown, { evidence, memory }: Question): string | null {
  if (typeof answer !== 'object' || answer === null)
    return 'that is no decision; return one on every way, such as stay(because) or migrate(to, because)';
  const { action, to, because } = answer as Readonly<Record<string, unknown>>;
  if (!isAction(action)) return `there is no action ${shown(action)}; there are ${ACTIONS}`;
  if (HAS_TARGET[action] && !(Number.isInteger(to) && (to as number) >= 0 && (to as number) < memory.nodes))
    return `to is ${shown(to)}; give a node as a whole number from 0 to ${memory.nodes - 1}`;
  if (typeof because !== 'string') return `because is ${shown(because)}; give the reason as a short constant string`;
  const first = evidence.kind === 'first-touch';
  if (first && action !== 'place' && action !== 'stay')
    return 'it must place the page, or stay if no node has a free frame';
  if (!first && action === 'place') return 'a page is placed at its first touch only; migrate or replicate it';
  return null;
}

function isAction(action: unknown): action is Action {
  return typeof action === 'string' && Object.hasOwn(HAS_TARGET, action);
}

/** As the policy's author wrote it. */
function decisionText(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return shown(answer);
  const { action, to, because } = answer as Readonly<Record<string, unknown>>;
  const target = to === undefined ? '' : ` to ${shown(to)}`;
  return `${typeof action === 'string' ? action : shown(action)}${target} (${shown(because)})`;
}
