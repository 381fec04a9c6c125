/**
 * Page migration of IRIX on the Origin 2000: the hardware interrupts when a remote counter exceeds the home's by a threshold,
 * and the handler migrates unless the page bounces, is dampened, or the other node is too near. From the manual pages
 * migration(5), migration(3) and sn(1); the default numbers are not in them, so ours are options. The Origin's counters compare
 * each remote count with the home's; ours interrupt at each multiple of the threshold, and the rule compares then. Left out:
 * queues of failed requests, modes and ranges of addresses with settings of their own, copies of kernel text; counters that are
 * stuck at their end are cleared with all others by the reset.
 */
import { freeze, migrate, stay, thaw } from '../../decision.js';
import type { CounterSettings } from '../../evidence.js';
import { validateCounters } from '../../validate-policy.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, entryOf, notWanted } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `irixOrigin`. */
export interface IrixOriginOptions {
  /** How far a remote count must be above the home's. Also where the counters interrupt. */
  readonly threshold: number;
  /** The rest of how the counters are programmed. */
  readonly counters: Omit<CounterSettings, 'threshold'>;
  /** A migration must save at least this much per miss. */
  readonly minimumSavingNs: number;
  /** Moves within `bounceNs` after which a page is frozen. */
  readonly bounces: number;
  readonly bounceNs: number;
  /** A frozen page melts after this long. */
  readonly meltNs: number;
  /** Requests to migrate a page that are passed over before one is served. */
  readonly dampening: number;
}

interface History {
  /** Times of its last moves. */
  moves: number[];
  frozenNs: number;
  requests: number;
}

/** A policy of IRIX's rule. Its state is, of each page, its last moves, when it froze, and requests since. */
export function irixOrigin(options: IrixOriginOptions): PlacementPolicy {
  checkOptions('irix-origin', options, {
    ...{ threshold: { whole: 1 }, minimumSavingNs: { from: 0 }, bounces: { whole: 1 }, bounceNs: { from: 0 } },
    ...{ meltNs: { from: 0 }, dampening: { whole: 0 } },
  });
  const { threshold, counters, minimumSavingNs, bounces, bounceNs, meltNs, dampening } = options;
  validateCounters({ ...counters, threshold }, 'irix-origin: counters');
  const histories = new Map<number, History>();
  return {
    name: 'irix-origin',
    wants: ['hot-page'],
    needs: ['thread', 'time', 'data'],
    counters: { ...counters, threshold },
    decide({ kind, node, timeNs }, { page, home, misses, frozen }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind !== 'hot-page') throw notWanted('irix-origin', kind);
      const history = entryOf(histories, page, () => ({ moves: [], frozenNs: 0, requests: 0 }));
      if (node === home) return stay('already local');
      if (misses[node] - misses[home] < threshold) return stay('the home uses it, too');
      if (frozen) return timeNs - history.frozenNs < meltNs ? stay('frozen') : thaw('melted');
      if (memory.latencyNs(node, home) - memory.latencyNs(node, node) < minimumSavingNs) return stay('too near');
      if (history.requests++ < dampening) return stay('dampened');
      if (memory.freeFrames(node) === 0) return stay('no free frame');
      history.requests = 0;
      history.moves = [...history.moves.filter(at => timeNs - at < bounceNs), timeNs];
      if (history.moves.length <= bounces) return migrate(node, 'used more');
      history.frozenNs = timeNs;
      history.moves = [];
      return freeze('bounces');
    },
  };
}
