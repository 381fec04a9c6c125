/**
 * Routes from a rule that names the next link. They are worked out when first asked for and kept, so that a large
 * machine costs nothing for the pairs that never talk.
 */

import { checkNode } from './checks.js';
import type { Topology } from './topology.js';

/** A topology before it has routes. */
export type Shape = Omit<Topology, 'route'>;

/** The index in `links` of the link to take at `vertex` towards the node `to`, never asked where they are equal. */
export type NextLink = (vertex: number, to: number) => number;

/** Adds to a shape the routes that follow `next`, which must arrive from everywhere, always along the same links. */
export function routed(shape: Shape, next: NextLink): Topology {
  const { name, nodes, routers, links, positions } = shape;
  const routesFrom: (Int32Array | undefined)[][] = new Array(nodes);

  function route(from: number, to: number): Int32Array {
    return routesFrom[from]?.[to] ?? firstRoute(from, to);
  }

  function firstRoute(from: number, to: number): Int32Array {
    checkNode(shape, from);
    checkNode(shape, to);
    const path = new Int32Array(walk(from, to));
    routesFrom[from] ??= new Array<Int32Array | undefined>(nodes).fill(undefined);
    routesFrom[from][to] = path;
    return path;
  }

  function walk(from: number, to: number): number[] {
    const path: number[] = [];
    for (let vertex = from; vertex !== to; vertex = links[path[path.length - 1]].to) path.push(next(vertex, to));
    return path;
  }

  // Not a spread: every topology has the same hidden class, so that a network's look-up of `route` stays fast.
  return { name, nodes, routers, links, positions, route };
}
