import { describe, expect, it } from '@jest/globals';
import { weightedInterleave } from '../../../../lib/placement/policies/static/weighted-interleave.js';
import { memory, scenario } from '../../../../lib/testing/index.js';

/** Homes of as many pages, all first touched by node 3. */
function homes(weights: readonly number[], pages: number, machine = memory()): number[] {
  const misses = Array.from({ length: pages }, (_, number) => ({ node: 3, page: number }));
  return scenario(weightedInterleave({ weights }), misses, machine).pages.map(({ home }) => home);
}

describe('weightedInterleave', () => {
  it('gives five pages to one node, then two to the other, with weights of 5 and 2 (the example of the commit)', () => {
    expect(homes([5, 2], 15)).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0]);
  });

  it('passes over nodes of weight 0 and those without a weight', () => {
    expect(homes([0, 1, 2], 6)).toEqual([1, 2, 2, 1, 2, 2]);
  });

  it('puts a page on the nearest node with room when its own is full, and keeps the turn', () => {
    const latencyNs = (from: number, to: number) => 300 + 100 * Math.abs(from - to);
    expect(homes([1, 1], 4, memory({ full: [1], latencyNs }))).toEqual([0, 0, 0, 0]);
    expect(homes([1, 1], 4, memory({ full: [0], latencyNs }))).toEqual([1, 1, 1, 1]);
  });

  const mistakes = [
    [[0, 0], 'weighted-interleave: all weights are 0; give one node a weight'],
    [[], 'weighted-interleave: all weights are 0; give one node a weight'],
    [[1, -1], 'weighted-interleave: a weight is -1; give a whole number from 0 to 65535'],
    [[1, 0.5], 'weighted-interleave: a weight is 0.5; give a whole number from 0 to 65535'],
    [3, 'weighted-interleave: weights is 3; give an array'],
  ] as const;
  for (const [weights, message] of mistakes)
    it(`refuses ${JSON.stringify(weights)}`, () =>
      expect(() => weightedInterleave({ weights: weights as readonly number[] })).toThrow(message));
});
