/**
 * MEMTIS (Lee and others, SOSP 2023): a histogram of sampled counts by powers of two gives the threshold of hotness: the lowest
 * at which all hotter pages fit the fast tier. From a description of its code. That cold pages make room for hot ones of the slow
 * tier, besides the watermark, is our reading. Left out: splitting of huge pages, a sampling period that adapts, and that the
 * threshold is computed anew each 100,000 samples: here it is in each interval.
 */
import { demote, promote, stay, type PageDecision } from '../../decision.js';
import type { SamplingSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import type { MemoryView, PageView } from '../../views.js';
import {
  allNodes,
  checkOptions,
  fasterNode,
  nearestProcessor,
  notWanted,
  PlannedFrames,
  slowerNode,
} from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `memtis`. */
export interface MemtisOptions {
  readonly sampling: SamplingSettings;
  /** What a sample of a base page counts, so that it compares with one of a huge page. */
  readonly sampleWeight: number;
  /** Bins of the histogram; the last one has all counts above. */
  readonly bins: number;
  /** Samples after which all counts are halved. */
  readonly coolingSamples: number;
  /** Share of the fast tier that is kept free of hot pages. */
  readonly reserve: number;
  /** If hot pages fill less than this share of the rest, those of the bin below are warm and not demoted. */
  readonly warmFill: number;
  /** Pages are demoted while less than this share of the fast tier is free, and promoted while more than `reserve` is. */
  readonly demotionWatermark: number;
  readonly intervalNs: number;
  /** Pages that an interval moves at the most. */
  readonly most: number;
}

/** A policy of MEMTIS' rule. Its state is the count of each page. */
export function memtis(options: MemtisOptions): PlacementPolicy {
  checkOptions('memtis', options, {
    ...{
      sampleWeight: { whole: 1 },
      bins: { whole: 2, to: 64 },
      coolingSamples: { whole: 1 },
      reserve: { from: 0, to: 1 },
      warmFill: { from: 0, to: 1 },
    },
    ...{ demotionWatermark: { from: 0, to: 1 }, intervalNs: { from: 1 }, most: { whole: 1 } },
  });
  const { sampling, sampleWeight, bins, coolingSamples, reserve, warmFill, demotionWatermark, intervalNs, most } =
    options;
  const counts = new Map<number, number>();
  let samples = 0;
  const bin = ({ page }: PageView): number => Math.min(bins - 1, Math.floor(Math.log2((counts.get(page) ?? 0) + 1)));
  return {
    name: 'memtis',
    wants: ['sampled-access', 'interval'],
    needs: ['time', 'data'],
    sampling,
    plans: { intervalNs, most, lowWatermark: 0 },
    decide({ kind, node }, { page }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind !== 'sampled-access') throw notWanted('memtis', kind);
      counts.set(page, (counts.get(page) ?? 0) + sampleWeight);
      if (++samples % coolingSamples === 0) for (const [one, count] of counts) counts.set(one, count / 2);
      return stay('counted');
    },
    plan(_evidence, pages, memory) {
      const all = [...pages].filter(({ replicas }) => replicas.length === 0);
      const { frames } = fastTier(memory);
      const { hot, warm } = thresholds(all.map(bin), bins, (1 - reserve) * frames, warmFill);
      const slow = all.filter(view => memory.tier(view.home) > 0 && bin(view) >= hot).sort((a, b) => bin(b) - bin(a));
      const fast = all.filter(view => memory.tier(view.home) === 0 && bin(view) < warm).sort((a, b) => bin(a) - bin(b));
      const kept = Math.ceil(reserve * frames);
      const wanted = Math.max(Math.ceil(demotionWatermark * frames), slow.length > 0 ? kept + slow.length : 0);
      const planned = new PlannedFrames(memory);
      const decisions: PageDecision[] = [];
      for (const { page, home } of fast) {
        const to = slowerNode(home, planned.memory);
        if (fastTier(planned.memory).free >= wanted || decisions.length === most || to < 0) break;
        planned.move(home, to);
        decisions.push({ page, decision: demote(to, 'cold') });
      }
      for (const { page, home } of slow) {
        const to = fasterNode(home, nearestProcessor(home, memory), planned.memory);
        if (fastTier(planned.memory).free <= kept || decisions.length === most || to < 0) break;
        planned.move(home, to);
        decisions.push({ page, decision: promote(to, 'hot') });
      }
      return decisions;
    },
  };
}

/** The lowest bin, from 1, such that all pages in it and above fit; and the one below if those fill too little. */
export function thresholds(
  pageBins: readonly number[],
  bins: number,
  capacity: number,
  warmFill: number,
): { readonly hot: number; readonly warm: number } {
  const histogram = new Array<number>(bins).fill(0);
  for (const one of pageBins) histogram[one]++;
  let [hot, filled] = [bins, 0];
  while (hot > 1 && filled + histogram[hot - 1] <= capacity) filled += histogram[--hot];
  return { hot, warm: filled < warmFill * capacity ? hot - 1 : hot };
}

function fastTier(memory: MemoryView): { readonly frames: number; readonly free: number } {
  const fast = allNodes(memory).filter(node => memory.tier(node) === 0);
  const sum = (of: (node: number) => number): number => fast.reduce((total, node) => total + of(node), 0);
  return { frames: sum(node => memory.frames(node)), free: sum(node => memory.freeFrames(node)) };
}
