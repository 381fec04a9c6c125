import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { machineFrame, physicalPage } from '../../lib/messages/addresses.js';
import { ReferenceKind } from '../../lib/processor/references.js';
import { GLOBAL, Tlb, Untranslated, type TlbEntry } from '../../lib/processor/tlb.js';

/** Entries by index, and what they say. */
class Model {
  space = 0;
  readonly entries = new Map<number, TlbEntry>();
  readonly window = new Map<number, { frame: number; writable: boolean }>();

  probe(pair: number, space: number): number {
    const matching = [...this.entries].filter(([, e]) => e.pair === pair && (e.space === space || e.space === GLOBAL));
    return Math.min(...matching.map(([index]) => index), Infinity);
  }

  /** What a load and a store of a page find. */
  translations(page: number): number[] {
    const { frame, writable } = this.find(page);
    if (frame < 0) return [Untranslated.Missing, Untranslated.Missing, Untranslated.Missing];
    return [frame, writable ? frame : Untranslated.Forbidden, frame];
  }

  private find(page: number): { frame: number; writable: boolean } {
    if (page >= 0x80000 && page < 0xc0000) return this.window.get(page & 0x1ffff) ?? { frame: -1, writable: false };
    const entry = this.entries.get(this.probe(page >>> 1, this.space));
    if (!entry) return { frame: -1, writable: false };
    return page & 1
      ? { frame: entry.odd, writable: entry.oddWritable }
      : { frame: entry.even, writable: entry.evenWritable };
  }
}

/** Pages that collide in the array in front, that are each other's mates, that are mapped and that are not. */
const PAGES = [
  0, 1, 2, 3, 64, 65, 128, 4160, 4161, 0x7ffff, 0x80000, 0x80001, 0xa0001, 0x9ffff, 0xbffff, 0xc0000, 0xfffff,
];
const pages = fc.constantFrom(...PAGES);
const spaces = fc.constantFrom(0, 1, 255, GLOBAL);
const frames = fc.constantFrom(-1, 0, 7, 8, 1 << 24);
const ENTRIES = 5;
const index = fc.nat({ max: ENTRIES - 1 });

const entry: fc.Arbitrary<TlbEntry> = fc.record({
  pair: pages.map(page => page >>> 1),
  space: spaces,
  even: frames,
  odd: frames,
  evenWritable: fc.boolean(),
  oddWritable: fc.boolean(),
});

type Step = (tlb: Tlb, model: Model) => void;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(index, entry).map(([at, what]): Step => (tlb, model) => {
    tlb.write(at, what);
    model.entries.set(at, what);
  }) }, // prettier-ignore
  { weight: 1, arbitrary: index.map((at): Step => (tlb, model) => {
    tlb.drop(at);
    model.entries.delete(at);
  }) }, // prettier-ignore
  {
    weight: 1,
    arbitrary: pages.map(
      (page): Step =>
        tlb =>
          tlb.forget(page),
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 255).map((space): Step => (tlb, model) => {
    tlb.enter(space);
    model.space = space;
  }) }, // prettier-ignore
  { weight: 1, arbitrary: spaces.map((space): Step => (tlb, model) => {
    tlb.dropSpace(space);
    for (const [at, what] of model.entries) if (what.space === space) model.entries.delete(at);
  }) }, // prettier-ignore
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(0, 1, 0x1ffff), frames, fc.boolean()).map(
    ([physical, frame, writable]): Step => (tlb, model) => {
      tlb.setWindow(physicalPage(physical), machineFrame(frame), writable);
      model.window.set(physical, { frame, writable });
    }) }, // prettier-ignore
);

const KINDS = [ReferenceKind.Load, ReferenceKind.Store, ReferenceKind.Fetch];

describe('a TLB', () => {
  it('translates as its entries say, whatever the array in front has seen', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.array(pages, { maxLength: 4 })), { maxLength: 60 }), steps => {
        const tlb = new Tlb(ENTRIES);
        const model = new Model();
        for (const [act, looks] of steps) {
          act(tlb, model);
          for (const page of looks)
            expect([page, ...KINDS.map(kind => tlb.translate(page, kind))]).toEqual([
              page,
              ...model.translations(page),
            ]);
        }
        for (const page of PAGES) {
          expect([page, ...KINDS.map(kind => tlb.translate(page, kind))]).toEqual([page, ...model.translations(page)]);
          const found = model.probe(page >>> 1, model.space);
          expect(tlb.probe(page >>> 1, model.space)).toBe(found === Infinity ? -1 : found);
        }
        const mapped = [...model.entries.values()].flatMap(({ pair, space, even, odd, evenWritable, oddWritable }) => [
          { page: 2 * pair, space, frame: even, writable: evenWritable },
          { page: 2 * pair + 1, space, frame: odd, writable: oddWritable },
        ]);
        const sort = (list: typeof mapped): string[] => list.map(each => JSON.stringify(each)).sort();
        expect(sort([...tlb.mappings()])).toEqual(sort(mapped.filter(({ frame }) => frame >= 0)));
      }),
      { numRuns: 300 },
    );
  });

  it('maps two pages with an entry, each with its own frame and permission', () => {
    const tlb = new Tlb(4);
    tlb.write(2, { pair: 5, space: 3, even: 40, odd: 17, evenWritable: true, oddWritable: false });
    expect(tlb.translate(10, ReferenceKind.Load)).toBe(Untranslated.Missing); // another space
    tlb.enter(3);
    expect(KINDS.map(kind => [tlb.translate(10, kind), tlb.translate(11, kind)])).toEqual([
      [40, 17],
      [40, Untranslated.Forbidden],
      [40, 17],
    ]);
  });

  it('looks up its entries only when the array in front cannot answer', () => {
    const tlb = new Tlb(4);
    tlb.write(0, { pair: 5, space: GLOBAL, even: 40, odd: 17, evenWritable: true, oddWritable: false });
    for (let i = 0; i < 10; i++) tlb.translate(10, ReferenceKind.Load);
    expect(tlb.slowLookups).toBe(1);
    tlb.forget(10);
    tlb.translate(10, ReferenceKind.Load);
    expect(tlb.slowLookups).toBe(2);
  });

  it.each([0, -1, 1.5, 1025, NaN])('of %p entries is refused', entries => {
    expect(() => new Tlb(entries)).toThrow(`a TLB has 1 to 1024 entries, not ${entries}`);
  });
});
