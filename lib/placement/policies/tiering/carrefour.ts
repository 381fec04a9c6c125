/**
 * Carrefour (Dashti and others, ASPLOS 2013): once a second, if there is traffic, pages that several nodes only read are copied,
 * pages that several nodes use are spread over controllers when these are loaded unevenly, and pages of one node go there. From
 * a description of its code. A page gets one copy in an interval. Traffic and shares of reads and of local accesses come from the samples, the load of controllers
 * from the host; the share of dirty lines is left out.
 */
import { collapse, stay, type PageDecision } from '../../decision.js';
import type { SamplingSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import type { MemoryView } from '../../views.js';
import { allNodes, checkOptions, entryOf, notWanted, PlannedFrames } from '../support.js';
import { placeNear } from '../static/first-touch.js';
import { changeOf, type Allowed, type Samples } from './carrefour-page.js';
import { Loads } from './controller-loads.js';

/** Options of `carrefour`. Shares are from 0 to 1. */
export interface CarrefourOptions {
  readonly sampling: SamplingSettings;
  readonly intervalNs: number;
  /** Pages that an interval moves at the most. */
  readonly most: number;
  /** Accesses in a microsecond, as estimated from the samples, below which nothing is done. */
  readonly leastTraffic: number;
  /** Replication is allowed while no more of memory is used than this, and at least `leastReads` of the samples are loads. */
  readonly mostMemoryUse: number;
  readonly leastReads: number;
  /** Interleaving is on above this deviation of the controllers' requests over their mean. */
  readonly leastImbalance: number;
  /** Migration is on while fewer of the samples are local. */
  readonly mostLocal: number;
  /** Samples that a page needs to migrate. */
  readonly leastSamples: number;
}

/** A policy of Carrefour's rule. Its state is the samples of the interval. */
export function carrefour(options: CarrefourOptions): PlacementPolicy {
  checkOptions('carrefour', options, {
    ...{ intervalNs: { from: 1 }, most: { whole: 1 }, leastTraffic: { from: 0 }, mostMemoryUse: { from: 0, to: 1 } },
    ...{
      leastReads: { from: 0, to: 1 },
      leastImbalance: { from: 0 },
      mostLocal: { from: 0, to: 1 },
      leastSamples: { whole: 1 },
    },
  });
  const { sampling, intervalNs, most, leastTraffic, leastSamples } = options;
  const samples = new Map<number, Samples>();
  let [all, local, stores] = [0, 0, 0];
  return {
    name: 'carrefour',
    wants: ['sampled-access', 'interval', 'replica-write'],
    needs: ['thread', 'write', 'time', 'data'],
    sampling,
    plans: { intervalNs, most, lowWatermark: 0 },
    decide({ kind, node, store }, { page, home, replicas }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind === 'replica-write') return collapse('written');
      if (kind !== 'sampled-access') throw notWanted('carrefour', kind);
      const of = entryOf(samples, page, () => ({ byNode: new Array<number>(memory.nodes).fill(0), stores: 0 }));
      of.byNode[node]++;
      all++;
      if (node === home || replicas.includes(node)) local++;
      if (store) {
        of.stores++;
        stores++;
      }
      return stay('counted');
    },
    plan(_evidence, pages, memory) {
      const traffic = (1000 * all * sampling.period) / intervalNs;
      const loads = new Loads(memory);
      const allowed: Allowed = {
        replication: memoryUse(memory) <= options.mostMemoryUse && all - stores >= options.leastReads * all,
        interleaving: loads.imbalance > options.leastImbalance && local < all,
        migration: local < options.mostLocal * all,
        ...{ leastSamples, loads },
      };
      const frames = new PlannedFrames(memory);
      const decisions: PageDecision[] = [];
      if (traffic >= leastTraffic)
        for (const [page, of] of samples) {
          if (decisions.length === most) break;
          const view = pages.page(page);
          const decision = view === undefined ? null : changeOf(view, of, allowed, frames.memory);
          if (decision === null) continue;
          if (decision.action === 'migrate') frames.move(view!.home, decision.to);
          else frames.copy(decision.to);
          decisions.push({ page, decision });
        }
      samples.clear();
      all = local = stores = 0;
      return decisions;
    },
  };
}

function memoryUse(memory: MemoryView): number {
  const sum = (of: (node: number) => number): number => allNodes(memory).reduce((total, node) => total + of(node), 0);
  return 1 - sum(node => memory.freeFrames(node)) / sum(node => memory.frames(node));
}
