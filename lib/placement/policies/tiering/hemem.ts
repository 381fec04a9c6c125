/**
 * HeMem (Raybuck and others, SOSP 2021): sampled accesses make pages hot; hot pages of the slow tier are promoted in the order
 * in which they became so, and change places with cold ones when the fast tier is full. From a description of a fork's code,
 * where stores do not make hot; pages are 2 MB there and of the machine's size here.
 */
import { exchange, promote, stay, type PageDecision } from '../../decision.js';
import type { SamplingSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, entryOf, fasterNode, nearestProcessor, notWanted, PlannedFrames } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `hemem`. */
export interface HememOptions {
  readonly sampling: SamplingSettings;
  /** Sampled loads from which a page is hot, and sampled stores. */
  readonly hotLoads: number;
  readonly hotStores: number;
  /** When a page has more samples than this, the counts of all pages are halved. */
  readonly cooling: number;
  readonly intervalNs: number;
  /** Pages that an interval moves at the most. */
  readonly most: number;
}

interface Counts {
  loads: number;
  stores: number;
  /** The cooling clock when they were halved last. */
  clock: number;
}

/** A policy of HeMem's rule. Its state is counts of each page and the queue of hot ones. */
export function hemem(options: HememOptions): PlacementPolicy {
  checkOptions('hemem', options, {
    ...{
      hotLoads: { whole: 1 },
      hotStores: { whole: 1 },
      cooling: { whole: 1 },
      intervalNs: { from: 1 },
      most: { whole: 1 },
    },
  });
  const { sampling, hotLoads, hotStores, cooling, intervalNs, most } = options;
  let clock = 0;
  const counts = new Map<number, Counts>();
  const hot = new Set<number>();
  const sampled = (page: number, store: boolean): void => {
    const of = entryOf(counts, page, () => ({ loads: 0, stores: 0, clock }));
    of.loads = Math.floor(of.loads / 2 ** (clock - of.clock));
    of.stores = Math.floor(of.stores / 2 ** (clock - of.clock));
    of.clock = clock;
    if (store) of.stores++;
    else of.loads++;
    if (of.loads >= hotLoads || of.stores >= hotStores) hot.add(page);
    else hot.delete(page);
    if (of.loads + of.stores > cooling) clock++;
  };
  return {
    name: 'hemem',
    wants: ['sampled-access', 'interval'],
    needs: ['write', 'time', 'data'],
    sampling,
    plans: { intervalNs, most, lowWatermark: 0 },
    decide({ kind, node, store }, { page }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind !== 'sampled-access') throw notWanted('hemem', kind);
      sampled(page, store);
      return stay('counted');
    },
    plan(_evidence, pages, memory) {
      const decisions: PageDecision[] = [];
      const cold = [...pages].filter(
        one => memory.tier(one.home) === 0 && !hot.has(one.page) && one.replicas.length === 0,
      );
      const frames = new PlannedFrames(memory);
      for (const number of hot) {
        if (decisions.length === most) break;
        const view = pages.page(number);
        if (view === undefined || memory.tier(view.home) === 0 || view.replicas.length > 0) continue;
        const to = fasterNode(view.home, nearestProcessor(view.home, memory), frames.memory);
        if (to >= 0) {
          frames.move(view.home, to);
          decisions.push({ page: number, decision: promote(to, 'hot') });
          continue;
        }
        const victim = cold.pop();
        if (victim === undefined) break;
        decisions.push({ page: number, decision: exchange(victim.page, 'hot for cold') });
      }
      return decisions;
    },
  };
}
