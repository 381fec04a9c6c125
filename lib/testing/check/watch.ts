/**
 * A policy between a toy host and the policy that is checked: it freezes what the policy is shown, counts what it asks and
 * takes down what it decides.
 */
import type { Decision, PageDecision } from '../../placement/decision.js';
import type { Evidence, EvidenceKind, PlanEvidence } from '../../placement/evidence.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import type { MemoryView, PagesView, PageView } from '../../placement/views.js';
import { OutOfMemory, Violation } from './properties.js';

/** One call of a policy, with what it answered, whatever that is. */
export interface Answered {
  readonly evidence: Evidence | PlanEvidence;
  /** The page that it was asked about; null if it was about memory as a whole. */
  readonly page: PageView | null;
  readonly pages: PagesView | null;
  readonly memory: MemoryView;
  readonly answer: unknown;
}

/** One decision. */
export interface Decided {
  /** Number of the call, from 0. */
  readonly call: number;
  readonly evidence: Evidence | PlanEvidence;
  readonly page: number;
  readonly decision: Decision;
}

/** What a policy may ask of its views in one call. An honest one on these small machines asks a hundredth of that. */
const MOST_QUESTIONS = 100_000;

/** Watches one policy through one run. */
export class Watch {
  /** What the host is given. */
  readonly policy: PlacementPolicy;
  readonly decided: Decided[] = [];
  /** Calls by kind of evidence. */
  readonly asked = new Map<EvidenceKind, number>();
  /** The last call. */
  last: Answered | null = null;
  /** Whether the policy took random numbers. */
  random = false;
  calls = 0;
  private readonly watched: PlacementPolicy;
  private readonly frozen: boolean;
  private memory: MemoryView | null = null;
  private questions = 0;

  /** `frozen` says whether evidence and views are frozen, so that a policy that changes them throws. */
  constructor(watched: PlacementPolicy, frozen: boolean) {
    this.watched = watched;
    this.frozen = frozen;
    const { name, wants, needs, counters, hints, sampling, plans } = watched;
    this.policy = {
      name,
      wants,
      needs,
      ...(counters && { counters }),
      ...(hints && { hints }),
      ...(sampling && { sampling }),
      ...(plans && { plans }),
      decide: (evidence, page, memory) => this.decide(evidence, page, this.seen(memory)),
      ...(watched.plan && {
        plan: (evidence: PlanEvidence, pages: PagesView, memory: MemoryView) =>
          this.plan(evidence, pages, this.seen(memory)),
      }),
    };
  }

  private decide(evidence: Evidence, page: PageView, memory: MemoryView): Decision {
    if (this.frozen) freezeAll(evidence, page);
    const answer = this.call(evidence, page, () => this.watched.decide(evidence, page, memory));
    this.last = { evidence, page, pages: null, memory, answer };
    if (evidence.kind === 'first-touch') checkFirstTouch(answer, memory);
    // What is no decision, the host finds.
    if (isObject(answer)) this.decided.push({ call: this.calls, evidence, page: page.page, decision: answer });
    return answer;
  }

  private plan(evidence: PlanEvidence, pages: PagesView, memory: MemoryView): readonly PageDecision[] {
    if (this.frozen) Object.freeze(evidence);
    const answer = this.call(evidence, null, () => this.watched.plan!(evidence, this.pages(pages), memory));
    this.last = { evidence, page: null, pages, memory, answer };
    if (!Array.isArray(answer)) return answer;
    for (const { page, decision } of answer.filter(isObject) as PageDecision[])
      if (isObject(decision)) this.decided.push({ call: this.calls, evidence, page, decision });
    return answer;
  }

  private call<Answer>(evidence: Evidence | PlanEvidence, page: PageView | null, ask: () => Answer): Answer {
    this.questions = 0;
    this.calls++;
    this.asked.set(evidence.kind, (this.asked.get(evidence.kind) ?? 0) + 1);
    try {
      return ask();
    } catch (error) {
      if (error instanceof Violation) throw error;
      throw new Violation('no errors', `told of ${evidenceText(evidence, page?.page)}, it throws ${String(error)}`);
    }
  }

  /** The views ask this before they answer. */
  private question(): void {
    if (++this.questions <= MOST_QUESTIONS) return;
    const what = 'a call asks its views more than 100,000 questions and does not end; let its loops come to an end';
    throw new Violation('ends', what);
  }

  private seen(memory: MemoryView): MemoryView {
    return (this.memory ??= Object.freeze(this.counting(memory)));
  }

  private counting(memory: MemoryView): MemoryView {
    const counted = <Given extends number[], Found>(ask: (...given: Given) => Found) => {
      return (...given: Given): Found => {
        this.question();
        return ask(...given);
      };
    };
    const drawn = <Given extends number[]>(draw: (...given: Given) => number) => {
      return (...given: Given): number => {
        this.question();
        this.random = true;
        return draw(...given);
      };
    };
    const { nodes, random } = memory;
    return {
      nodes,
      frames: counted(node => memory.frames(node)),
      freeFrames: counted(node => memory.freeFrames(node)),
      hasProcessors: counted(node => memory.hasProcessors(node)),
      tier: counted(node => memory.tier(node)),
      latencyNs: counted((from, to) => memory.latencyNs(from, to)),
      load: counted(node => memory.load(node)),
      linkLoad: counted((from, to) => memory.linkLoad(from, to)),
      random: Object.freeze({ next: drawn(() => random.next()), below: drawn(bound => random.below(bound)) }),
    };
  }

  private pages(pages: PagesView): PagesView {
    const see = (page: PageView): PageView => {
      this.question();
      if (this.frozen) freezeAll(page);
      return page;
    };
    const all = function* (found: Iterable<PageView>): Generator<PageView> {
      for (const page of found) yield see(page);
    };
    return Object.freeze({
      size: pages.size,
      page: (number: number) => {
        this.question();
        const page = pages.page(number);
        return page && see(page);
      },
      onNode: (node: number) => all(pages.onNode(node)),
      [Symbol.iterator]: () => all(pages),
    });
  }
}

/** Evidence in words. */
export function evidenceText({ kind, node }: Evidence | PlanEvidence, page?: number): string {
  return `${kind}${node < 0 ? '' : ` of node ${node}`}${page === undefined ? '' : ` on page ${page}`}`;
}

/** A page is placed as long as there is room; a run without room ends. */
function checkFirstTouch(answer: Decision, { nodes, freeFrames }: MemoryView): void {
  if ((answer as Decision | null | undefined)?.action !== 'stay') return;
  for (let node = 0; node < nodes; node++)
    if (freeFrames(node) > 0)
      throw new Violation('valid decisions', `it does not place a page, although node ${node} has a free frame`);
  throw new OutOfMemory();
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function freezeAll(...objects: readonly object[]): void {
  for (const object of objects) {
    Object.freeze(object);
    for (const value of Object.values(object)) if (isObject(value)) Object.freeze(value);
  }
}
