import { describe, expect, it } from '@jest/globals';
import { exchange, promote } from '../../../../lib/placement/decision.js';
import { hemem, type HememOptions } from '../../../../lib/placement/policies/tiering/hemem.js';
import { interval, memory, page, sampledAccess } from '../../../../lib/testing/index.js';
import { pagesOf } from '../../../support/pages.js';

const sampling = { period: 5003, skid: 0, level: 'miss', stores: true, buffer: 1 } as const;
const made = (changes: Partial<HememOptions> = {}) =>
  hemem({ sampling, hotLoads: 4, hotStores: 2, cooling: 6, intervalNs: 100, most: 8, ...changes });

/** Node 0 is fast, node 1 is slow. */
const tiers = (free: number) => ({
  ...memory({ nodes: 2, frames: 10, tiers: [0, 1], expanders: [1] }),
  freeFrames: (node: number) => (node === 0 ? free : 10),
});
/** Pages 0 and 1 are fast, 2 to 4 slow. */
const pages = pagesOf(0, 0, 1, 1, 1);

function sample(policy: ReturnType<typeof made>, number: number, loads: number, stores = 0): void {
  for (let i = 0; i < loads + stores; i++)
    policy.decide(sampledAccess(0, { store: i >= loads }), page({ page: number, home: 1 }), tiers(0));
}
const plan = (policy: ReturnType<typeof made>, free: number, subject = pages) =>
  policy.plan!(interval(), subject, tiers(free));

describe('hemem', () => {
  it('promotes a page with enough loads, or enough stores', () => {
    const policy = made();
    sample(policy, 2, 3, 1);
    sample(policy, 3, 0, 2);
    sample(policy, 4, 4);
    expect(plan(policy, 8)).toEqual([3, 4].map(number => ({ page: number, decision: promote(0, 'hot') })));
  });

  it('lets hot pages change places with cold ones when the fast tier is full, in the order in which they became hot', () => {
    const policy = made();
    sample(policy, 4, 4);
    sample(policy, 2, 4);
    expect(plan(policy, 1)).toEqual([
      { page: 4, decision: promote(0, 'hot') },
      { page: 2, decision: exchange(1, 'hot for cold') },
    ]);
  });

  it('stops when no fast page is cold', () => {
    const policy = made();
    for (const number of [0, 1, 2, 3]) sample(policy, number, 4);
    expect(plan(policy, 0)).toEqual([]);
  });

  it('moves no more than a plan may', () => {
    const policy = made({ most: 1 });
    sample(policy, 2, 4);
    sample(policy, 3, 4);
    expect(plan(policy, 8)).toHaveLength(1);
  });

  it('halves the counts of a page once for each tick of the cooling clock, at its next sample', () => {
    const policy = made();
    sample(policy, 2, 4);
    // Seven samples of another page are more than six: a tick.
    sample(policy, 3, 7);
    expect(plan(policy, 8).map(one => one.page)).toEqual([2, 3]);
    // 4 loads become 2, and one more is 3: cold. Another makes it hot again.
    sample(policy, 2, 1);
    expect(plan(policy, 8).map(one => one.page)).toEqual([3]);
    sample(policy, 2, 1);
    expect(plan(policy, 8).map(one => one.page)).toEqual([3, 2]);
  });

  it('leaves pages that have replicas', () => {
    const policy = made();
    sample(policy, 1, 4);
    expect(plan(policy, 8, pagesOf(0, { home: 1, replicas: [0] }))).toEqual([]);
  });
});
