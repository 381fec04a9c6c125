/** Pages follow their users, but a page that is wanted back too soon stays put for good (after PLATINUM, 1989). */
import { migrate, placeNear, stay } from 'disco-sim';
import type { PlacementPolicy } from 'disco-sim';

/** Migrates hot pages; freezes a page that turns hot elsewhere less than `windowNs` after its last move. */
export function freezing(windowNs: number): PlacementPolicy {
  const movedAt = new Map<number, number>();
  return {
    name: 'freezing',
    wants: ['hot-page'],
    needs: ['thread', 'time'],
    counters: { threshold: 64, sampling: 1, bits: 16, delayNs: 0, resetNs: 100e6 },

    decide({ kind, node, timeNs }, page, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (node === page.home) return stay('already local');
      if (page.frozen) return stay('frozen');
      if (memory.freeFrames(node) === 0) return stay('no free frame');

      const last = movedAt.get(page.page) ?? -Infinity;
      if (timeNs - last < windowNs) return { action: 'freeze', because: 'ping-pong' };
      movedAt.set(page.page, timeNs);
      return migrate(node, 'hot');
    },
  };
}
