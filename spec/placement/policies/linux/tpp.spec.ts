import { describe, expect, it } from '@jest/globals';
import { demote } from '../../../../lib/placement/decision.js';
import { tpp } from '../../../../lib/placement/policies/linux/tpp.js';
import { firstTouchBy, hintFault, memory, memoryPressure, page } from '../../../../lib/testing/index.js';
import { pagesOf } from '../../../support/pages.js';

const made = () => tpp({ headRoom: 0.2, activeNs: 1000, most: 3, hints: { periodNs: 1e6, pages: 64 } });
/** Node 0 is fast with 10 frames, node 1 is slow with 100. */
const tiers = (freeFast: number, freeSlow = 100) => ({
  ...memory({ nodes: 2, frames: [10, 100], tiers: [0, 1], expanders: [1] }),
  freeFrames: (node: number) => [freeFast, freeSlow][node],
});

describe('tpp at hint faults', () => {
  const reasons = (times: readonly number[], machine = tiers(5)) => {
    const policy = made();
    return times.map(timeNs => {
      const { action, because } = policy.decide(hintFault(0, { timeNs }), page({ home: 1 }), machine);
      return action === 'stay' ? because : action;
    });
  };

  it('promotes a page at its second touch, not at the first', () => {
    expect(reasons([0, 1000])).toEqual(['first touch of an inactive page', 'promote']);
  });

  it('takes a page for inactive again after a while', () => {
    expect(reasons([0, 1001, 1002])).toEqual([
      ...['first touch of an inactive page', 'first touch of an inactive page', 'promote'],
    ]);
  });

  it('stays without room', () => {
    expect(reasons([0, 1], tiers(0))[1]).toBe('no free frame in a faster tier');
  });

  it('watches pages of slow tiers only', () => {
    expect(made().hints).toMatchObject({ slowOnly: true });
  });
});

describe('demotion of tpp', () => {
  function filled() {
    const policy = made();
    for (const number of [0, 1, 2, 3]) policy.decide(firstTouchBy(0), page({ page: number, home: -1 }), tiers(10));
    return policy;
  }
  const planned = (policy: ReturnType<typeof made>, machine = tiers(0), pages = pagesOf(0, 0, 0, 0)) =>
    policy.plan!(memoryPressure(0), pages, machine);

  it('begins when less than the head room is free, and restores it with the oldest pages', () => {
    expect(made().plans).toMatchObject({ lowWatermark: 0.2 });
    expect(planned(filled())).toEqual([0, 1].map(number => ({ page: number, decision: demote(1, 'head room') })));
    expect(planned(filled(), tiers(1))).toHaveLength(1);
  });

  it('takes a promoted page for a new one', () => {
    const policy = filled();
    for (const timeNs of [0, 1]) policy.decide(hintFault(0, { timeNs }), page({ home: 1 }), tiers(5));
    expect(planned(policy).map(one => one.page)).toEqual([1, 2]);
  });

  it('stops where the slow tier is full, and passes over pages of other nodes', () => {
    expect(planned(filled(), tiers(0, 1)).map(one => one.page)).toEqual([0]);
    expect(planned(filled(), tiers(0), pagesOf(1, 0, 1, 0)).map(one => one.page)).toEqual([1, 3]);
  });
});
