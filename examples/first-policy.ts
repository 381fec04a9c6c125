/** A first policy: a hot page moves to the node that uses it most, unless another one uses it half as much. */
import { migrate, placeNear, stay } from 'disco-sim';
import type { PlacementPolicy } from 'disco-sim';

export function majority(): PlacementPolicy {
  return {
    name: 'majority',
    wants: ['hot-page'],
    needs: ['thread'],
    counters: { threshold: 16, sampling: 1, bits: 16, delayNs: 0, resetNs: 20e6 },

    decide({ kind, node }, page, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (node === page.home) return stay('already local');
      if (page.misses.some((count, other) => other !== node && 2 * count >= page.misses[node])) return stay('shared');
      return memory.freeFrames(node) > 0 ? migrate(node, 'most used there') : stay('no free frame');
    },
  };
}
