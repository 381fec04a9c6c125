/**
 * AutoTiering (Kim, Choe, Ahn, USENIX ATC 2021): a history of some bits for each page, one for each interval, gives it a level;
 * a page that is touched moves to a faster tier if there is room, and otherwise changes places with one of a lower level. From
 * a description of its patch. The exchange is decided at the end of the interval, where all pages are visible, not at the
 * fault; that files go first is left out, as pages do not say what they hold.
 */
import { exchange, promote, stay, type PageDecision } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import type { PageView } from '../../views.js';
import { checkOptions, fasterNode, notWanted } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `autotiering`. */
export interface AutoTieringOptions {
  /** Bits of a page's history. */
  readonly historyBits: number;
  /** After which the histories move on by a bit. */
  readonly intervalNs: number;
  /** Exchanges that one interval makes at the most. */
  readonly most: number;
  readonly hints: HintSettings;
}

/** A policy of AutoTiering's rule. Its state is the history of each page. */
export function autoTiering(options: AutoTieringOptions): PlacementPolicy {
  checkOptions('autotiering', options, {
    ...{ historyBits: { whole: 1, to: 31 }, intervalNs: { from: 1 }, most: { whole: 1 } },
  });
  const { historyBits, intervalNs, most, hints } = options;
  const mask = 2 ** historyBits - 1;
  const histories = new Map<number, number>();
  const level = ({ page }: PageView): number => ones(histories.get(page) ?? 0);
  return {
    name: 'autotiering',
    wants: ['hint-fault', 'interval'],
    needs: ['time', 'data'],
    hints,
    plans: { intervalNs, most, lowWatermark: 0 },
    decide({ kind, node }, { page, home, replicas }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind !== 'hint-fault') throw notWanted('autotiering', kind);
      histories.set(page, (histories.get(page) ?? 0) | 1);
      if (memory.tier(home) === 0) return stay('fast already');
      const to = fasterNode(home, node, memory);
      return to < 0 || replicas.length > 0 ? stay('no free frame in a faster tier') : promote(to, 'touched');
    },
    plan(_evidence, pages, memory) {
      const movable = [...pages].filter(({ replicas }) => replicas.length === 0);
      const slow = movable.filter(({ home }) => memory.tier(home) > 0).sort((a, b) => level(b) - level(a));
      const fast = movable.filter(({ home }) => memory.tier(home) === 0).sort((a, b) => level(a) - level(b));
      const decisions: PageDecision[] = [];
      for (let at = 0; at < Math.min(slow.length, fast.length, most) && level(slow[at]) > level(fast[at]); at++)
        decisions.push({ page: slow[at].page, decision: exchange(fast[at].page, 'of a higher level') });
      for (const [page, history] of histories) histories.set(page, (history << 1) & mask);
      return decisions;
    },
  };
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
