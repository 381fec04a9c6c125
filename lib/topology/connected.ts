/**
 * Whether every vertex can reach every other, in a shape with links of one direction.
 */

import { adjacency } from './adjacency.js';
import type { Shape } from './routed.js';

/** Throws an Error that names two vertices of which one cannot reach the other. */
export function checkConnected(shape: Shape): void {
  const unreached = firstUnreached(shape, 'from');
  if (unreached >= 0) refuse(shape, 0, unreached);
  const stranded = firstUnreached(shape, 'to');
  if (stranded >= 0) refuse(shape, stranded, 0);
}

/** What a message calls a vertex. */
export function vertexName(nodes: number, vertex: number): string {
  return vertex < nodes ? `node ${vertex}` : `router ${vertex - nodes} (vertex ${vertex})`;
}

/** The lowest vertex without a path from node 0, or with `'to'` without a path to it; -1 when there is none. */
function firstUnreached({ nodes, routers, links }: Shape, end: 'from' | 'to'): number {
  const { first, link } = adjacency(nodes + routers, links, end);
  const far = end === 'from' ? 'to' : 'from';
  const reached = new Uint8Array(nodes + routers);
  const queue = [0];
  reached[0] = 1;
  for (let head = 0; head < queue.length; head++) {
    for (let i = first[queue[head]]; i < first[queue[head] + 1]; i++) {
      const neighbour = links[link[i]][far];
      if (reached[neighbour] === 0) queue.push(neighbour);
      reached[neighbour] = 1;
    }
  }
  return reached.indexOf(0);
}

function refuse({ name, nodes }: Shape, from: number, to: number): never {
  const pair = `${vertexName(nodes, from)} cannot reach ${vertexName(nodes, to)}`;
  throw new Error(`${name}: ${pair}; add the missing edge, or leave the vertex out`);
}
