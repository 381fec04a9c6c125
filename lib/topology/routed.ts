/**
 * Routes from a rule that names the next link. They are worked out when first asked for and kept, so that a large
 * machine costs nothing for the pairs that never talk.
 */

import { checkNode } from './checks.js';
import type { Topology } from './topology.js';

/** A topology before it has routes. */
export type Shape = Omit<Topology, 'route' | 'routes'>;

/** The index in `links` of the link to take at `vertex` towards the node `to`, never asked where they are equal. */
export type NextLink = (vertex: number, to: number) => number;

/**
 * Adds to a shape the routes that follow `next`, which must arrive from everywhere, always along the same links. Where
 * another link is as good, `other` names it, and otherwise says -1; `next` must arrive from there, too.
 */
export function routed(shape: Shape, next: NextLink, other: NextLink = nothingElse): Topology {
  const { name, nodes, routers, links, positions, datelines = [] } = shape;
  const routesFrom: (readonly Int32Array[] | undefined)[][] = new Array(nodes);

  function route(from: number, to: number): Int32Array {
    return routes(from, to)[0];
  }

  function routes(from: number, to: number): readonly Int32Array[] {
    return routesFrom[from]?.[to] ?? firstRoutes(from, to);
  }

  function firstRoutes(from: number, to: number): readonly Int32Array[] {
    checkNode(shape, from);
    checkNode(shape, to);
    const all: Int32Array[] = [];
    walk(from, to, [], all);
    routesFrom[from] ??= new Array<readonly Int32Array[] | undefined>(nodes).fill(undefined);
    routesFrom[from][to] = all;
    return all;
  }

  function walk(from: number, to: number, begun: readonly number[], all: Int32Array[]): void {
    const path = [...begun];
    const turns: (readonly number[])[] = [];
    for (let vertex = from; vertex !== to; vertex = links[path[path.length - 1]].to) {
      const turn = other(vertex, to);
      if (turn >= 0) turns.push([...path, turn]);
      path.push(next(vertex, to));
    }
    all.push(new Int32Array(path));
    for (const turn of turns) walk(links[turn[turn.length - 1]].to, to, turn, all);
  }

  // Not a spread: every topology has the same hidden class, so that a network's look-up of `route` stays fast.
  return { name, nodes, routers, links, positions, route, routes, datelines };
}

function nothingElse(): number {
  return -1;
}
