/**
 * Page migration on DASH (Chandra, Devine, Verghese, Gupta, Rosenblum, ASPLOS 1994): a page moves to who misses on it in the
 * TLB, after several remote misses in a row for parallel programs, and is frozen for a while after a move and after a local
 * use. From the abstract; the two numbers are recollected and mean nothing as a result. Hint faults stand in for TLB misses.
 */
import { migrate, stay } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, entryOf, notWanted } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `dash`. */
export interface DashOptions {
  /** Remote misses in a row after which a page moves: 1 for sequential programs. */
  readonly consecutive: number;
  /** After a move and after a local use the page stays for this long. */
  readonly freezeNs: number;
  readonly hints: HintSettings;
}

/** A policy of DASH's rule. Its state is, of each page, remote misses in a row and until when it stays. */
export function dash(options: DashOptions): PlacementPolicy {
  checkOptions('dash', options, { consecutive: { whole: 1 }, freezeNs: { from: 0 } });
  const { consecutive, freezeNs, hints } = options;
  const states = new Map<number, { remote: number; untilNs: number }>();
  return {
    name: 'dash',
    wants: ['hint-fault'],
    needs: ['thread', 'time', 'data'],
    hints,
    decide({ kind, node, timeNs }, { page, home }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind !== 'hint-fault') throw notWanted('dash', kind);
      const state = entryOf(states, page, () => ({ remote: 0, untilNs: -Infinity }));
      if (node === home) {
        state.remote = 0;
        state.untilNs = timeNs + freezeNs;
        return stay('already local');
      }
      state.remote++;
      if (timeNs < state.untilNs) return stay('frozen');
      if (state.remote < consecutive) return stay('too few in a row');
      if (memory.freeFrames(node) === 0) return stay('no free frame');
      state.remote = 0;
      state.untilNs = timeNs + freezeNs;
      return migrate(node, 'remote misses in a row');
    },
  };
}
