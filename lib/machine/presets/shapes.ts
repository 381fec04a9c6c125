/** Sizes of regular topologies with room for a number of nodes. */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import type { PresetOptions } from './presets.js';

const MOST_NODES = 4096;
const MOST_BYTES = 2 ** 28;

/** The options of a preset with what is usual for it. Throws a RangeError for numbers that no preset takes. */
export function sizesOf(options: PresetOptions, usual: Required<PresetOptions>): Required<PresetOptions> {
  plainObject(options, 'the options of a preset');
  const { nodes = usual.nodes, l2Bytes = usual.l2Bytes } = options;
  wholeNumber(nodes, 'nodes of a preset', 1, MOST_NODES);
  wholeNumber(l2Bytes, 'l2Bytes of a preset', 4, MOST_BYTES);
  return { nodes, l2Bytes };
}

/** The most nearly square mesh of at least so many routers, wider than high. */
export function nearSquare(routers: number): { readonly columns: number; readonly rows: number } {
  const rows = Math.max(1, Math.floor(Math.sqrt(routers)));
  return { columns: Math.ceil(routers / rows), rows };
}

/** The dimension of the smallest hypercube of at least so many routers. */
export function dimensionFor(routers: number): number {
  let dimension = 0;
  while (2 ** dimension < routers) dimension++;
  return dimension;
}
