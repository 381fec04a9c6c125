/**
 * What the topology specs read routes with.
 */

import type { Topology } from '../../lib/topology/topology.js';

/** The vertices along a route, both ends included. Throws where the links do not chain. */
export function vertices(topology: Topology, from: number, to: number): number[] {
  const visited = [from];
  for (const index of topology.route(from, to)) {
    const link = topology.links[index];
    if (link.from !== visited[visited.length - 1]) throw new Error(`link ${index} does not leave ${visited.join(' ')}`);
    visited.push(link.to);
  }
  return visited;
}

/** The routers along a route, numbered from 0. */
export function routers(topology: Topology, from: number, to: number): number[] {
  return vertices(topology, from, to)
    .filter(vertex => vertex >= topology.nodes)
    .map(vertex => vertex - topology.nodes);
}

/** The mean number of links between routers over all pairs of nodes, a node and itself included. */
export function meanRouterLinks(topology: Topology): number {
  let sum = 0;
  for (const [from, to] of pairs(topology)) sum += Math.max(0, routers(topology, from, to).length - 1);
  return sum / topology.nodes ** 2;
}

/** Every ordered pair of nodes, a node and itself included. */
export function pairs({ nodes }: Topology): [from: number, to: number][] {
  return Array.from({ length: nodes * nodes }, (_, i) => [Math.floor(i / nodes), i % nodes]);
}

/** The least latency between all vertices by Floyd and Warshall; Infinity where there is no path. */
export function allLatencies({ nodes, routers, links }: Topology): number[][] {
  const count = nodes + routers;
  const least = Array.from({ length: count }, (_, a) =>
    Array.from({ length: count }, (_, b) => (a === b ? 0 : Infinity)),
  );
  for (const { from, to, latency } of links) least[from][to] = Math.min(least[from][to], latency);
  for (let via = 0; via < count; via++) {
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) least[a][b] = Math.min(least[a][b], least[a][via] + least[via][b]);
    }
  }
  return least;
}
