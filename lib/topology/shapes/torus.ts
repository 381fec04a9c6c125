/**
 * The two-dimensional torus: a mesh whose rows and columns close into rings.
 */

import { rectangle } from './mesh.js';
import type { MeshOptions } from './mesh.js';
import type { Topology } from '../topology.js';

/**
 * A torus of `columns` by `rows` routers, numbered row by row, with routes along the row first and then the column,
 * each the shorter way round and, where both are equal, towards higher numbers. A row or column of two routers has one
 * link each way, not two. Throws a RangeError for a size, a number of nodes or a timing that is out of range.
 */
export function torus(options: MeshOptions): Topology {
  return rectangle('torus', options, true);
}
