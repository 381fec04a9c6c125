/**
 * PLATINUM's coherent memory (Cox and Fowler, SOSP 1989): pages are copied and moved at each fault, frozen if that was undone
 * too lately, and thawed now and then. Recollected, with the abstract at hand: both times are options without meaning as a
 * result. PLATINUM heard of page faults; on a machine with coherent caches hint faults stand in for them.
 */
import { collapse, freeze, migrate, replicate, stay, thaw } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, notWanted } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `platinum`. */
export interface PlatinumOptions {
  /** A page that lost a copy less than this ago is frozen instead of copied or moved. */
  readonly freezeNs: number;
  /** All frozen pages are thawed each time that this has passed. */
  readonly thawNs: number;
  /** The most pages that are thawed at once. */
  readonly most: number;
  readonly hints: HintSettings;
}

/** A policy of PLATINUM's rule. Its state is when each page lost a copy last. */
export function platinum(options: PlatinumOptions): PlacementPolicy {
  checkOptions('platinum', options, { freezeNs: { from: 0 }, thawNs: { from: 1 }, most: { whole: 1 } });
  const { freezeNs, thawNs, most, hints } = options;
  const invalidatedNs = new Map<number, number>();
  return {
    name: 'platinum',
    wants: ['hint-fault', 'replica-write', 'interval'],
    needs: ['thread', 'write', 'time', 'data'],
    hints,
    plans: { intervalNs: thawNs, most, lowWatermark: 0 },
    decide({ kind, node, store, timeNs }, { page, home, replicas, frozen }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind === 'replica-write') {
        invalidatedNs.set(page, timeNs);
        return collapse('written');
      }
      if (kind !== 'hint-fault') throw notWanted('platinum', kind);
      if (frozen) return stay('frozen');
      if (node === home || replicas.includes(node)) return stay('already local');
      if (timeNs - (invalidatedNs.get(page) ?? -Infinity) < freezeNs) return freeze('lost a copy too lately');
      if (memory.freeFrames(node) === 0) return stay('no free frame');
      if (!store) return replicate(node, 'read copy');
      if (replicas.length > 0) return stay('its copies go first');
      invalidatedNs.set(page, timeNs);
      return migrate(node, 'to its writer');
    },
    plan: (_evidence, pages) =>
      [...pages]
        .filter(({ frozen }) => frozen)
        .slice(0, most)
        .map(({ page }) => ({ page, decision: thaw('time passed') })),
  };
}
