/** The second-level TLB against a map from pairs and spaces to entries. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SecondLevelTlb } from '../../../lib/monitor/processors/second-level-tlb.js';
import { GLOBAL } from '../../../lib/processor/tlb.js';

const step = fc.record({
  what: fc.constantFrom('insert', 'insert', 'insert', 'remove', 'flush'),
  pair: fc.nat({ max: 9 }),
  space: fc.constantFrom(0, 1, 255, GLOBAL),
});

describe('the second-level TLB', () => {
  it('answers with the newest entry of a pair, or not at all', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom([4, 1], [4, 4], [16, 2]),
        (steps, [entries, ways]) => {
          const level = new SecondLevelTlb({ entries: entries, ways: ways });
          const model = new Map<string, number>();
          const leave = (pair: number, space: number): void => {
            for (const other of space === GLOBAL ? [0, 1, 255, GLOBAL] : [space, GLOBAL])
              model.delete(`${pair} ${other}`);
          };
          for (const [number, { what, pair, space }] of steps.entries()) {
            if (what === 'flush') {
              level.flush();
              model.clear();
            } else leave(pair, space);
            if (what === 'remove') level.remove(pair, space);
            if (what === 'insert') {
              const gone = level.insert(pair, space, 2 * number, 2 * number + 1);
              if (gone >= 0) expect(model.delete(`${gone & 0x7ffff} ${gone >> 19}`)).toBe(true);
              model.set(`${pair} ${space}`, number);
            }
            for (let one = 0; one < 10; one++)
              for (const other of [0, 1, 255]) {
                const slot = level.find(one, other);
                const wanted = model.get(`${one} ${other}`) ?? model.get(`${one} ${GLOBAL}`);
                expect(slot < 0 ? undefined : level.entryLo(slot, 1)).toBe(
                  wanted === undefined ? undefined : 2 * wanted + 1,
                );
              }
          }
        },
      ),
      { seed: 1997, numRuns: 100 },
    );
  });

  it.each([
    [{ entries: 12, ways: 1 }, 'a power of two up to 65536, not 12'],
    [{ entries: 4, ways: 8 }, 'of 4 entries has no 8 ways'],
  ])('cannot be of any size', (options, message) => {
    expect(() => new SecondLevelTlb(options)).toThrow(message);
  });
});
