/**
 * The tunable policy of DUnX (LaRowe, Ellis, Kaplan, SOSP 1991): at a fault a page is moved, copied, or used where it is, by aged counts
 * of who used it and by how lately it was invalidated. From the abstract, which names what can be tuned but no values; the rule
 * is our reading. Hint faults stand in for its page faults and for the scanner that made mappings fault again.
 */
import { collapse, migrate, replicate, stay } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, entryOf, notWanted } from '../support.js';
import { placeNear } from '../static/first-touch.js';
import { flag } from '../../../engine/checks.js';

/** Options of `dunx`. */
export interface DunxOptions {
  /** Nothing is done with a page that moved or lost a copy less than this ago. */
  readonly freezeNs: number;
  /** Counts are halved each time that this has passed. */
  readonly ageNs: number;
  /** By how much a node's aged count must be above that of the home. */
  readonly trigger: number;
  /** Whether pages that are only read are copied instead of moved. */
  readonly replication: boolean;
  readonly hints: HintSettings;
}

interface History {
  /** Aged counts of faults by node, and of stores. */
  readonly uses: number[];
  stores: number;
  agedAt: number;
  changedNs: number;
}

/** A policy of DUnX's kind. Its state is an aged history of each page. */
export function dunx(options: DunxOptions): PlacementPolicy {
  checkOptions('dunx', options, { freezeNs: { from: 0 }, ageNs: { from: 1 }, trigger: { from: 0 } });
  const { freezeNs, ageNs, trigger, replication, hints } = options;
  flag(replication, 'dunx: replication');
  const histories = new Map<number, History>();
  const historyOf = (page: number, nodes: number, timeNs: number): History => {
    const history = entryOf(histories, page, () => ({
      ...{ uses: new Array<number>(nodes).fill(0), stores: 0, changedNs: -Infinity },
      agedAt: Math.floor(timeNs / ageNs),
    }));
    const passed = Math.floor(timeNs / ageNs) - history.agedAt;
    if (passed > 0) {
      history.uses.forEach((count, node) => (history.uses[node] = count / 2 ** passed));
      history.stores /= 2 ** passed;
      history.agedAt += passed;
    }
    return history;
  };
  return {
    name: 'dunx',
    wants: replication ? ['hint-fault', 'replica-write'] : ['hint-fault'],
    needs: ['thread', 'write', 'time', 'data'],
    hints,
    decide({ kind, node, store, timeNs }, { page, home, replicas }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      const history = historyOf(page, memory.nodes, timeNs);
      if (store) history.stores++;
      if (kind === 'replica-write') {
        history.changedNs = timeNs;
        return collapse('written');
      }
      if (kind !== 'hint-fault') throw notWanted('dunx', kind);
      history.uses[node]++;
      if (node === home || replicas.includes(node)) return stay('already local');
      if (timeNs - history.changedNs < freezeNs) return stay('changed too lately');
      if (history.uses[node] - history.uses[home] < trigger) return stay('not used enough');
      if (memory.freeFrames(node) === 0) return stay('no free frame');
      const copy = replication && history.stores < 1;
      if (!copy && replicas.length > 0) return stay('its copies go first');
      history.changedNs = timeNs;
      return copy ? replicate(node, 'only read') : migrate(node, 'used more');
    },
  };
}
