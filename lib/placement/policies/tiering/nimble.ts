/**
 * Nimble (Yan and others, ASPLOS 2019): pages that are active on a slow node go to a fast one, inactive ones the other way, and
 * pairs change places without a free frame. From the abstract. The kernel's lists are approximated by who had a hint fault
 * since the interval before; its fast copying is the host's business.
 */
import { exchange, promote, stay, type PageDecision } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import { checkOptions, fasterNode, nearestProcessor, notWanted, PlannedFrames } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `nimble`. */
export interface NimbleOptions {
  readonly intervalNs: number;
  /** Pages that an interval moves at the most. */
  readonly most: number;
  readonly hints: HintSettings;
}

/** A policy of Nimble's rule. Its state is which pages were touched in this interval. */
export function nimble(options: NimbleOptions): PlacementPolicy {
  checkOptions('nimble', options, { intervalNs: { from: 1 }, most: { whole: 1 } });
  const { intervalNs, most, hints } = options;
  const active = new Set<number>();
  return {
    name: 'nimble',
    wants: ['hint-fault', 'interval'],
    needs: ['time', 'data'],
    hints,
    plans: { intervalNs, most, lowWatermark: 0 },
    decide({ kind, node }, { page }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind !== 'hint-fault') throw notWanted('nimble', kind);
      active.add(page);
      return stay('active');
    },
    plan(_evidence, pages, memory) {
      const movable = [...pages].filter(({ replicas }) => replicas.length === 0);
      const inactive = movable.filter(({ page, home }) => memory.tier(home) === 0 && !active.has(page));
      const decisions: PageDecision[] = [];
      const frames = new PlannedFrames(memory);
      for (const { page, home } of movable) {
        if (decisions.length === most) break;
        if (memory.tier(home) === 0 || !active.has(page)) continue;
        const to = fasterNode(home, nearestProcessor(home, memory), frames.memory);
        if (to >= 0) {
          frames.move(home, to);
          decisions.push({ page, decision: promote(to, 'active') });
          continue;
        }
        const other = inactive.pop();
        if (other === undefined) break;
        decisions.push({ page, decision: exchange(other.page, 'active for inactive') });
      }
      active.clear();
      return decisions;
    },
  };
}
