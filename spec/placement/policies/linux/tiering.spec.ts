import { describe, expect, it } from '@jest/globals';
import { demote, promote, stay } from '../../../../lib/placement/decision.js';
import { linuxTiering, type LinuxTieringOptions } from '../../../../lib/placement/policies/linux/tiering.js';
import { firstTouchBy, hintFault, memory, memoryPressure, page } from '../../../../lib/testing/index.js';
import { pagesOf } from '../../../support/pages.js';

const usual = {
  ...{ thresholdNs: 1000, pagesPerSecond: 4, adjustNs: 2e9, steps: 16, band: 0.1, enoughFree: 0.5 },
  ...{ demotion: true, lowWatermark: 0.2, most: 3, hints: { periodNs: 1e6, pages: 64 } },
};
const SECOND = 1e9;

/** Node 0 is fast with 10 frames, node 1 is slow with 100. */
const tiers = (freeFast: number, freeSlow = 100) => ({
  ...memory({ nodes: 2, frames: [10, 100], tiers: [0, 1], expanders: [1] }),
  freeFrames: (node: number) => [freeFast, freeSlow][node],
});
const slow = (number = 0) => page({ page: number, home: 1 });
const made = (changes: Partial<LinuxTieringOptions> = {}) => linuxTiering({ ...usual, ...changes });

describe('linuxTiering at a hint fault', () => {
  const fault = (unmappedForNs: number) => hintFault(0, { unmappedForNs });
  const rows = [
    ['promotes whatever is touched while there is room', fault(1e9), tiers(6), promote(0, 'there is room')],
    ['promotes a page that is touched soon after it was unmapped', fault(999), tiers(5), promote(0, 'hot')],
    ['leaves one that is touched later', fault(1000), tiers(5), stay('not hot')],
    ['leaves one without a free frame', fault(0), tiers(0), stay('no free frame in a faster tier')],
  ] as const;
  for (const [name, evidence, machine, decision] of rows)
    it(name, () => expect(made().decide(evidence, slow(), machine)).toEqual(decision));

  it('promotes as many in a second as the rate says', () => {
    const policy = made();
    const at = (timeNs: number) => policy.decide(hintFault(0, { timeNs }), slow(), tiers(5)).because;
    expect([0, 1, 2, 3, 4, SECOND - 1, SECOND].map(at)).toEqual([
      ...['hot', 'hot', 'hot', 'hot', 'above the rate', 'above the rate', 'hot'],
    ]);
  });
});

describe('the threshold of linuxTiering', () => {
  /** The hint latencies that are hot after periods with these numbers of candidates; a step is 125 ns. */
  function thresholds(candidates: readonly number[]): number[] {
    const policy = made({ pagesPerSecond: 10 });
    return candidates.map((count, period) => {
      const start = period * usual.adjustNs;
      for (let i = 0; i < count; i++) policy.decide(hintFault(0, { timeNs: start }), slow(), tiers(5));
      const isHot = (unmappedForNs: number): boolean =>
        policy.decide(hintFault(0, { timeNs: start + usual.adjustNs, unmappedForNs }), slow(), tiers(5)).because !==
        'not hot';
      // Where it is not hot, asking does not count as a candidate.
      let latency = 3000;
      while (latency > 0 && !isHot(latency - 25)) latency -= 25;
      return latency;
    });
  }

  it('falls by a step after too many candidates, rises after too few, and stays in between', () => {
    // A rate of 10 a second allows 20 in two seconds, give or take 10 %; the last question was a candidate of its period.
    expect(thresholds([23])).toEqual([875]);
    expect(thresholds([22])).toEqual([1000]);
    expect(thresholds([18])).toEqual([1000]);
    expect(thresholds([17])).toEqual([1125]);
    expect(thresholds([30, 30, 30])).toEqual([875, 750, 625]);
  });

  it('falls to a step and rises to twice the default', () => {
    expect(thresholds(new Array<number>(10).fill(30)).at(-1)).toBe(125);
    expect(thresholds(new Array<number>(10).fill(0)).at(-1)).toBe(2000);
  });

  it('is the default again when there is room', () => {
    const policy = made({ pagesPerSecond: 10 });
    const ask = (timeNs: number, machine = tiers(5)) =>
      policy.decide(hintFault(0, { timeNs, unmappedForNs: 1000 }), slow(), machine).because;
    expect(ask(usual.adjustNs)).toBe('hot');
    expect(ask(usual.adjustNs, tiers(6))).toBe('there is room');
    expect(ask(usual.adjustNs)).toBe('not hot');
  });
});

describe('demotion of linuxTiering', () => {
  /** A policy that has seen pages 0 to 3 come to node 0, in this order. */
  function filled() {
    const policy = made();
    for (const number of [0, 1, 2, 3]) policy.decide(firstTouchBy(0), page({ page: number, home: -1 }), tiers(10));
    return policy;
  }
  const planned = (policy: ReturnType<typeof made>, pages = pagesOf(0, 0, 0, 0), machine = tiers(0)) =>
    policy.plan!(memoryPressure(0), pages, machine);

  it('takes the oldest pages of the node, as many as are short of the watermark', () => {
    const [first, second] = planned(filled());
    expect([first, second]).toEqual([
      { page: 0, decision: demote(1, 'the node is short') },
      { page: 1, decision: demote(1, 'the node is short') },
    ]);
    expect(planned(filled())).toHaveLength(2);
    expect(planned(filled(), pagesOf(0, 0, 0, 0), tiers(1))).toHaveLength(1);
  });

  it('takes a page that was promoted as a new one', () => {
    const policy = filled();
    policy.decide(hintFault(0), slow(0), tiers(5));
    expect(planned(policy).map(one => one.page)).toEqual([1, 2]);
  });

  it('passes over pages of other nodes, and stops where the slow tier is full', () => {
    expect(planned(filled(), pagesOf(1, 0, 1, 0)).map(one => one.page)).toEqual([1, 3]);
    expect(planned(filled(), pagesOf(0, 0, 0, 0), tiers(0, 1)).map(one => one.page)).toEqual([0]);
  });

  it('is not asked for where it is switched off', () => {
    expect(made({ demotion: false }).wants).toEqual(['hint-fault']);
    expect(made({ demotion: false }).plans).toBeUndefined();
    expect(made().plans).toMatchObject({ lowWatermark: 0.2 });
  });
});

it('linuxTiering scans slow pages only', () => {
  expect(made().hints).toEqual({ periodNs: 1e6, pages: 64, slowOnly: true });
});
