/**
 * Colloid (Vuppalapati and Agarwal, SOSP 2024): moves as large a share of the accesses to the tier that answers faster as makes
 * the loaded latencies of both tiers equal, found by a search between two watermarks. Constants from a description of a fork's
 * code. The latency of a tier is the unloaded one from its nearest processors and what its controllers took over the last
 * interval, by requests; how often pages are used comes from samples, halved each interval.
 */
import { demote, promote, stay, type Decision, type PageDecision } from '../../decision.js';
import type { SamplingSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import type { MemoryView, PageView } from '../../views.js';
import { allNodes, checkOptions, fasterNode, nearestProcessor, notWanted, slowerNode } from '../support.js';
import { placeNear } from '../static/first-touch.js';

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
      const used = (views: readonly PageView[]): number =>
        views.reduce((sum, { page }) => sum + (uses.get(page) ?? 0), 0);
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
      const candidates = all.filter(view => isFast(view) !== up).sort((a, b) => (uses.get(b.page) ?? 0) - (uses.get(a.page) ?? 0)); // prettier-ignore
      const decisions = moves(candidates, goal, view => towards(view, up, memory), uses, most);
      for (const [page, count] of uses) uses.set(page, count / 2);
      return decisions;
    },
  };
}

/** The most used pages that together have no more uses than the goal. */
function moves(
  candidates: readonly PageView[],
  goal: number,
  decisionFor: (view: PageView) => Decision | null,
  uses: ReadonlyMap<number, number>,
  most: number,
): PageDecision[] {
  const decisions: PageDecision[] = [];
  let left = goal;
  for (const view of candidates) {
    const count = uses.get(view.page) ?? 0;
    if (decisions.length === most || count === 0) break;
    const decision = count <= left ? decisionFor(view) : null;
    if (decision === null) continue;
    left -= count;
    decisions.push({ page: view.page, decision });
  }
  return decisions;
}

function towards({ home }: PageView, up: boolean, memory: MemoryView): Decision | null {
  const to = up ? fasterNode(home, nearestProcessor(home, memory), memory) : slowerNode(home, memory);
  if (to < 0) return null;
  return up ? promote(to, 'the fast tier answers sooner') : demote(to, 'the slow tier answers sooner');
}

/** Mean latency of the fastest tier, or of all others, by requests; the unloaded one if there were none. */
function tierNs(memory: MemoryView, fast: boolean): number {
  const nodes = allNodes(memory).filter(node => (memory.tier(node) === 0) === fast && memory.frames(node) > 0);
  const weight = (node: number): number => memory.load(node).requests;
  const requests = nodes.reduce((sum, node) => sum + weight(node), 0);
  const ns = (node: number): number =>
    memory.latencyNs(nearestProcessor(node, memory), node) + memory.load(node).latencyNs;
  if (nodes.length === 0) return Infinity;
  if (requests === 0) return nodes.reduce((sum, node) => sum + ns(node), 0) / nodes.length;
  return nodes.reduce((sum, node) => sum + ns(node) * weight(node), 0) / requests;
}
