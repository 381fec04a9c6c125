/**
 * Linux's memory tiering: a page of a slow tier is promoted if it is touched soon after its mapping was taken away, at a limited
 * rate and by a threshold that adapts to it; when the fast tier runs short, pages are demoted instead of swapped out. From the
 * descriptions of the patches of 2022 (Linux 6.1). Demotion takes pages in the order in which they were placed or promoted: the kernel's
 * lists of inactive pages are not visible here.
 */
import { flag } from '../../../engine/checks.js';
import { demote, promote, stay, type PageDecision } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, fasterNode, notWanted, PlannedFrames, slowerNode } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `linuxTiering`. */
export interface LinuxTieringOptions {
  /** The hint latency below which a page is hot, at the start. */
  readonly thresholdNs: number;
  /** Promotions in a second at the most. */
  readonly pagesPerSecond: number;
  /** The threshold is adjusted each time that this has passed, by a step of two defaults over `steps`. */
  readonly adjustNs: number;
  readonly steps: number;
  /** By how large a share the candidates of a period may differ from what the rate allows without an adjustment. */
  readonly band: number;
  /** A fast node with more than this share of its frames free takes every page that is touched. */
  readonly enoughFree: number;
  /** Whether pages are demoted when less than this share of a node's frames is free. Off in Linux unless switched on. */
  readonly demotion: boolean;
  readonly lowWatermark: number;
  /** Pages that one plan demotes at the most. */
  readonly most: number;
  /** The scanner, which looks at slow pages only. */
  readonly hints: Omit<HintSettings, 'slowOnly'>;
}

const SECOND_NS = 1e9;

/** A policy of that rule. Its state is the threshold, candidates counted, and the order of pages. */
export function linuxTiering(options: LinuxTieringOptions): PlacementPolicy {
  checkOptions('linux-tiering', options, {
    ...{ thresholdNs: { from: 1 }, pagesPerSecond: { from: 0 }, adjustNs: { from: 1 }, steps: { whole: 1 } },
    ...{ band: { from: 0, to: 1 }, enoughFree: { from: 0, to: 1 }, most: { whole: 1 } },
  });
  const { thresholdNs, pagesPerSecond, adjustNs, steps, band, enoughFree, demotion, lowWatermark, most, hints } =
    options;
  flag(demotion, 'linux-tiering: demotion');
  const step = (2 * thresholdNs) / steps;
  let [threshold, adjustedAt, inPeriod, second, inSecond] = [thresholdNs, 0, 0, 0, 0];
  /** In the order in which they came to a fast node. */
  const order = new Set<number>();
  const adjust = (timeNs: number): void => {
    if (timeNs < adjustedAt + adjustNs) return;
    // One adjustment at the first fault after a period, however long ago it ended, as in the kernel.
    const allowed = (pagesPerSecond * adjustNs) / SECOND_NS;
    if (inPeriod > (1 + band) * allowed) threshold = Math.max(step, threshold - step);
    else if (inPeriod < (1 - band) * allowed) threshold = Math.min(2 * thresholdNs, threshold + step);
    [adjustedAt, inPeriod] = [timeNs, 0];
  };
  const arrived = (page: number): void => {
    order.delete(page);
    order.add(page);
  };
  const withinRate = (timeNs: number): boolean => {
    const now = Math.floor(timeNs / SECOND_NS);
    if (now !== second) [second, inSecond] = [now, 0];
    return inSecond++ < pagesPerSecond;
  };
  return {
    name: 'linux-tiering',
    wants: demotion ? ['hint-fault', 'memory-pressure'] : ['hint-fault'],
    needs: ['time', 'data'],
    hints: { ...hints, slowOnly: true },
    ...(demotion ? { plans: { intervalNs: adjustNs, most, lowWatermark } } : {}),
    decide({ kind, node, timeNs, unmappedForNs }, { page, home }, memory) {
      if (kind === 'first-touch') {
        order.add(page);
        return placeNear(node, memory);
      }
      if (kind !== 'hint-fault') throw notWanted('linux-tiering', kind);
      adjust(timeNs);
      const to = fasterNode(home, node, memory);
      if (to < 0) return stay('no free frame in a faster tier');
      if (memory.freeFrames(to) > enoughFree * memory.frames(to)) {
        threshold = thresholdNs;
        arrived(page);
        return promote(to, 'there is room');
      }
      if (unmappedForNs >= threshold) return stay('not hot');
      inPeriod++;
      if (!withinRate(timeNs)) return stay('above the rate');
      arrived(page);
      return promote(to, 'hot');
    },
    plan({ node }, pages, memory) {
      const decisions: PageDecision[] = [];
      const frames = new PlannedFrames(memory);
      const wanted = Math.ceil(lowWatermark * memory.frames(node)) - memory.freeFrames(node);
      for (const number of order) {
        if (decisions.length >= Math.min(most, wanted)) break;
        const view = pages.page(number);
        const to = view?.home === node && view.replicas.length === 0 ? slowerNode(node, frames.memory) : -1;
        if (to < 0) continue;
        frames.move(node, to);
        order.delete(number);
        decisions.push({ page: number, decision: demote(to, 'the node is short') });
      }
      return decisions;
    },
  };
}
