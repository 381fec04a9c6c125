import { describe, expect, it } from '@jest/globals';
import { irixOrigin, type IrixOriginOptions } from '../../../../lib/placement/policies/counters/irix-origin.js';
import { hotPage, memory, page } from '../../../../lib/testing/index.js';
import type { PageView } from '../../../../lib/placement/views.js';

const counters = { sampling: 1, bits: 16, delayNs: 0, resetNs: 1e6 };
const usual = { threshold: 64, counters, minimumSavingNs: 0, bounces: 2, bounceNs: 1000, meltNs: 500, dampening: 0 };
const hot = { misses: [0, 0, 64, 0] };

/** What is decided when page 0 is hot on node 2 at some times. */
function reasons(times: readonly number[], changes: Partial<IrixOriginOptions> = {}, view: Partial<PageView> = hot) {
  const policy = irixOrigin({ ...usual, ...changes });
  return times.map(timeNs => {
    const { action, because } = policy.decide(hotPage(2, { timeNs }), page(view), memory());
    return action === 'stay' ? because : action;
  });
}

describe('irixOrigin', () => {
  const rows = [
    ['moves a page whose remote count exceeds the home count by the threshold', {}, hot, 'migrate'],
    ['leaves it if the home misses as well', {}, { misses: [1, 0, 64, 0] }, 'the home uses it, too'],
    ['compares with the home only', {}, { misses: [0, 500, 64, 0] }, 'migrate'],
    ['leaves a page that is there', {}, { ...hot, home: 2 }, 'already local'],
    ['leaves it if too little is saved', { minimumSavingNs: 601 }, hot, 'too near'],
    ['moves it if just enough is saved', { minimumSavingNs: 600 }, hot, 'migrate'],
  ] as const;
  for (const [name, changes, view, expected] of rows)
    it(name, () => expect(reasons([0], changes, view)).toEqual([expected]));

  it('passes over as many requests as it is dampened by, again after each move', () => {
    expect(reasons([0, 1, 2, 3], { dampening: 1 })).toEqual(['dampened', 'migrate', 'dampened', 'migrate']);
  });

  it('freezes a page that has moved too often in a while, and forgets older moves', () => {
    expect(reasons([0, 1, 2])).toEqual(['migrate', 'migrate', 'freeze']);
    expect(reasons([0, 1, 1000, 1001])).toEqual(['migrate', 'migrate', 'migrate', 'migrate']);
  });

  it('melts a frozen page when it is wanted after the time, which then moves', () => {
    const policy = irixOrigin({ ...usual, bounces: 1 });
    const at = (timeNs: number, frozen: boolean) =>
      policy.decide(hotPage(2, { timeNs }), page({ ...hot, frozen }), memory());
    expect(
      [at(0, false), at(1, false), at(2, true), at(501, true), at(502, false)].map(({ action }) => action),
    ).toEqual([...['migrate', 'freeze', 'stay', 'thaw', 'migrate']]);
  });

  it('programs the counters to interrupt at its threshold', () => {
    expect(irixOrigin({ ...usual, threshold: 7 }).counters).toEqual({ ...counters, threshold: 7 });
  });

  it('refuses thresholds that the counters do not reach', () => {
    expect(() => irixOrigin({ ...usual, counters: { ...counters, bits: 6 } })).toThrow(
      'irix-origin: counters.threshold is 64; give a whole number from 1 to 63',
    );
  });
});
