/** Every format of sharers against a set. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeSharers, type DirectoryFormat } from '../../../lib/coherence/directory-format.js';
import { CoarseVector } from '../../../lib/coherence/sharers/coarse-vector.js';
import { LimitedPointers } from '../../../lib/coherence/sharers/limited-pointers.js';
import { PointerLists } from '../../../lib/coherence/sharers/pointer-lists.js';
import type { Sharers } from '../../../lib/coherence/sharers/sharers.js';

const ENTRIES = 4;
const counts = (): { overflows: number; largestPool: number } => ({ overflows: 0, largestPool: 0 });

function named(sharers: Sharers, entry: number): number[] {
  const found: number[] = [];
  for (let p = sharers.next(entry, -1); p >= 0; p = sharers.next(entry, p)) found.push(p);
  return found;
}

const formats: fc.Arbitrary<DirectoryFormat> = fc.oneof(
  fc.constant({ format: 'full' } as const),
  fc.record({ format: fc.constant('coarse' as const), bits: fc.integer({ min: 1, max: 70 }) }),
  fc.record({ format: fc.constant('limited-broadcast' as const), pointers: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ format: fc.constant('limited-evict' as const), pointers: fc.integer({ min: 2, max: 5 }) }),
  fc.record({ format: fc.constant('dynamic-pointers' as const), cells: fc.integer({ min: 1, max: 9 }) }),
);

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('add', 'add', 'add', 'add', 'remove', 'clear'),
    entry: fc.nat({ max: ENTRIES - 1 }),
    processor: fc.nat(),
  }),
  { maxLength: 80 },
);

describe('the sharers of a directory', () => {
  it('are those of a set, or more where the format is not exact', () => {
    fc.assert(
      fc.property(formats, fc.integer({ min: 1, max: 100 }), steps, (format, processors, list) => {
        const sharers = makeSharers(format, processors, counts());
        sharers.grow(2);
        sharers.grow(ENTRIES);
        const model = Array.from({ length: ENTRIES }, () => new Set<number>());
        for (const { kind, entry, processor: draw } of list) {
          const processor = draw % processors;
          const full = sharers instanceof PointerLists && sharers.available === 0;
          if (kind === 'add') {
            if (!sharers.has(entry, processor) && (!sharers.room(entry) || full)) continue;
            sharers.add(entry, processor);
            model[entry].add(processor);
          } else if (kind === 'remove') {
            if (sharers.last(entry, processor)) expect([...model[entry]]).toEqual([processor]);
            sharers.remove(entry, processor);
            model[entry].delete(processor);
          } else {
            sharers.clear(entry);
            model[entry].clear();
          }
          for (let each = 0; each < ENTRIES; each++) {
            const known = named(sharers, each);
            expect(known.filter(p => model[each].has(p))).toEqual([...model[each]].sort((a, b) => a - b));
            expect(known.length).toBe(sharers.count(each));
            expect(known.every(p => p < processors && sharers.has(each, p))).toBe(true);
            if (sharers.exact) expect(known.length).toBe(model[each].size);
          }
        }
        if (sharers instanceof PointerLists) expect(sharers.imbalance()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are exact within one octant of a coarse vector, and groups beyond (64 of 128 processors)', () => {
    const counted = counts();
    const sharers = new CoarseVector(128, 64, counted);
    sharers.grow(1);
    for (const p of [64, 67, 127]) sharers.add(0, p);
    expect(named(sharers, 0)).toEqual([64, 67, 127]);
    sharers.remove(0, 67);
    expect([named(sharers, 0), counted.overflows]).toEqual([[64, 127], 0]);
    sharers.add(0, 5);
    expect([named(sharers, 0), counted.overflows]).toEqual([[4, 5, 64, 65, 126, 127], 1]);
    sharers.remove(0, 5);
    expect([sharers.count(0), sharers.last(0, 5)]).toEqual([6, false]);
    sharers.clear(0);
    sharers.add(0, 3);
    expect(named(sharers, 0)).toEqual([3]);
  });

  it('are everybody when limited pointers overflow to a broadcast', () => {
    const counted = counts();
    const sharers = new LimitedPointers(5, 2, true, counted);
    sharers.grow(1);
    for (const p of [4, 1, 4]) sharers.add(0, p);
    expect([named(sharers, 0), counted.overflows]).toEqual([[1, 4], 0]);
    sharers.add(0, 0);
    expect([named(sharers, 0), counted.overflows]).toEqual([[0, 1, 2, 3, 4], 1]);
  });

  it('leave in the order in which they came where one has to', () => {
    const sharers = new LimitedPointers(9, 3, false, counts());
    sharers.grow(1);
    for (const p of [7, 2, 5]) sharers.add(0, p);
    expect([sharers.oldest(0), sharers.room(0)]).toEqual([7, false]);
    sharers.remove(0, 7);
    expect([sharers.oldest(0), sharers.room(0)]).toEqual([2, true]);
    expect(() => [1, 3].forEach(p => sharers.add(0, p))).toThrow('no pointer of 3 is left for processor 3');
  });

  it('take cells from one pool and give them back, one cell less than sharers', () => {
    const counted = counts();
    const sharers = new PointerLists(3, counted);
    sharers.grow(2);
    for (const p of [1, 2, 3]) sharers.add(0, p);
    for (const p of [4, 5]) sharers.add(1, p);
    expect([sharers.available, counted.largestPool]).toEqual([0, 3]);
    expect(() => sharers.add(1, 6)).toThrow('no list cell of 3 is left for processor 6');
    sharers.remove(0, 2);
    expect([sharers.available, sharers.walked, named(sharers, 0)]).toEqual([1, 2, [1, 3]]);
    expect(sharers.victim(entry => entry === 1)).toBe(1);
    sharers.clear(1);
    expect([sharers.available, sharers.imbalance()]).toEqual([2, []]);
  });

  it.each([
    [{ format: 'coarse', bits: 0 }, 'bits is 0; give a whole number from 1'],
    [{ format: 'limited-broadcast', pointers: 0 }, 'an entry has between 1 and 65534 pointers, not 0'],
    [{ format: 'limited-evict', pointers: 1 }, 'sharers can be evicted from two pointers on; use broadcast with one'],
    [{ format: 'dynamic-pointers', cells: 0 }, 'cells is 0; give a whole number from 1'],
  ] as const)('are not made from %j', (format, message) => {
    expect(() => makeSharers(format, 4, counts())).toThrow(message);
  });
});
