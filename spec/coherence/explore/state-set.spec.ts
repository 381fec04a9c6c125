import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StateSet } from '../../../lib/coherence/explore/state-set.js';

describe('a set of states', () => {
  it('numbers states in the order of their arrival, however large it becomes', () => {
    const set = new StateSet(3);
    const state = (i: number): Uint32Array => Uint32Array.of(i, i >>> 4, 7 * i);
    // More than the slots and the store begin with, so that both become larger, several times.
    const count = 20_000;
    for (let i = 0; i < count; i++) expect(set.add(state(i))).toBe(i);
    for (let i = 0; i < count; i++) expect(set.add(state(i))).toBe(i);
    expect(set.size).toBe(count);
    const read = new Uint32Array(3);
    for (let i = 0; i < count; i += 997) {
      set.read(i, read);
      expect([...read]).toEqual([...state(i)]);
    }
  });

  it('tells states apart that differ in one word', () => {
    const states = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)), { maxLength: 200 });
    fc.assert(
      fc.property(states, drawn => {
        const set = new StateSet(4);
        const numbers = new Map<string, number>();
        for (const words of drawn) {
          const known = numbers.get(words.join()) ?? numbers.size;
          expect(set.add(Uint32Array.from(words))).toBe(known);
          numbers.set(words.join(), known);
        }
        expect(set.size).toBe(numbers.size);
      }),
    );
  });
});
