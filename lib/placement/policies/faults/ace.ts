/**
 * Placement on IBM's ACE (Bolosky, Fitzgerald, Scott, SOSP 1989): pages are copied for readers and move to writers until
 * they have moved too often. Recollected, with the abstract at hand: the limit is an option without meaning as a result. ACE
 * heard of page faults; on a machine with coherent caches hint faults stand in for them.
 */
import { collapse, freeze, migrate, replicate, stay } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, notWanted } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `ace`. */
export interface AceOptions {
  /** Moves to another writer after which a page stays where it is for good. */
  readonly moveLimit: number;
  readonly hints: HintSettings;
}

/** A policy of ACE's rule. Its state is the moves of each page. */
export function ace(options: AceOptions): PlacementPolicy {
  checkOptions('ace', options, { moveLimit: { whole: 0 } });
  const { moveLimit, hints } = options;
  const moves = new Map<number, number>();
  return {
    name: 'ace',
    wants: ['hint-fault', 'replica-write'],
    needs: ['thread', 'write', 'data'],
    hints,
    decide({ kind, node, store }, { page, home, replicas, frozen }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind === 'replica-write') return collapse('written');
      if (kind !== 'hint-fault') throw notWanted('ace', kind);
      if (frozen) return stay('global');
      if (node === home || replicas.includes(node)) return stay('already local');
      if (memory.freeFrames(node) === 0) return stay('no free frame');
      if (!store) return replicate(node, 'read copy');
      if (replicas.length > 0) return stay('its copies go first');
      const moved = moves.get(page) ?? 0;
      if (moved >= moveLimit) return freeze('moved too often');
      moves.set(page, moved + 1);
      return migrate(node, 'to its writer');
    },
  };
}
