/** One broken policy for each property that `checkPolicy` checks. */
import {
  collapse,
  migrate,
  promote,
  replicate,
  stay,
  type Decision,
  type PageDecision,
} from '../../../lib/placement/decision.js';
import type { CounterSettings, Evidence, PlanEvidence } from '../../../lib/placement/evidence.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { placeNear } from '../../../lib/placement/policies/static/first-touch.js';
import type { MemoryView, PagesView, PageView } from '../../../lib/placement/views.js';

const counters: CounterSettings = { threshold: 8, sampling: 1, bits: 8, delayNs: 0, resetNs: 1e6 };
const plans = { intervalNs: 1e6, most: 2, lowWatermark: 0 };

type Answer = (evidence: Evidence, page: PageView, memory: MemoryView) => Decision;

/** Places near, and answers hot pages by `hot`. */
export function onHot(hot: Answer, first: Answer = ({ node }, _, memory) => placeNear(node, memory)): PlacementPolicy {
  return {
    name: 'planted',
    wants: ['hot-page'],
    needs: [],
    counters,
    decide: (evidence, page, memory) => (evidence.kind === 'first-touch' ? first : hot)(evidence, page, memory),
  };
}

/** Places near, and plans by `plan`. */
export function planning(
  plan: (evidence: PlanEvidence, pages: PagesView, memory: MemoryView) => readonly PageDecision[],
): PlacementPolicy {
  const { name, needs, decide } = onHot(() => stay('told'));
  return { name, wants: ['interval'], needs, plans, decide, plan };
}

/** Migrates if there is room. */
export const follow: Answer = ({ node }, page, memory) =>
  page.replicas.length > 0 || node === page.home || memory.freeFrames(node) === 0 ? stay('no') : migrate(node, 'hot');

/** Replicates if there is room. */
export const copy: Answer = ({ node }, page, memory) =>
  node === page.home || page.replicas.includes(node) || memory.freeFrames(node) === 0
    ? stay('no')
    : replicate(node, 'hot');

/** Makes a policy whose objects share what no policy may share. */
export function sharing(): () => PlacementPolicy {
  let made = 0;
  return () => {
    const odd = made++ % 2 === 1;
    return onHot((evidence, page, memory) => (odd ? stay('odd') : follow(evidence, page, memory)));
  };
}

/** Loops until node 0 has room. */
export const waiting: Answer = ({ node }, page, memory) => {
  while (memory.freeFrames(0) === 0);
  return follow({ node } as Evidence, page, memory);
};

/** Moves all pages at an interval to where there is room for one only. */
export function greedy(): PlacementPolicy {
  return planning((_, pages, memory) => {
    const to = [...Array(memory.nodes).keys()].find(node => memory.freeFrames(node) > 0);
    if (to === undefined) return [];
    const elsewhere = [...pages].filter(({ home }) => home !== to).slice(0, 2);
    return elsewhere.map(({ page }) => ({ page, decision: migrate(to, 'gathered') }));
  });
}

/** Promotes to whichever node has a page hot. */
export const promoting: Answer = ({ node }, page, memory) =>
  node === page.home || memory.freeFrames(node) === 0 ? stay('no') : promote(node, 'hot');

/** Collapses properly, or not. */
export function replicating(collapses: boolean): PlacementPolicy {
  const answer = onHot(copy);
  return {
    ...answer,
    wants: ['hot-page', 'replica-write'],
    decide: (evidence, page, memory) =>
      evidence.kind === 'replica-write'
        ? collapses
          ? collapse('written')
          : stay('forgotten')
        : answer.decide(evidence, page, memory),
  };
}

/** Remembers every call; it has many, as each remote miss makes a page hot. */
export function remembering(): PlacementPolicy {
  const seen: number[] = [];
  const { decide, ...rest } = onHot(follow);
  return {
    ...rest,
    counters: { ...counters, threshold: 1, bits: 16 },
    decide(evidence, page, memory) {
      seen.push(evidence.timeNs);
      return decide(evidence, page, memory);
    },
  };
}
