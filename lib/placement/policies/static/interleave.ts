/**
 * Interleaving, as Linux does it for memory of a program: the number of the page decides. From the kernel's documentation
 * (version 5.15). For files Linux has a cursor instead: that is `roundRobin`.
 */
import type { PlacementPolicy } from '../../policy.js';
import { allNodes, checkNodeSet, notWanted, placeFrom } from '../support.js';

/** Options of `interleave`. */
export interface InterleaveOptions {
  /** The nodes over which pages are dealt; all unless given. */
  readonly nodes?: readonly number[];
}

/**
 * A policy that places page n on the node at place n modulo their number, or on the nearest to it with room, and never moves
 * it. Keeps no state.
 */
export function interleave(options: InterleaveOptions = {}): PlacementPolicy {
  const { nodes } = options;
  if (nodes !== undefined) checkNodeSet('interleave', nodes);
  return {
    name: 'interleave',
    wants: [],
    needs: [],
    decide({ kind }, { page }, memory) {
      if (kind !== 'first-touch') throw notWanted('interleave', kind);
      const set = nodes ?? allNodes(memory);
      return placeFrom(set[page % set.length], allNodes(memory), memory, 'by page number');
    },
  };
}
