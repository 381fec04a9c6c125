import { describe, expect, it } from '@jest/globals';
import { demote, promote } from '../../../../lib/placement/decision.js';
import { memtis, thresholds, type MemtisOptions } from '../../../../lib/placement/policies/tiering/memtis.js';
import { interval, memory, page, sampledAccess } from '../../../../lib/testing/index.js';
import { pagesOf } from '../../../support/pages.js';

describe('the thresholds of memtis', () => {
  const rows = [
    ['the lowest bin at which all hotter pages fit', [1, 2, 2, 3, 3, 3], 5, { hot: 2, warm: 2 }],
    ['a higher one if they do not', [1, 2, 2, 3, 3, 3], 4, { hot: 3, warm: 3 }],
    ['the bin below is warm if they fill less than three quarters', [2, 2, 3], 2, { hot: 3, warm: 2 }],
    ['and cold if they fill that', [2, 2, 3, 3, 3], 4, { hot: 3, warm: 3 }],
    ['no page is hot if those of the last bin do not fit', [3, 3, 3], 2, { hot: 4, warm: 3 }],
    ['at least 1, as pages without samples are not hot', [0, 0], 10, { hot: 1, warm: 0 }],
  ] as const;
  for (const [name, bins, capacity, expected] of rows)
    it(`are: ${name}`, () => expect(thresholds(bins, 4, capacity, 0.75)).toEqual(expected));
});

const sampling = { period: 199, skid: 0, level: 'miss', stores: true, buffer: 1 } as const;
const usual = { sampleWeight: 1, bins: 8, coolingSamples: 1000, reserve: 0.1, warmFill: 0.75, demotionWatermark: 0.1 };
const made = (changes: Partial<MemtisOptions> = {}) =>
  memtis({ sampling, ...usual, intervalNs: 100, most: 8, ...changes });

/** Node 0 is fast with 4 frames, of which one is reserved; node 1 is slow. */
const tiers = (free: number, freeSlow = 10) => ({
  ...memory({ nodes: 2, frames: [4, 10], tiers: [0, 1], expanders: [1] }),
  freeFrames: (node: number) => (node === 0 ? free : freeSlow),
});

/** A policy with as many samples of pages 0, 1 and so on. */
function sampled(counts: readonly number[], changes: Partial<MemtisOptions> = {}) {
  const policy = made(changes);
  counts.forEach((count, number) => {
    for (let i = 0; i < count; i++) policy.decide(sampledAccess(0), page({ page: number }), memory());
  });
  return policy;
}

describe('memtis', () => {
  it('promotes hot pages, the hottest first, and keeps its reserve free', () => {
    const policy = sampled([3, 15, 15]);
    expect(policy.plan!(interval(), pagesOf(1, 1, 1), tiers(3))).toEqual(
      [1, 2].map(number => ({ page: number, decision: promote(0, 'hot') })),
    );
  });

  it('demotes cold pages to make room for hot ones', () => {
    const policy = sampled([0, 0, 7, 7, 0, 7]);
    // Of the fast pages 0 to 3, 0 and 1 are cold; one of the four frames is kept free.
    expect(policy.plan!(interval(), pagesOf(0, 0, 0, 0, 1, 1), tiers(0))).toEqual([
      { page: 0, decision: demote(1, 'cold') },
      { page: 1, decision: demote(1, 'cold') },
      { page: 5, decision: promote(0, 'hot') },
    ]);
  });

  it('demotes the coldest page when less than the watermark is free, also if no page waits', () => {
    const policy = sampled([7, 7, 7, 1]);
    expect(policy.plan!(interval(), pagesOf(0, 0, 0, 0), tiers(0))).toEqual([{ page: 3, decision: demote(1, 'cold') }]);
    expect(policy.plan!(interval(), pagesOf(0, 0, 0, 0), tiers(1))).toEqual([]);
  });

  it('does not demote warm pages', () => {
    // Two hot pages fill less than three quarters of 3.6 frames; those of the next bin do not fit, and stay.
    const policy = sampled([7, 7, 3, 3]);
    expect(policy.plan!(interval(), pagesOf(0, 0, 0, 0), tiers(0))).toEqual([]);
  });

  it('raises the threshold until the hot pages fit', () => {
    const policy = sampled([7, 7, 7, 7, 15]);
    // Four pages of bin 3 and one of bin 4 are more than 3.6: the last one only is hot.
    expect(policy.plan!(interval(), pagesOf(1, 1, 1, 1, 1), tiers(4)).map(one => one.page)).toEqual([4]);
  });

  it('halves all counts after as many samples as it is told', () => {
    const hot = (coolingSamples: number) =>
      sampled([7, 7, 7, 3], { coolingSamples }).plan!(interval(), pagesOf(1, 1, 1, 1), tiers(4)).map(one => one.page);
    expect(hot(1000)).toEqual([0, 1, 2]);
    // At the last of 24 samples 7 becomes 3.5, of bin 2, and 3 becomes 1.5, of bin 1.
    expect(hot(24)).toEqual([0, 1, 2]);
    // After 21, 7 becomes 3.5 and the 3 that follow are whole: all four are of bin 2, and do not fit.
    expect(hot(21)).toEqual([]);
  });

  it('weighs samples', () => {
    // Three samples are of bin 2 and one is of bin 1; with a weight of 512 both are of the last bin, and do not fit.
    const hottest = (sampleWeight: number) =>
      sampled([1, 3, 3, 3], { sampleWeight, bins: 10 }).plan!(interval(), pagesOf(1, 1, 1, 1), tiers(4));
    expect(hottest(1).map(one => one.page)).toEqual([1, 2, 3]);
    expect(hottest(512)).toEqual([]);
  });

  it('moves no more than a plan may, and demotes only where there is room', () => {
    expect(sampled([7, 7], { most: 1 }).plan!(interval(), pagesOf(1, 1), tiers(4))).toHaveLength(1);
    expect(sampled([7, 7, 7, 1]).plan!(interval(), pagesOf(0, 0, 0, 0), tiers(0, 0))).toEqual([]);
  });
});
