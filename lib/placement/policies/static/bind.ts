/**
 * Linux's `bind`: only nodes of a set, the nearest with room first, never outside. From the kernel's documentation (version
 * 5.15).
 */
import { stay, place } from '../../decision.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkNodeSet, checkOptions, nearestWithRoom, notWanted } from '../support.js';

/** Options of `bind` and `preferred`. */
export interface NodeSetOptions {
  readonly nodes: readonly number[];
}

/** A policy that keeps all pages on some nodes. When those are full it answers `stay`, which is the end of a run: the program is out of memory. */
export function bind(options: NodeSetOptions): PlacementPolicy {
  checkOptions('bind', options, {});
  const { nodes } = options;
  checkNodeSet('bind', nodes);
  return {
    name: 'bind',
    wants: [],
    needs: [],
    decide({ kind, node }, _page, memory) {
      if (kind !== 'first-touch') throw notWanted('bind', kind);
      const present = nodes.filter(one => one < memory.nodes);
      const nearest = nearestWithRoom(node, present, memory);
      return nearest < 0 ? stay('no free frame in the set') : place(nearest, 'nearest of the set');
    },
  };
}
