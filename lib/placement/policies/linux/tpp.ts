/**
 * TPP, transparent page placement (Al Maruf and others, ASPLOS 2023): only pages of slow tiers are watched, one is promoted at
 * its second touch in a row of intervals, and fast nodes demote early, so that there is room for new pages. From the abstract
 * and reading notes; that two touches are needed and the 2 % of head room are recollected. The kernel's lists of inactive
 * pages are not visible here: pages are demoted in the order in which they came to the fast tier.
 */
import { demote, promote, stay, type PageDecision } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, fasterNode, notWanted, PlannedFrames, slowerNode } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `tpp`. */
export interface TppOptions {
  /** Share of a fast node's frames that is kept free by demotion. */
  readonly headRoom: number;
  /** A touch counts for this long: the second within it promotes. */
  readonly activeNs: number;
  /** Pages that one plan demotes at the most. */
  readonly most: number;
  /** The scanner, which looks at slow pages only. */
  readonly hints: Omit<HintSettings, 'slowOnly'>;
}

/** A policy of TPP's rule. Its state is when pages were touched last, and their order on fast nodes. */
export function tpp(options: TppOptions): PlacementPolicy {
  checkOptions('tpp', options, { headRoom: { from: 0, to: 0.5 }, activeNs: { from: 1 }, most: { whole: 1 } });
  const { headRoom, activeNs, most, hints } = options;
  const touchedNs = new Map<number, number>();
  const order = new Set<number>();
  return {
    name: 'tpp',
    wants: ['hint-fault', 'memory-pressure'],
    needs: ['time', 'data'],
    hints: { ...hints, slowOnly: true },
    plans: { intervalNs: activeNs, most, lowWatermark: headRoom },
    decide({ kind, node, timeNs }, { page, home, replicas }, memory) {
      if (kind === 'first-touch') {
        order.add(page);
        return placeNear(node, memory);
      }
      if (kind !== 'hint-fault') throw notWanted('tpp', kind);
      const before = touchedNs.get(page) ?? -Infinity;
      touchedNs.set(page, timeNs);
      if (timeNs - before > activeNs) return stay('first touch of an inactive page');
      const to = fasterNode(home, node, memory);
      if (to < 0 || replicas.length > 0) return stay('no free frame in a faster tier');
      order.delete(page);
      order.add(page);
      return promote(to, 'active');
    },
    plan({ node }, pages, memory) {
      const decisions: PageDecision[] = [];
      const frames = new PlannedFrames(memory);
      const wanted = Math.min(most, Math.ceil(headRoom * memory.frames(node)) - memory.freeFrames(node));
      for (const number of order) {
        if (decisions.length >= wanted) break;
        const view = pages.page(number);
        const to = view?.home === node && view.replicas.length === 0 ? slowerNode(node, frames.memory) : -1;
        if (to < 0) continue;
        frames.move(node, to);
        order.delete(number);
        decisions.push({ page: number, decision: demote(to, 'head room') });
      }
      return decisions;
    },
  };
}
