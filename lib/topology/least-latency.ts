/**
 * How soon anything can reach a node from another: the lookahead of conservative simulation.
 */

import { adjacency } from './adjacency.js';
import type { Adjacency } from './adjacency.js';
import { checkNode } from './checks.js';
import type { Topology } from './topology.js';

/**
 * A lower bound in ticks, at least 1, on the latency of any route from another node into this one: the least latency of
 * any path, whether or not a route takes it. Infinity when there is no other node. Looks at every link once; for all
 * nodes use `leastLatencies`. Throws a RangeError for a node that does not exist.
 */
export function leastLatencyInto(topology: Topology, node: number): number {
  checkNode(topology, node);
  return nearestOther(topology, linksInto(topology), node);
}

/** What `leastLatencyInto` returns, for each node in turn; a fresh array. */
export function leastLatencies(topology: Topology): number[] {
  const incoming = linksInto(topology);
  return Array.from({ length: topology.nodes }, (_, node) => nearestOther(topology, incoming, node));
}

function linksInto({ nodes, routers, links }: Topology): Adjacency {
  return adjacency(nodes + routers, links, 'to');
}

/** Searches backwards through routers, no further than the nearest node found so far. */
function nearestOther({ nodes, routers, links }: Topology, incoming: Adjacency, node: number): number {
  const latency = new Float64Array(nodes + routers).fill(Infinity);
  const queue = [node];
  let least = Infinity;
  latency[node] = 0;
  for (let head = 0; head < queue.length; head++) {
    const vertex = queue[head];
    for (let i = incoming.first[vertex]; i < incoming.first[vertex + 1]; i++) {
      const link = links[incoming.link[i]];
      const total = latency[vertex] + link.latency;
      if (total >= least || total >= latency[link.from]) continue;
      latency[link.from] = total;
      if (link.from < nodes) least = total;
      else queue.push(link.from);
    }
  }
  return least;
}
