import { describe, expect, it } from '@jest/globals';
import { numaBalancing } from '../../../../lib/placement/policies/linux/numa-balancing.js';
import { hintFault, memory, page, type MemoryOverrides } from '../../../../lib/testing/index.js';

const hints = { periodNs: 100, pages: 64, slowOnly: false };
/** A time after the first passes. */
const LATER = 10_000;

type Fault = readonly [node: number, thread: number, page?: number, home?: number];

/** What is decided at faults, of pages at node 0 unless told, in one pass of the scanner. */
function reasons(faults: readonly Fault[], timeNs = LATER, overrides: MemoryOverrides = {}): string[] {
  const policy = numaBalancing({ bootstrapPasses: 4, activeFraction: 3, hysteresis: 0.75, hints });
  return faults.map(([node, thread, number = 0, home = 0]) => {
    const fault = hintFault(node, { thread, timeNs });
    const { action, because } = policy.decide(fault, page({ page: number, home }), memory(overrides));
    return action === 'stay' ? because : `${action}: ${because}`;
  });
}

describe('numaBalancing in the first passes', () => {
  it('takes a first fault, and one of the same thread', () => {
    expect(reasons([[1, 1]], 100)).toEqual(['migrate: in the first passes']);
    expect(reasons([[1, 1]], 499)).toEqual(['migrate: in the first passes']);
    expect(
      reasons(
        [
          [1, 1],
          [2, 1],
        ],
        100,
      )[1],
    ).toBe('migrate: in the first passes');
  });

  it('filters the fault of another thread', () => {
    expect(
      reasons(
        [
          [1, 1],
          [2, 2],
        ],
        100,
      )[1],
    ).toBe('another node touched it before');
  });
});

describe('numaBalancing later', () => {
  const filtered = 'another node touched it before';
  it('refuses two nodes in turn for ever (the two-stage filter)', () => {
    const inTurn = Array.from({ length: 20 }, (_, index): Fault => [1 + (index % 2), 1 + (index % 2)]);
    expect(new Set(reasons(inTurn).slice(1))).toEqual(new Set([filtered]));
  });

  it('takes a second fault in a row of the same thread', () => {
    expect(
      reasons([
        [2, 2],
        [1, 1],
        [1, 1],
      ]).slice(1),
    ).toEqual([filtered, 'migrate: the same thread again']);
  });

  it('is not misled by a thread that changed its node', () => {
    expect(
      reasons([
        [2, 1],
        [1, 1],
      ])[1],
    ).toBe(filtered);
  });

  it('remembers the last touch of each page by itself', () => {
    expect(
      reasons([
        [1, 1, 0],
        [2, 2, 1],
        [1, 1, 0],
      ])[2],
    ).toBe('migrate: the same thread again');
  });

  it('takes the fault of another thread on the same node if the group uses that node over three times as much', () => {
    const local = (count: number): Fault[] => Array.from({ length: count }, () => [0, 0, 9, 0]);
    const pair: Fault[] = [
      [1, 1],
      [1, 2],
    ];
    const uses = (count: number): Fault[] => Array.from({ length: count }, () => [1, 1, 8, 1]);
    // Node 1 has the 2 uses of the pair besides, of memory of node 0.
    expect(reasons([...local(1), ...uses(2), ...pair]).at(-1)).toBe('migrate: the group is there');
    // 3 uses are not more than three times 1. Uses by memory of the node: 3/1 of node 1, times 3/4, is above 1/3 of node 0.
    expect(reasons([...local(1), ...uses(1), ...pair]).at(-1)).toBe('migrate: the group has less memory there');
    // 9/7, times 3/4, is 0.96: above 6/8.
    expect(reasons([...local(6), ...uses(7), ...pair]).at(-1)).toBe('migrate: the group has less memory there');
    // 22/20, times 3/4, is 0.83: below 12/14.
    expect(reasons([...local(12), ...uses(20), ...pair]).at(-1)).toBe('the group is here, too');
  });

  it('counts uses half after each pass', () => {
    const policy = numaBalancing({ bootstrapPasses: 0, activeFraction: 3, hysteresis: 0, hints });
    const fault = (node: number, thread: number, number: number, home: number, timeNs: number) =>
      policy.decide(hintFault(node, { thread, timeNs }), page({ page: number, home }), memory()).because;
    for (let i = 0; i < 8; i++) fault(0, 0, 9, 0, LATER);
    // After three passes the eight uses of node 0 are one: 4 uses of node 1 are more than three times as many.
    fault(1, 1, 8, 1, LATER + 300);
    fault(1, 1, 8, 1, LATER + 300);
    fault(1, 1, 0, 0, LATER + 300);
    expect(fault(1, 2, 0, 0, LATER + 300)).toBe('the group is there');
  });

  const others = [
    ['leaves a page that is there', page({ home: 1 }), {}, 'already local'],
    ['stays without room', page(), { full: [1] }, 'no free frame'],
    ['leaves a page with replicas', page({ replicas: [3] }), {}, 'has replicas'],
  ] as const;
  for (const [name, subject, overrides, because] of others)
    it(name, () => {
      const policy = numaBalancing({ bootstrapPasses: 4, activeFraction: 3, hysteresis: 0.75, hints });
      expect(policy.decide(hintFault(1, { timeNs: 100 }), subject, memory(overrides)).because).toBe(because);
    });
});
