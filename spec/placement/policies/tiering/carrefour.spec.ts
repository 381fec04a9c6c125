import { describe, expect, it } from '@jest/globals';
import { collapse } from '../../../../lib/placement/decision.js';
import { carrefour, type CarrefourOptions } from '../../../../lib/placement/policies/tiering/carrefour.js';
import {
  interval,
  memory,
  page,
  replicaWrite,
  sampledAccess,
  type MemoryOverrides,
} from '../../../../lib/testing/index.js';
import type { PageView } from '../../../../lib/placement/views.js';
import { pagesOf } from '../../../support/pages.js';

const usual: CarrefourOptions = {
  ...{ sampling: { period: 10, skid: 0, level: 'miss', stores: true, buffer: 1 }, intervalNs: 1000, most: 8 },
  ...{ leastTraffic: 0, mostMemoryUse: 0.25, leastReads: 0.9, leastImbalance: 0.35, mostLocal: 0.8, leastSamples: 2 },
};
const uneven = { load: (node: number) => ({ busy: 0, requests: node === 0 ? 1000 : 0, latencyNs: 0 }) };

/** A sample: a node, the number of a page and whether it was a store. */
type Sample = readonly [node: number, page: number, store?: boolean];

/** What is planned for pages at node 0 unless told, as `page action node`. */
function planned(
  samples: readonly Sample[],
  changes: Partial<CarrefourOptions> = {},
  overrides: MemoryOverrides = {},
  views: readonly (number | Partial<PageView>)[] = [0, 0, 0],
): string[] {
  const policy = carrefour({ ...usual, ...changes });
  const machine = memory(overrides);
  const pages = pagesOf(...views);
  for (const [node, number, store = false] of samples)
    policy.decide(sampledAccess(node, { store }), pages.page(number)!, machine);
  return policy.plan!(interval(), pages, machine).map(({ page: number, decision }) =>
    [number, decision.action, 'to' in decision ? decision.to : ''].join(' '),
  );
}

describe('carrefour', () => {
  const read: Sample[] = [
    [1, 0],
    [2, 0],
    [2, 0],
  ];
  const written: Sample[] = [
    [1, 0, true],
    [2, 0, true],
  ];
  const alone: Sample[] = [
    [3, 1],
    [3, 1],
  ];

  it('copies a page that several nodes read to the one that reads most', () => {
    expect(planned(read)).toEqual(['0 replicate 2']);
  });

  it('copies it to the next one when that has a copy', () => {
    expect(planned(read, {}, {}, [{ replicas: [2] }])).toEqual(['0 replicate 1']);
  });

  it('copies nothing if more memory is used than allowed', () => {
    const half = { frames: 100, full: [0, 3] };
    expect(planned(read, { mostMemoryUse: 0.49 }, half)).toEqual([]);
    expect(planned(read, { mostMemoryUse: 0.5 }, half)).toEqual(['0 replicate 2']);
  });

  it('copies nothing if too many of all samples are stores', () => {
    const stored: Sample[] = [...read, [3, 2, true]];
    expect(planned(stored)).toEqual([]);
    expect(planned(stored, { leastReads: 0.75 })).toEqual(['0 replicate 2']);
  });

  it('spreads a page that several nodes use if controllers are loaded unevenly, and only then', () => {
    // Three times in four, as node 0 is at four times the mean: some of many pages.
    const many = Array.from({ length: 40 }, (_, number) => written.map(([node]) => [node, number, true] as const));
    const homes = new Array<number>(40).fill(0);
    const moved = planned(many.flat(), { most: 100 }, uneven, homes);
    expect(moved.length).toBeGreaterThan(20);
    expect(moved.length).toBeLessThan(40);
    expect(new Set(moved.map(one => one.split(' ')[1]))).toEqual(new Set(['migrate']));
    expect(new Set(moved.map(one => one.split(' ')[2]))).toEqual(new Set(['1', '2', '3']));
    expect(planned(many.flat(), { most: 100 }, {}, homes)).toEqual([]);
  });

  it('spreads nothing from a node that is not above the mean', () => {
    expect(planned(written, {}, uneven, [3])).toEqual([]);
  });

  it('spreads nothing while all accesses are local', () => {
    const byCopies: Sample[] = [
      [0, 0, true],
      [1, 1, true],
    ];
    expect(planned(byCopies, { leastSamples: 1 }, uneven, [0, 1])).toEqual([]);
  });

  it('moves a page of one node there, if it has enough samples', () => {
    expect(planned(alone)).toEqual(['1 migrate 3']);
    expect(planned(alone.slice(1))).toEqual([]);
  });

  it('moves nothing if most accesses are local', () => {
    const local: Sample[] = Array.from({ length: 8 }, () => [0, 2]);
    expect(planned([...alone, ...local])).toEqual([]);
    expect(planned([...alone, ...local.slice(1)])).toEqual(['1 migrate 3']);
  });

  it('does nothing below its least traffic', () => {
    // Two samples of ten accesses each in a microsecond.
    expect(planned(alone, { leastTraffic: 20 })).toEqual(['1 migrate 3']);
    expect(planned(alone, { leastTraffic: 20.1 })).toEqual([]);
  });

  it('leaves a page that is where it is used, has copies elsewhere, or has no room there', () => {
    expect(planned(alone, { mostLocal: 1.0 }, {}, [0, 3])).toEqual([]);
    expect(planned(alone, {}, {}, [0, { replicas: [2] }])).toEqual([]);
    expect(planned(alone, {}, { full: [3] })).toEqual([]);
  });

  it('moves no more than a plan may', () => {
    expect(planned([...alone, [3, 2], [3, 2]], { most: 1 })).toEqual(['1 migrate 3']);
  });

  it('counts the frames that its plan takes', () => {
    expect(planned([...alone, [3, 2], [3, 2]], {}, { frames: [8, 8, 8, 1] })).toEqual(['1 migrate 3']);
  });

  it('forgets the samples of an interval', () => {
    const policy = carrefour(usual);
    for (let i = 0; i < 2; i++) policy.decide(sampledAccess(3), page(), memory());
    expect(policy.plan!(interval(), pagesOf(0), memory())).toHaveLength(1);
    expect(policy.plan!(interval(), pagesOf(0), memory())).toEqual([]);
  });

  it('collapses copies at a store', () => {
    expect(carrefour(usual).decide(replicaWrite(1), page({ replicas: [2] }), memory())).toEqual(collapse('written'));
  });
});
