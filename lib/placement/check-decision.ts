/** Whether what a policy answers is a decision at all: the one check of every host, and of recorded evidence. */
import { shown } from '../engine/checks.js';
import { SimulationError } from '../engine/errors.js';
import type { Decision, PageDecision } from './decision.js';
import type { Evidence, PlanEvidence } from './evidence.js';
import type { PlacementPolicy } from './policy.js';
import type { MemoryView, PageView, PagesView } from './views.js';

/** What a policy was asked about one page. */
export interface Question {
  readonly policy: PlacementPolicy;
  readonly evidence: Evidence | PlanEvidence;
  readonly page: PageView;
  readonly memory: MemoryView;
}

/** What a policy was asked about memory as a whole. */
export interface PlanQuestion {
  readonly policy: PlacementPolicy;
  readonly evidence: PlanEvidence;
  readonly pages: PagesView;
  readonly memory: MemoryView;
}

/** Where and when it was asked: what a SimulationError carries. */
export interface Asked {
  readonly path: string;
  readonly time: number;
  readonly seed: string;
}

type Action = Decision['action'];

/** What an action names besides its reason. */
const NAMES: Readonly<Record<Action, 'to' | 'with' | null>> = {
  stay: null,
  collapse: null,
  freeze: null,
  thaw: null,
  place: 'to',
  migrate: 'to',
  replicate: 'to',
  promote: 'to',
  demote: 'to',
  exchange: 'with',
};
const ACTIONS = Object.keys(NAMES).join(', ');

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

/**
 * Returns what a policy planned if it is a list of at most `plans.most` decisions about pages that there are. Throws a
 * SimulationError that names policy, evidence and answer otherwise.
 */
export function checkPlan(answer: unknown, question: PlanQuestion, asked: Asked): readonly PageDecision[] {
  const { policy, evidence, pages, memory } = question;
  const most = policy.plans?.most ?? 0;
  const fail = (what: string): SimulationError =>
    new SimulationError(
      asked.path,
      asked.time,
      asked.seed,
      `the policy ${policy.name} answers ${textOf(evidence)} with ${what}`,
    );
  if (!Array.isArray(answer)) throw fail(`${shown(answer)}: return a list, empty if nothing is to be done`);
  if (answer.length > most) throw fail(`${answer.length} decisions; its plans.most is ${most}, return no more`);
  (answer as readonly unknown[]).forEach((element, index) => {
    const { page, decision } = (element ?? {}) as Partial<PageDecision>;
    const view = Number.isSafeInteger(page) ? pages.page(page!) : undefined;
    if (view === undefined)
      throw fail(`page ${shown(page)} in element ${index}; there is no such page, name one of those it was shown`);
    checkDecision(decision, { policy, evidence, page: view, memory }, asked);
  });
  return answer as readonly PageDecision[];
}

/** The error of a host for a decision that it cannot carry out; `way` says why not, and what to do. */
export function decisionError(answer: unknown, question: Question, asked: Asked, way: string): SimulationError {
  const { policy, evidence, page } = question;
  const what = `the policy ${String(policy.name)} answers ${textOf(evidence)} on page ${page.page} with ${decisionText(answer)}`;
  return new SimulationError(asked.path, asked.time, asked.seed, `${what}: ${way}`);
}

/**
 * Why no host could carry out a decision on a page as things are, and what to do; null if nothing stands in the way.
 * `other` is the page that an exchange names.
 */
export function obstacleTo(
  decision: Decision,
  page: PageView,
  memory: MemoryView,
  other: PageView | undefined,
): string | null {
  switch (decision.action) {
    case 'migrate':
    case 'promote':
    case 'demote':
      return obstacleToMove(decision.action, decision.to, page, memory);
    case 'replicate':
      return obstacleToCopy(decision.to, page, memory);
    case 'exchange':
      return obstacleToExchange(decision.with, page, other);
    default:
      return null;
  }
}

function obstacleToMove(action: Action, to: number, page: PageView, memory: MemoryView): string | null {
  if (page.replicas.length > 0) return `the page has replicas; collapse it before it moves`;
  const obstacle = obstacleToCopy(to, page, memory);
  if (obstacle !== null || action === 'migrate') return obstacle;
  const [from, tier] = [memory.tier(page.home), memory.tier(to)];
  const right = action === 'promote' ? tier < from : tier > from;
  const other = action === 'promote' ? 'faster' : 'slower';
  return right ? null : `node ${to} is of tier ${tier} and the page's of tier ${from}; ${action} to a ${other} tier`;
}

function obstacleToCopy(to: number, { home, replicas }: PageView, memory: MemoryView): string | null {
  if (to === home || replicas.includes(to)) return `the page is on node ${to} already; stay`;
  return memory.freeFrames(to) > 0 ? null : `node ${to} has no free frame; ask memory.freeFrames first`;
}

function obstacleToExchange(number: number, page: PageView, other: PageView | undefined): string | null {
  if (other === undefined) return `there is no page ${number}; name one that has been placed`;
  if (other.page === page.page) return 'a page cannot change places with itself';
  if (other.home === page.home) return `both pages are on node ${page.home}; stay`;
  return page.replicas.length + other.replicas.length > 0
    ? 'pages with replicas cannot change places; collapse them'
    : null;
}

function faultOf(answer: unknown, { evidence, memory }: Question): string | null {
  if (typeof answer !== 'object' || answer === null)
    return 'that is no decision; return one on every way, such as stay(because) or migrate(to, because)';
  const fields = answer as Readonly<Record<string, unknown>>;
  const { action, because } = fields;
  if (!isAction(action)) return `there is no action ${shown(action)}; there are ${ACTIONS}`;
  if (NAMES[action] === 'to' && !isBelow(fields.to, memory.nodes))
    return `to is ${shown(fields.to)}; give a node as a whole number from 0 to ${memory.nodes - 1}`;
  if (NAMES[action] === 'with' && !isBelow(fields.with, Infinity))
    return `with is ${shown(fields.with)}; give the number of a page`;
  if (typeof because !== 'string') return `because is ${shown(because)}; give the reason as a short constant string`;
  const first = evidence.kind === 'first-touch';
  if (first && action !== 'place' && action !== 'stay')
    return 'it must place the page, or stay if no node has a free frame';
  if (!first && action === 'place') return 'a page is placed at its first touch only; migrate or replicate it';
  return null;
}

function isBelow(value: unknown, bound: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < bound;
}

function isAction(action: unknown): action is Action {
  return typeof action === 'string' && Object.hasOwn(NAMES, action);
}

function textOf({ kind, node }: Evidence | PlanEvidence): string {
  return node < 0 ? kind : `${kind} of node ${node}`;
}

/** As the policy's author wrote it. */
function decisionText(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return shown(answer);
  const { action, to, with: other, because } = answer as Readonly<Record<string, unknown>>;
  const target = to === undefined ? '' : ` to ${shown(to)}`;
  const partner = other === undefined ? '' : ` with page ${shown(other)}`;
  return `${typeof action === 'string' ? action : shown(action)}${target}${partner} (${shown(because)})`;
}
