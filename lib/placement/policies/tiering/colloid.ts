/**
 * Colloid (Vuppalapati and Agarwal, SOSP 2024): moves as large a share of the accesses to the tier that answers faster as makes
 * the loaded latencies of both tiers equal, found by a search between two watermarks. Constants from a description of a fork's
 * code. The latency of a tier is the unloaded one from its nearest processors and what its controllers took over the last
 * interval, by requests; how often pages are used comes from samples, halved each interval. Where the other tier is full, a page
 * changes places with one there that is used less, as in HeMem, on which the fork builds.
 */
import { stay } from '../../decision.js';
import type { SamplingSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import type { PageView } from '../../views.js';
import { checkOptions, notWanted } from '../support.js';
import { placeNear } from '../static/first-touch.js';
import { moves } from './colloid-moves.js';
import { tierNs } from './tier-latency.js';

/** Options of `colloid`. */
export interface ColloidOptions {
  readonly sampling: SamplingSettings;
  readonly intervalNs: number;
  /** Pages that an interval moves at the most. */
  readonly most: number;
  /** Latencies that differ by less than this share are equal. */
  readonly delta: number;
  /** Watermarks that are nearer to each other than this are set anew. */
  readonly epsilon: number;
  /** Weight of the last interval in the smoothed latencies. */
  readonly smoothing: number;
}

/** A policy of Colloid's rule. Its state is smoothed latencies, two watermarks and aged samples of each page. */
export function colloid(options: ColloidOptions): PlacementPolicy {
  checkOptions('colloid', options, {
    ...{
      intervalNs: { from: 1 },
      most: { whole: 1 },
      delta: { from: 0 },
      epsilon: { from: 0 },
      smoothing: { from: 0, to: 1 },
    },
  });
  const { sampling, intervalNs, most, delta, epsilon, smoothing } = options;
  const uses = new Map<number, number>();
  let [fastNs, slowNs, low, high] = [NaN, NaN, 0, 1];
  const usesOf = ({ page }: PageView): number => uses.get(page) ?? 0;
  const smooth = (old: number, now: number): number => (Number.isNaN(old) ? now : old + smoothing * (now - old));
  return {
    name: 'colloid',
    wants: ['sampled-access', 'interval'],
    needs: ['time', 'data'],
    sampling,
    plans: { intervalNs, most, lowWatermark: 0 },
    decide({ kind, node }, { page }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind !== 'sampled-access') throw notWanted('colloid', kind);
      uses.set(page, (uses.get(page) ?? 0) + 1);
      return stay('counted');
    },
    plan(_evidence, pages, memory) {
      const all = [...pages].filter(({ replicas }) => replicas.length === 0);
      const isFast = ({ home }: PageView): boolean => memory.tier(home) === 0;
      const used = (views: readonly PageView[]): number => views.reduce((sum, view) => sum + usesOf(view), 0);
      const total = used(all);
      const share = total === 0 ? 0 : used(all.filter(isFast)) / total;
      fastNs = smooth(fastNs, tierNs(memory, true));
      slowNs = smooth(slowNs, tierNs(memory, false));
      const balanced = total === 0 || !(Math.abs(fastNs - slowNs) >= delta * fastNs);
      const up = fastNs < slowNs;
      if (!balanced) {
        if (up) low = share;
        else high = share;
        if (high < low + epsilon) [low, high] = up ? [share, 1] : [0, share];
      }
      const goal = balanced ? 0 : Math.abs((low + high) / 2 - share) * total;
      const byUse = (views: PageView[]): PageView[] => views.sort((a, b) => usesOf(b) - usesOf(a));
      const from = byUse(all.filter(view => isFast(view) !== up));
      const other = byUse(all.filter(view => isFast(view) === up));
      const decisions = moves({ from, other, goal, most, up, usesOf, memory });
      for (const [page, count] of uses) uses.set(page, count / 2);
      return decisions;
    },
  };
}
