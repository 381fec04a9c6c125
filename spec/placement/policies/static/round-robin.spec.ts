import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { roundRobin } from '../../../../lib/placement/policies/static/round-robin.js';
import { firstTouchBy, hotPage, memory, page, scenario } from '../../../../lib/testing/index.js';
import type { MemoryView } from '../../../../lib/placement/views.js';

const SEED = 1997;

/** Homes of as many pages, all first touched by node 0. */
function deal(pages: number, machine: MemoryView): number[] {
  const misses = Array.from({ length: pages }, (_, number) => ({ node: 0, page: number }));
  return scenario(roundRobin(), misses, machine).pages.map(({ home }) => home);
}

describe('roundRobin', () => {
  const rows = [
    ['deals from node 0 and wraps', 6, memory(), [0, 1, 2, 3, 0, 1]],
    ['skips a node without room', 6, memory({ full: [1] }), [0, 2, 3, 0, 2, 3]],
    ['goes on where there is room left', 4, { ...memory(), freeFrames: (node: number) => node }, [1, 2, 3, 2]],
  ] as const;
  for (const [name, pages, machine, homes] of rows) it(name, () => expect(deal(pages, machine)).toEqual(homes));

  it('gives each policy object a cursor of its own', () => {
    const policies = [roundRobin(), roundRobin()];
    const first = policies.map(policy => policy.decide(firstTouchBy(3), page({ home: -1 }), memory()));
    expect(first).toMatchObject([{ to: 0 }, { to: 0 }]);
  });

  it('says so when memory is full', () => {
    const decision = roundRobin().decide(firstTouchBy(0), page({ home: -1 }), memory({ frames: 0 }));
    expect(decision).toEqual({ action: 'stay', because: 'no free frame anywhere' });
  });

  it('refuses evidence that it did not ask for', () => {
    expect(() => roundRobin().decide(hotPage(1), page(), memory())).toThrow("was given 'hot-page' evidence");
  });

  it(`is balanced within one page over the nodes that have memory (seed ${SEED})`, () => {
    const machines = fc.uniqueArray(fc.nat(7), { maxLength: 7 });
    const property = fc.property(machines, fc.nat(100), (full, pages) => {
      const homes = deal(pages, memory({ nodes: 8, full }));
      const counts = [0, 1, 2, 3, 4, 5, 6, 7]
        .filter(node => !full.includes(node))
        .map(node => homes.filter(home => home === node).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    });
    fc.assert(property, { seed: SEED });
  });
});
