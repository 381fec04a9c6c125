/**
 * The two-dimensional mesh: routers on a rectangular grid, each linked to its neighbours, as in FLASH and DASH.
 */

import type { AttachmentOptions } from '../attachment.js';
import { plainObject } from '../../engine/checks.js';
import { checkCount } from '../checks.js';
import { grid } from './grid.js';
import { onGrid } from '../layout.js';
import type { Topology } from '../topology.js';

/** The size of a mesh or torus, beside what its nodes and links need. */
export interface MeshOptions extends AttachmentOptions {
  /** Routers in each row, from 1 to 1024. */
  readonly columns: number;
  /** Rows of routers, from 1 to 1024. */
  readonly rows: number;
}

/**
 * A mesh of `columns` by `rows` routers, numbered row by row, with routes along the row first and then the column.
 * Throws a RangeError for a size, a number of nodes or a timing that is out of range.
 */
export function mesh(options: MeshOptions): Topology {
  return rectangle('mesh', options, false);
}

/** A mesh or torus, by whether it wraps round; `kind` begins its name. Throws as they do. */
export function rectangle(kind: string, options: MeshOptions, wraps: boolean): Topology {
  plainObject(options, kind);
  const { columns, rows, nodesPerRouter, attach, link } = options;
  checkCount(`${kind}: columns`, columns, 1, 1024);
  checkCount(`${kind}: rows`, rows, 1, 1024);
  return grid({
    name: `${kind} ${columns}x${rows}`,
    sizes: [columns, rows],
    wraps,
    nodesPerRouter,
    attach,
    link,
    routerPositions: onGrid(columns, rows),
    nodeRadius: 0.3 / Math.max(columns, rows),
  });
}
