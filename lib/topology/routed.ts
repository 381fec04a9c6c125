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
  const routesFrom: (Int32Array | undefined)[][] = new Array(nodes);
  const allFrom: (readonly Int32Array[] | undefined)[][] = new Array(nodes);

  function route(from: number, to: number): Int32Array {
    return routesFrom[from]?.[to] ?? firstRoute(from, to);
  }

  function firstRoute(from: number, to: number): Int32Array {
    checkNode(shape, from);
    checkNode(shape, to);
    const path = walk(from, to, [], []);
    routesFrom[from] ??= new Array<Int32Array | undefined>(nodes).fill(undefined);
    routesFrom[from][to] = path;
    return path;
  }

  function routes(from: number, to: number): readonly Int32Array[] {
    return allFrom[from]?.[to] ?? allRoutes(from, to);
  }

  function allRoutes(from: number, to: number): readonly Int32Array[] {
    const all = [route(from, to)];
    const turns: (readonly number[])[] = [];
    walk(from, to, [], turns);
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) all.push(walk(from, to, turn, turns));
    allFrom[from] ??= new Array<readonly Int32Array[] | undefined>(nodes).fill(undefined);
    allFrom[from][to] = all;
    return all;
  }

  /** The route that begins with these links; to `turns` are added the beginnings of others. */
  function walk(from: number, to: number, begun: readonly number[], turns: (readonly number[])[]): Int32Array {
    const path = [...begun];
    for (let vertex = begun.length > 0 ? links[begun[begun.length - 1]].to : from; vertex !== to;) {
      const turn = other(vertex, to);
      if (turn >= 0) turns.push([...path, turn]);
      const link = next(vertex, to);
      path.push(link);
      vertex = links[link].to;
    }
    return new Int32Array(path);
  }

  // Not a spread: every topology has the same hidden class, so that a network's look-up of `route` stays fast.
  return { name, nodes, routers, links, positions, route, routes, datelines };
}

function nothingElse(): number {
  return -1;
}
