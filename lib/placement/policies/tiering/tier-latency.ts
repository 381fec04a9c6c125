/** How soon tiers answer, for Colloid. */
import type { MemoryView } from '../../views.js';
import { allNodes, nearestProcessor } from '../support.js';

/** Mean latency of the fastest tier, or of all others, by requests; the unloaded one if there were none. */
export function tierNs(memory: MemoryView, fast: boolean): number {
  const nodes = allNodes(memory).filter(node => (memory.tier(node) === 0) === fast && memory.frames(node) > 0);
  const weight = (node: number): number => memory.load(node).requests;
  const requests = nodes.reduce((sum, node) => sum + weight(node), 0);
  const ns = (node: number): number =>
    memory.latencyNs(nearestProcessor(node, memory), node) + memory.load(node).latencyNs;
  if (nodes.length === 0) return Infinity;
  if (requests === 0) return nodes.reduce((sum, node) => sum + ns(node), 0) / nodes.length;
  return nodes.reduce((sum, node) => sum + ns(node) * weight(node), 0) / requests;
}
