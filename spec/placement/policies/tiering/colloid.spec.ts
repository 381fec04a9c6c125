import { describe, expect, it } from '@jest/globals';
import { colloid, type ColloidOptions } from '../../../../lib/placement/policies/tiering/colloid.js';
import { interval, memory, page, sampledAccess } from '../../../../lib/testing/index.js';
import { pagesOf } from '../../../support/pages.js';

const sampling = { period: 100, skid: 0, level: 'miss', stores: true, buffer: 1 } as const;
const usual = { sampling, intervalNs: 100, most: 8, delta: 0.05, epsilon: 0.01, smoothing: 1 };

/** Node 0 is fast, node 1 is slow; loaded latencies, which include unloaded ones of 100 ns. */
const tiers = (fastNs: number, slowNs: number, free: readonly number[] = [10, 10]) => ({
  ...memory({
    ...{ nodes: 2, frames: 10, tiers: [0, 1], expanders: [1], latencyNs: () => 100 },
    load: node => ({ busy: 0, requests: 1, latencyNs: (node === 0 ? fastNs : slowNs) - 100 }),
  }),
  freeFrames: (node: number) => free[node],
});

/** A policy with as many samples of pages 0, 1 and so on. */
function sampled(counts: readonly number[], changes: Partial<ColloidOptions> = {}) {
  const policy = colloid({ ...usual, ...changes });
  counts.forEach((count, number) => {
    for (let i = 0; i < count; i++) policy.decide(sampledAccess(0), page({ page: number }), memory());
  });
  return policy;
}
type Policy = ReturnType<typeof colloid>;
const plan = (policy: Policy, homes: readonly number[], machine: ReturnType<typeof tiers>): string[] =>
  policy.plan!(interval(), pagesOf(...homes), machine).map(({ page: number, decision }) =>
    [number, decision.action, 'with' in decision ? decision.with : ''].join(' ').trim(),
  );

describe('colloid', () => {
  it('promotes half of the share that is left while the fast tier answers sooner', () => {
    // No access is fast: the goal is half of 8.
    expect(plan(sampled([3, 2, 2, 1]), [1, 1, 1, 1], tiers(200, 400))).toEqual(['0 promote', '3 promote']);
  });

  it('demotes pages while the slow tier answers sooner', () => {
    // All accesses are fast: the goal is half of 8.
    expect(plan(sampled([3, 2, 2, 1]), [0, 0, 0, 0], tiers(400, 200))).toEqual(['0 demote', '3 demote']);
  });

  it('does nothing when both answer nearly as soon', () => {
    expect(plan(sampled([3, 2]), [1, 1], tiers(200, 209))).toEqual([]);
    expect(plan(sampled([3, 3]), [1, 1], tiers(200, 210))).toEqual(['0 promote']);
  });

  it('searches between its watermarks', () => {
    // A quarter of the accesses is fast, and that is too much: a search from 0 to 1/4.
    const policy = sampled([8, 8, 8, 2, 2, 2, 2]);
    expect(plan(policy, [1, 1, 1, 0, 0, 0, 0], tiers(400, 200))).toEqual(['3 demote', '4 demote']);
    // Then an eighth is fast, and too little: up to the middle of 1/8 and 1/4, which is 2 of 32 (halved: 1 of 16).
    expect(plan(policy, [1, 1, 1, 1, 1, 0, 0], tiers(200, 400))).toEqual(['3 promote']);
  });

  it('opens a search again that has closed', () => {
    const policy = sampled([4, 4, 8]);
    // Half is fast, which is too little: up to 3/4, by 4 of 16, fewer than the slow page has.
    expect(plan(policy, [0, 0, 1], tiers(200, 400))).toEqual([]);
    // Half is too much as well: the search goes from 0 to 1/2, down by a quarter, of counts that are halved.
    expect(plan(policy, [0, 0, 1], tiers(400, 200))).toEqual(['0 demote']);
  });

  it('smooths latencies', () => {
    const after = (slowNs: number): string[] => {
      const policy = sampled([8, 8], { smoothing: 0.25 });
      plan(policy, [1, 1], tiers(200, 200));
      return plan(policy, [1, 1], tiers(200, slowNs));
    };
    // A quarter of the way from 200 to 240 is 210, which differs by 5 %.
    expect([after(239), after(240)]).toEqual([[], ['0 promote']]);
  });

  it('exchanges a page for the least used one when the fast tier is full', () => {
    expect(plan(sampled([4, 0, 2, 1]), [1, 1, 0, 0], tiers(200, 400, [0, 10]))).toEqual([]);
    expect(plan(sampled([4, 8, 3, 1]), [1, 1, 0, 0], tiers(200, 400, [0, 10]))).toEqual(['0 exchange 3']);
  });

  it('counts the frames that its plan takes, moves no more than it may, and no page without samples', () => {
    expect(plan(sampled([1, 1, 6]), [1, 1, 1], tiers(200, 400, [1, 10]))).toEqual(['0 promote']);
    expect(plan(sampled([1, 1, 6], { most: 1 }), [1, 1, 1], tiers(200, 400))).toEqual(['0 promote']);
    expect(plan(sampled([0, 0]), [1, 1], tiers(200, 400))).toEqual([]);
  });
});
