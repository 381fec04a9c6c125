/**
 * Linux's `preferred` and `preferred-many`: nodes of a set first, then all others, the nearest with room. From the kernel's
 * documentation (version 5.15).
 */
import { place } from '../../decision.js';
import type { PlacementPolicy } from '../../policy.js';
import { allNodes, checkNodeSet, checkOptions, nearestWithRoom, notWanted, placeFrom } from '../support.js';
import type { NodeSetOptions } from './bind.js';

/** A policy that places pages on the nearest node of a set with room, and outside when the set is full. Keeps no state. */
export function preferred(options: NodeSetOptions): PlacementPolicy {
  checkOptions('preferred', options, {});
  const { nodes } = options;
  checkNodeSet('preferred', nodes);
  return {
    name: 'preferred',
    wants: [],
    needs: [],
    decide({ kind, node }, _page, memory) {
      if (kind !== 'first-touch') throw notWanted('preferred', kind);
      const present = nodes.filter(one => one < memory.nodes);
      const nearest = nearestWithRoom(node, present, memory);
      return nearest < 0
        ? placeFrom(node, allNodes(memory), memory, 'outside the set')
        : place(nearest, 'nearest of the set');
    },
  };
}
