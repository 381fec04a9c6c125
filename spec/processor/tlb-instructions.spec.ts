import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  load,
  readRegister,
  store,
  tlbProbe,
  tlbRead,
  tlbWriteIndexed,
  tlbWriteRandom,
  writeRegister,
} from '../../lib/processor/operations.js';
import { ReferenceKind } from '../../lib/processor/references.js';
import {
  ASID_MASK,
  entryLo,
  EntryLo,
  ExceptionCode,
  Mode,
  PROBE_FAILED,
  Register,
} from '../../lib/processor/registers.js';
import { permits, unmapped } from '../../lib/processor/segments.js';
import { Tlb, Untranslated } from '../../lib/processor/tlb.js';
import { boot, each, mapPair, PAGE, skip, type Code } from './privileged.js';

const ENTRIES = 6;
/** Physical page p is frame 63 - p. */
const LAYOUT = Int32Array.from({ length: 64 }, (_, page) => 63 - page);

/** What hardware keeps in an entry. */
interface Entry {
  readonly hi: number;
  readonly lo0: number;
  readonly lo1: number;
}

const vpn2 = (hi: number): number => hi >>> 13;
const isGlobal = ({ lo0, lo1 }: Entry): boolean => (lo0 & lo1 & EntryLo.G) !== 0;

/** Whether an entry is for a pair in a space. */
function matches(entry: Entry, hi: number): boolean {
  return vpn2(entry.hi) === vpn2(hi) && (isGlobal(entry) || ((entry.hi ^ hi) & ASID_MASK) === 0);
}

/** A TLB as the manual describes it: a list that is searched. */
class Model {
  readonly entries: (Entry | null)[] = Array.from({ length: ENTRIES }, () => null);

  write(index: number, entry: Entry): void {
    // Two entries that match one address are never there: the older one goes.
    this.entries.forEach((other, at) => {
      if (other !== null && (matches(other, entry.hi) || (isGlobal(entry) && vpn2(other.hi) === vpn2(entry.hi))))
        this.entries[at] = null;
    });
    this.entries[index] = entry;
  }

  probe(hi: number): number {
    return this.entries.findIndex(entry => entry !== null && matches(entry, hi));
  }

  read(index: number): readonly number[] {
    const entry = this.entries[index];
    if (entry === null) return [0, 0, 0];
    const g = isGlobal(entry) ? EntryLo.G : 0;
    return [entry.hi, (entry.lo0 & ~EntryLo.G) | g, (entry.lo1 & ~EntryLo.G) | g];
  }

  translate(page: number, asid: number, mode: number, store: boolean): number {
    if (!permits(mode, page)) return Untranslated.Denied;
    if (unmapped(page)) return LAYOUT[page & 0x1ffff] ?? Untranslated.Absent;
    const entry = this.entries[this.probe(((page >>> 1) << 13) | asid)];
    if (!entry) return Untranslated.Missing;
    const lo = page & 1 ? entry.lo1 : entry.lo0;
    if ((lo & EntryLo.V) === 0) return Untranslated.Invalid;
    const frame = LAYOUT[lo >>> 6];
    if (frame === undefined) return Untranslated.Absent;
    return store && (lo & EntryLo.D) === 0 ? Untranslated.Forbidden : frame;
  }
}

const PAGES = [0, 1, 2, 3, 64, 65, 4160, 0x7ffff, 0x80000, 0x80001, 0x8003f, 0x80040, 0xa0001, 0xbffff]
  .concat([0xc0000, 0xc0001, 0xdffff, 0xe0000, 0xfffff]); // prettier-ignore
const mapped = fc.constantFrom(...PAGES.filter(page => !unmapped(page)));
const asid = fc.constantFrom(0, 1, 255);
const index = fc.nat({ max: ENTRIES - 1 });
const hi = fc.tuple(mapped, asid).map(([page, space]) => ((page >>> 1) << 13) | space);
const lo = fc
  .tuple(fc.constantFrom(0, 1, 63, 64, 0xffffff), fc.nat({ max: 7 }))
  .map(([page, bits]) => (page << 6) | (3 << 3) | bits);

