/**
 * The links of each vertex, packed into two arrays.
 */

import type { Link } from './topology.js';

/** The links at vertex `v` are `link[i]` for `i` from `first[v]` up to but not including `first[v + 1]`, ascending. */
export interface Adjacency {
  /** Where each vertex begins in `link`, and the end after the last. */
  readonly first: Int32Array;
  /** Indices of links, grouped by vertex. */
  readonly link: Int32Array;
}

/** Groups links by the vertex that they enter (`'to'`) or leave (`'from'`). */
export function adjacency(vertices: number, links: readonly Link[], end: 'from' | 'to'): Adjacency {
  const first = new Int32Array(vertices + 1);
  for (const link of links) first[link[end] + 1]++;
  for (let v = 0; v < vertices; v++) first[v + 1] += first[v];
  const free = first.slice();
  const grouped = new Int32Array(links.length);
  for (let i = 0; i < links.length; i++) grouped[free[links[i][end]]++] = i;
  return { first, link: grouped };
}
