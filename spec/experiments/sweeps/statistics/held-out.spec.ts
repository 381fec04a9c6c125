import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { trainAndHeldOut } from '../../../../lib/experiments/sweeps/statistics/held-out.js';

describe('a split', () => {
  it('has every item once, in the order of the list, for any seed', () => {
    const items = Array.from({ length: 12 }, (_, i) => i);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), fc.string(), (heldOut, seed) => {
        const split = trainAndHeldOut(items, { heldOut, seed });
        expect(split.heldOut).toHaveLength(heldOut);
        expect([...split.train, ...split.heldOut].sort((a, b) => a - b)).toEqual(items);
        expect([...split.train]).toEqual([...split.train].sort((a, b) => a - b));
        expect(trainAndHeldOut(items, { heldOut, seed })).toEqual(split);
      }),
    );
  });

  it('holds out each item for some seed', () => {
    const seeds = Array.from({ length: 40 }, (_, i) => `seed ${i}`);
    const drawn = seeds.flatMap(seed => trainAndHeldOut(['a', 'b', 'c', 'd'], { heldOut: 1, seed }).heldOut);
    expect(new Set(drawn).size).toBe(4);
  });

  it('leaves something to tune on', () => {
    expect(() => trainAndHeldOut(['a'], { heldOut: 1, seed: 's' })).toThrow(RangeError);
  });
});
