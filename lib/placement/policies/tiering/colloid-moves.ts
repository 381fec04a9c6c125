/** Which pages Colloid moves to shift a share of the accesses from one tier to the other. */
import { demote, exchange, promote, type Decision, type PageDecision } from '../../decision.js';
import type { MemoryView, PageView } from '../../views.js';
import { fasterNode, nearestProcessor, PlannedFrames, slowerNode } from '../support.js';

/** What moves are chosen of. */
export interface Choice {
  /** Pages of the tier that pages leave and of the other one, the most used first. */
  readonly from: readonly PageView[];
  readonly other: readonly PageView[];
  /** Uses that are to move to the other tier. */
  readonly goal: number;
  readonly most: number;
  /** Whether the other tier is the faster one. */
  readonly up: boolean;
  readonly usesOf: (view: PageView) => number;
  readonly memory: MemoryView;
}

/** The most used pages that together move no more uses than the goal. */
export function moves({ from, other, goal, most, up, usesOf, memory }: Choice): PageDecision[] {
  const frames = new PlannedFrames(memory);
  const decisions: PageDecision[] = [];
  const victims = [...other];
  let left = goal;
  for (const view of from) {
    if (decisions.length === most || usesOf(view) === 0) break;
    const to = up
      ? fasterNode(view.home, nearestProcessor(view.home, memory), frames.memory)
      : slowerNode(view.home, frames.memory);
    const victim = to < 0 ? victims.at(-1) : undefined;
    const moved = usesOf(view) - (victim === undefined ? 0 : usesOf(victim));
    if (moved > left || moved <= 0 || (to < 0 && victim === undefined)) continue;
    left -= moved;
    if (victim === undefined) frames.move(view.home, to);
    else victims.pop();
    decisions.push({ page: view.page, decision: decisionFor(to, victim, up) });
  }
  return decisions;
}

function decisionFor(to: number, victim: PageView | undefined, up: boolean): Decision {
  const because = up ? 'the fast tier answers sooner' : 'the slow tier answers sooner';
  if (victim !== undefined) return exchange(victim.page, because);
  return up ? promote(to, because) : demote(to, because);
}
