/**
 * Shortest paths by latency to one destination. Moore's queue instead of Dijkstra's heap: the distances are the same,
 * and where latencies hardly differ nearly every vertex is visited once.
 */

import type { Adjacency } from './adjacency.js';
import type { Link } from './topology.js';

/**
 * For each vertex the link to take towards `to`, -1 at `to` itself and where there is no way. Least latency decides,
 * then fewest links, then the lowest number of the next vertex. `incoming` groups the links by the vertex they enter.
 */
export function nextLinksTo(to: number, links: readonly Link[], incoming: Adjacency): Int32Array {
  const vertices = incoming.first.length - 1;
  const latency = new Float64Array(vertices).fill(Infinity);
  const hops = new Int32Array(vertices);
  settle(to, links, incoming, latency, hops);
  const next = new Int32Array(vertices).fill(-1);
  for (let i = 0; i < links.length; i++) {
    const link = links[i];
    // No link leaving `to` or an unreached vertex passes: their own count is 0.
    if (hops[link.to] + 1 !== hops[link.from] || latency[link.to] + link.latency !== latency[link.from]) continue;
    if (next[link.from] < 0 || link.to < links[next[link.from]].to) next[link.from] = i;
  }
  return next;
}

/** Fills in the least latency from each vertex to `to`, and the fewest links among paths of that latency. */
function settle(
  to: number,
  links: readonly Link[],
  incoming: Adjacency,
  latency: Float64Array,
  hops: Int32Array,
): void {
  const waiting = new Uint8Array(latency.length);
  const queue = [to];
  latency[to] = 0;
  for (let head = 0; head < queue.length; head++) {
    const vertex = queue[head];
    waiting[vertex] = 0;
    for (let i = incoming.first[vertex]; i < incoming.first[vertex + 1]; i++) {
      const link = links[incoming.link[i]];
      const total = latency[vertex] + link.latency;
      if (total > latency[link.from]) continue;
      if (total === latency[link.from] && hops[vertex] + 1 >= hops[link.from]) continue;
      latency[link.from] = total;
      hops[link.from] = hops[vertex] + 1;
      if (waiting[link.from] === 0) queue.push(link.from);
      waiting[link.from] = 1;
    }
  }
}