type Step = (tlb: Tlb, model: Model, at: { asid: number; mode: number }) => void;
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(index, hi, lo, lo).map(([at, h, lo0, lo1]): Step => (tlb, model) => {
    tlb.writeRegisters(at, h, lo0, lo1);
    model.write(at, { hi: h, lo0, lo1 });
  }) }, // prettier-ignore
  { weight: 1, arbitrary: index.map((at): Step => (tlb, model) => {
    tlb.drop(at);
    model.entries[at] = null;
  }) }, // prettier-ignore
  {
    weight: 2,
    arbitrary: asid.map(
      (space): Step =>
        (tlb, _, at) =>
          tlb.enter((at.asid = space)),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.nat({ max: 2 }).map(
      (mode): Step =>
        (tlb, _, at) =>
          tlb.setMode((at.mode = mode)),
    ),
  },
);

describe('a TLB that is written as the hardware takes it', () => {
  it('translates, probes and reads as a list of entries would, in all modes and spaces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(step, fc.array(fc.constantFrom(...PAGES), { maxLength: 4 })), { maxLength: 60 }),
        steps => {
          const tlb = new Tlb(ENTRIES, LAYOUT);
          const model = new Model();
          const at = { asid: 0, mode: Mode.Kernel as number };
          const look = (page: number): void => {
            for (const kind of Object.values(ReferenceKind)) {
              // Forbidden is said of what a store finds, and the order of the manual: validity first.
              const expected = model.translate(page, at.asid, at.mode, kind === ReferenceKind.Store);
              expect([page, kind, tlb.translate(page, kind)]).toEqual([page, kind, expected]);
            }
          };
          for (const [act, looks] of steps) {
            act(tlb, model, at);
            looks.forEach(look);
          }
          PAGES.forEach(look);
          for (let i = 0; i < ENTRIES; i++) expect(tlb.readRegisters(i)).toEqual(model.read(i));
          for (const page of PAGES)
            for (const space of [0, 1, 255])
              expect(tlb.probe(page >>> 1, space)).toBe(model.probe(((page >>> 1) << 13) | space));
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('a TLB write', () => {
  it('at random replaces what is not wired, and all of that', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.string(),
        (wired, tlbEntries, seed) => {
          const { machine } = boot(
            [
              (function* (): Code {
                for (let i = 0; i < tlbEntries; i++)
                  yield* mapPair(i, 2 * i, entryLo(1, true, true), entryLo(2, true, true));
                yield writeRegister(Register.Wired, wired);
                for (let i = 0; i < 150; i++) {
                  yield writeRegister(Register.EntryHi, (0x100 + i) << 13);
                  yield tlbWriteRandom();
                }
              })(),
            ],
            undefined,
            { tlbEntries, seed },
          );
          const pairs = new Set([...machine.cpus[0].tlb.mappings()].map(({ page }) => page >>> 1));
          const kept = Math.min(wired, tlbEntries - 1);
          const left = Array.from({ length: tlbEntries }, (_, i) => i).filter(i => pairs.has(i));
          expect(left).toEqual(Array.from({ length: kept }, (_, i) => i));
          expect(pairs.size).toBe(tlbEntries);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is found by probe and read back by index', () => {
    const seen: number[] = [];
    boot([
      (function* (): Code {
        yield* mapPair(3, 0x12, entryLo(7, true, false), entryLo(8, false, false), 9);
        yield* mapPair(5, 0x14, 0, entryLo(8, false, true), 0);
        yield writeRegister(Register.EntryHi, (0x13 << 12) | 9);
        yield tlbProbe();
        seen.push(yield readRegister(Register.Index));
        yield writeRegister(Register.EntryHi, (0x13 << 12) | 8); // another space
        yield tlbProbe();
        seen.push(yield readRegister(Register.Index));
        yield writeRegister(Register.Index, 3);
        yield tlbRead();
        for (const register of [Register.EntryHi, Register.EntryLo0, Register.EntryLo1])
          seen.push(yield readRegister(register));
      })(),
    ]);
    expect(seen).toEqual([3, PROBE_FAILED, (0x12 << 12) | 9, entryLo(7, true, false), entryLo(8, false, false)]);
  });

  it('goes to, and a read comes from, the last entry when Index is behind it, as after a probe that failed', () => {
    const seen: number[] = [];
    boot(
      [
        (function* (): Code {
          yield* mapPair(60, 0x12, entryLo(7, true, true), entryLo(8, true, true));
          yield tlbProbe();
          seen.push(yield readRegister(Register.Index));
          yield* mapPair(0, 0x20, entryLo(9, true, true), entryLo(9, true, true), 5);
          yield writeRegister(Register.EntryHi, 0x70000000);
          yield tlbProbe();
          yield tlbRead(); // Index is 0, with its sign bit set
          seen.push(yield readRegister(Register.EntryHi));
        })(),
      ],
      undefined,
      { tlbEntries: 48 },
    );
    expect(seen).toEqual([47, (0x20 << 12) | 5]);
  });

  it('changes what the next access finds, in the space that EntryHi says', () => {
    const results: number[] = [];
    const address = 0x12 * PAGE;
    const { taken } = boot(
      [
        (function* (): Code {
          yield* mapPair(0, 0x12, entryLo(7, true, false), 0, 1);
          yield* mapPair(1, 0x12, entryLo(8, false, false), 0, 2);
          yield writeRegister(Register.EntryHi, 1);
          results.push(yield store(address, 70));
          yield writeRegister(Register.EntryHi, 2);
          results.push(yield load(address), yield store(address, 80)); // another frame, read-only
          yield writeRegister(Register.EntryHi, 3);
          results.push(yield load(address)); // no entry
          yield* mapPair(1, 0x12, entryLo(8, true, false), 0, 2);
          results.push(yield store(address, 90));
          yield writeRegister(Register.EntryHi, 1);
          results.push(yield load(address));
        })(),
      ],
      skip(-1),
    );
    expect(results).toEqual([70, 0, -1, -1, 90, 70]);
    expect(taken.map(({ code }) => code)).toEqual([ExceptionCode.Modified, ExceptionCode.TlbLoad]);
  });

  it('of a global page takes the place of the pages of all spaces', () => {
    const results: number[] = [];
    boot([
      (function* (): Code {
        yield* mapPair(0, 0x12, entryLo(7, true, false), 0, 1);
        yield* mapPair(1, 0x12, entryLo(8, true, false), 0, 2);
        yield* mapPair(5, 0x12, entryLo(9, true, true), entryLo(9, true, true), 3);
        yield store(0x12 * PAGE, 9);
        for (const space of [1, 2, 3, 4]) {
          yield writeRegister(Register.EntryHi, space);
          results.push(yield load(0x12 * PAGE));
        }
        yield* each([writeRegister(Register.Index, 0), tlbRead(), readRegister(Register.EntryLo0)], results);
      })(),
    ]);
    expect(results).toEqual([9, 9, 9, 9, 0, 0, 0]);
  });

  it('of two halves that differ in G is not global', () => {
    const results: number[] = [];
    boot(
      [
        (function* (): Code {
          yield* mapPair(0, 0x12, entryLo(7, true, true), entryLo(8, true, false), 1);
          yield writeRegister(Register.EntryHi, 2);
          results.push(yield load(0x12 * PAGE));
          yield writeRegister(Register.EntryHi, 1);
          results.push(yield load(0x12 * PAGE));
          yield tlbRead();
          results.push(yield readRegister(Register.EntryLo0));
        })(),
      ],
      skip(-1),
    );
    expect(results).toEqual([-1, 0, entryLo(7, true, false)]);
  });

  it('write the entry that a probe found in a TLB of more than 64 entries', () => {
    const results: number[] = [];
    boot(
      [
        (function* (): Code {
          yield* mapPair(700, 0x12, entryLo(7, true, true), entryLo(8, true, true), 1);
          yield tlbProbe();
          results.push(yield readRegister(Register.Index));
          yield* mapPair(results[0], 0x12, entryLo(9, true, true), entryLo(8, true, true), 1);
          yield tlbRead();
          results.push(yield readRegister(Register.EntryLo0));
        })(),
      ],
      undefined,
      { tlbEntries: 768 },
    );
    expect(results).toEqual([700, entryLo(9, true, true)]);
  });

  it('takes Index as it is, though nothing else has been written', () => {
    const { machine } = boot([each([tlbWriteIndexed(), tlbRead()])]);
    expect([...machine.cpus[0].tlb.mappings()]).toEqual([]); // both halves are invalid
    expect(machine.cpus[0].tlb.probe(0, 0)).toBe(0);
  });
});
