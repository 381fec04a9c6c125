/** A policy that wants all evidence that machines produce, and moves, copies and swaps pages at every occasion. */
import { collapse, exchange, migrate, replicate, stay } from '../../lib/placement/decision.js';
import type { HintSettings, PlanSettings } from '../../lib/placement/evidence.js';
import type { PlacementPolicy } from '../../lib/placement/policy.js';
import { placeNear } from '../../lib/placement/policies/static/first-touch.js';

/** What a case changes. */
export interface RestlessOptions {
  readonly hints: HintSettings;
  readonly plans: PlanSettings;
}

export function restless({ hints, plans }: RestlessOptions): PlacementPolicy {
  return {
    name: 'restless',
    wants: ['hint-fault', 'sampled-access', 'interval', 'memory-pressure', 'replica-write'],
    needs: [],
    hints,
    sampling: { period: 3, skid: 0, level: 'miss', stores: true, buffer: 2 },
    plans,
    decide: ({ kind, node, store }, { home, replicas }, memory) => {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind === 'replica-write') return collapse('written');
      if (node === home || replicas.includes(node) || memory.freeFrames(node) === 0) return stay('here');
      if (store || replicas.length > 0 || memory.random.below(2) === 0) return stay('shared');
      return kind === 'hint-fault' ? migrate(node, 'one') : replicate(node, 'read');
    },
    plan: ({ node }, pages, memory) => {
      const list = [...pages].filter(({ replicas, home }) => replicas.length === 0 && (node < 0 || home === node));
      if (list.length < 2) return [];
      const page = list[memory.random.below(list.length)];
      const other = list.find(({ home }) => home !== page.home);
      if (other !== undefined) return [{ page: page.page, decision: exchange(other.page, 'swap') }];
      const to = memory.random.below(memory.nodes);
      return to === page.home ? [] : [{ page: page.page, decision: migrate(to, 'away') }];
    },
  };
}
