import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FirstLevel, Right, SecondLevel, type CacheGeometry } from '../../lib/processor/caches/set-array.js';

const geometries = fc
  .record({ sets: fc.constantFrom(1, 2, 8), ways: fc.constantFrom(1, 2, 3, 4, 8) })
  .map(({ sets, ways }) => ({ sets, ways, geometry: { sizeBytes: sets * ways * 32, ways, lineBytes: 32 } }))
  .filter(({ ways }) => ways !== 3);

const lines = fc.nat({ max: 30 });

describe('a first-level cache', () => {
  const step = fc.record({
    kind: fc.constantFrom('touch', 'touch', 'store', 'fill', 'fill', 'restrict'),
    line: lines,
    right: fc.constantFrom(Right.None, Right.Read, Right.Write),
  });

  it('forgets the line of a set that was used longest ago', () => {
    fc.assert(
      fc.property(geometries, fc.array(step, { maxLength: 120 }), ({ sets, ways, geometry }, steps) => {
        const cache = new FirstLevel('l1', geometry);
        // By set: lines with their rights, used last first.
        const model = Array.from({ length: sets }, (): { line: number; right: number }[] => []);
        for (const { kind, line, right } of steps) {
          const set = model[line % sets];
          const at = set.findIndex(each => each.line === line);
          if (kind === 'fill') {
            const allowed = Math.max(right, Right.Read);
            cache.fill(line, allowed);
            if (at >= 0) set.splice(at, 1);
            set.unshift({ line, right: allowed });
            set.splice(ways);
          } else if (kind === 'restrict') {
            cache.restrict(line, right);
            if (at >= 0 && right === Right.None) set.splice(at, 1);
            else if (at >= 0) set[at].right = Math.min(set[at].right, right);
          } else {
            const store = kind === 'store';
            const hit = at >= 0 && set[at].right >= (store ? Right.Write : Right.Read);
            expect(cache.touch(line, store)).toBe(hit);
            if (hit) set.unshift(...set.splice(at, 1));
          }
        }
        for (const { line, right } of model.flatMap(set => [...set].reverse())) {
          expect([line, cache.touch(line, true)]).toEqual([line, right === Right.Write]);
          expect([line, cache.touch(line, false)]).toEqual([line, true]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a second-level cache', () => {
  const step = fc.record({ kind: fc.constantFrom('use', 'use', 'use', 'drop'), line: lines });

  it('takes an empty slot, or that of the line used longest ago', () => {
    fc.assert(
      fc.property(geometries, fc.array(step, { maxLength: 120 }), ({ sets, ways, geometry }, steps) => {
        const cache = new SecondLevel('l2', geometry, 4);
        const model = Array.from({ length: sets }, (): number[] => []);
        for (const { kind, line } of steps) {
          const set = model[line % sets];
          const at = set.indexOf(line);
          const slot = cache.find(line);
          expect(slot >= 0).toBe(at >= 0);
          if (kind === 'drop') {
            if (slot >= 0) cache.tags[slot] = -1;
            if (at >= 0) set.splice(at, 1);
            continue;
          }
          let used = slot;
          if (used < 0) {
            used = cache.victim(line);
            expect(cache.tags[used]).toBe(set.length < ways ? -1 : set[ways - 1]);
            cache.tags[used] = line;
          }
          cache.touch(used);
          if (at >= 0) set.splice(at, 1);
          set.unshift(line);
          set.splice(ways);
        }
        const here = [...cache.tags.subarray(0, cache.slots)].filter(line => line >= 0).sort((a, b) => a - b);
        expect(here).toEqual(model.flat().sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the shape of a cache', () => {
  it.each<[CacheGeometry, string]>([
    [{ sizeBytes: 3000, ways: 2, lineBytes: 32 }, 'l1: the size is a power of two of bytes, not 3000'],
    [{ sizeBytes: 4096, ways: 2, lineBytes: 33 }, 'l1: the line is a power of two of bytes, not 33'],
    [{ sizeBytes: 4096, ways: 0, lineBytes: 32 }, 'l1: 1 to 255 ways, not 0'],
    [{ sizeBytes: 4096, ways: 3, lineBytes: 32 }, 'l1: 4096 bytes in 3 ways of 32-byte lines make'],
    [{ sizeBytes: 32, ways: 2, lineBytes: 32 }, 'l1: 32 bytes in 2 ways of 32-byte lines make 0.5 sets'],
  ])('%p is refused', (geometry, message) => {
    expect(() => new FirstLevel('l1', geometry)).toThrow(message);
  });
});
