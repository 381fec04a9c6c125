/** The TLB that a guest sees: what it has put in is there, and what it has taken out is gone, wherever the monitor keeps it. */
import { describe, expect, it } from '@jest/globals';
import { buildMachine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { Disco } from '../../../lib/monitor/disco.js';
import type { SecondLevelOptions } from '../../../lib/monitor/processors/second-level-tlb.js';
import {
  load,
  readRegister,
  store,
  tlbProbe,
  tlbRead,
  tlbWriteIndexed,
  tlbWriteRandom,
  writeRegister,
  type Operation,
  type Program,
} from '../../../lib/processor/operations.js';
import { entryLo, ExceptionCode, Register, Vector } from '../../../lib/processor/registers.js';
import { RELOCATED_SEGMENT } from '../../../lib/system/monitor-calls.js';
import { startPlain } from '../support/plain-guest.js';

type Code<Value = void> = Generator<Operation, Value, number>;

/** Pairs of ksseg, a physical page for the even half of each, and an address in it. */
const PAIR = 0x60000 + 64;
const addressOf = (pair: number): number => (PAIR + pair) * 8192;
const entryHi = (pair: number): number => addressOf(pair) | 0;
/** Of a pair that matches nothing: those of kseg0 are never looked up. */
const unused = (index: number): number => (0x80000000 + index * 8192) | 0;

function* put(pair: number, physical: number, index = -1): Code {
  yield writeRegister(Register.EntryHi, entryHi(pair));
  yield writeRegister(Register.EntryLo0, entryLo(physical, true, false));
  yield writeRegister(Register.EntryLo1, 0);
  if (index >= 0) yield writeRegister(Register.Index, index);
  yield index >= 0 ? tlbWriteIndexed() : tlbWriteRandom();
}

function* clear(index: number): Code {
  yield writeRegister(Register.Index, index);
  yield writeRegister(Register.EntryHi, unused(index));
  yield writeRegister(Register.EntryLo0, 0);
  yield writeRegister(Register.EntryLo1, 0);
  yield tlbWriteIndexed();
}

function* find(pair: number): Code<number> {
  yield writeRegister(Register.EntryHi, entryHi(pair));
  yield tlbProbe();
  return yield readRegister(Register.Index);
}

/** More pairs than the TLB has entries, so that the first ones are pushed out of it. */
function* pushOut(): Code {
  for (let pair = 100; pair < 400; pair++) yield* put(pair, 2);
}

/** Runs it; the refills that the guest was asked for, as pairs. A load that was refused is answered with -1. */
function refillsOf(body: () => Program, secondLevelTlb: SecondLevelOptions | null = { entries: 1024, ways: 2 }) {
  const preset = presets['disco-1997']({ nodes: 1 });
  const machine = buildMachine({ ...preset, nodes: { count: 1, processors: 1, memoryBytes: 512 * 4096 } }, { seed: 1 });
  const refills: number[] = [];
  startPlain(new Disco(machine, { secondLevelTlb }), [body()], ({ code, vector, address, context }) => {
    expect([ExceptionCode.TlbLoad, ExceptionCode.TlbStore]).toContain(code);
    expect(vector).toBe(Vector.Refill);
    refills.push(Math.floor(address / 8192) - PAIR);
    context!.complete(-1);
    return null;
  });
  machine.run();
  return refills;
}

describe('the TLB of a guest', () => {
  it('keeps what random writes push out, if there is a second level', () => {
    function* body(): Program {
      yield* put(0, 1);
      yield store(addressOf(0), 7);
      yield* pushOut();
      expect(yield load(addressOf(0))).toBe(7);
    }
    expect(refillsOf(body)).toEqual([]);
  });

  it('is answered by the second level again after others have pushed an entry out of that', () => {
    const preset = presets['disco-1997']({ nodes: 1 });
    const nodes = { count: 1, processors: 1, memoryBytes: 512 * 4096 };
    const machine = buildMachine({ ...preset, nodes }, { seed: 1 });
    const disco = new Disco(machine, { secondLevelTlb: { entries: 2, ways: 1 } });
    const hits: number[] = [];
    function* body(): Program {
      // Even pairs and odd ones are in a set each.
      yield* put(0, 1, 0);
      yield* put(2, 1, 1);
      for (let turn = 0; turn < 2; turn++) {
        disco.cpus[0].hardware.dropPair(PAIR);
        const before = disco.statistics.secondLevelHits;
        yield load(addressOf(0));
        hits.push(disco.statistics.secondLevelHits - before);
      }
    }
    startPlain(disco, [body()], () => null);
    machine.run();
    expect(disco.statistics.virtualTlbHits).toBe(1);
    expect(hits).toEqual([0, 1]);
  });

  it('does not without one', () => {
    function* body(): Program {
      yield* put(0, 1);
      yield* pushOut();
      yield load(addressOf(0));
    }
    expect(refillsOf(body, null)).toEqual([0]);
  });

  it('has lost what is replaced by its index', () => {
    function* body(): Program {
      yield* put(0, 1, 5);
      yield store(addressOf(0), 7);
      yield* put(1, 2, 5);
      yield load(addressOf(0));
    }
    expect(refillsOf(body)).toEqual([0]);
  });

  it('gives up what is probed for and taken out, though only the second level has it', () => {
    function* body(): Program {
      yield* put(0, 1);
      yield load(addressOf(0));
      yield* pushOut();
      const index = yield* find(0);
      expect(index).toBeGreaterThanOrEqual(0);
      yield* clear(index);
      expect(yield* find(0)).toBeLessThan(0);
      yield load(addressOf(0));
    }
    expect(refillsOf(body)).toEqual([0]);
  });

  it('is empty when all indices that are not wired match nothing', () => {
    function* body(): Program {
      yield writeRegister(Register.Wired, 4);
      yield* put(0, 1, 0);
      yield* put(1, 2);
      yield load(addressOf(0));
      yield load(addressOf(1));
      yield* pushOut();
      // Back in the hardware's TLB, from the second level.
      yield load(addressOf(1));
      for (let index = 4; index < 64; index++) yield* clear(index);
      yield load(addressOf(0));
      yield load(addressOf(1));
    }
    const refills = refillsOf(body);
    expect(refills).toEqual([1]);
  });

  it('is not empty when something has been put in since it was cleared', () => {
    function* body(): Program {
      yield writeRegister(Register.Wired, 4);
      yield* put(0, 1);
      yield load(addressOf(0));
      yield* pushOut();
      for (let index = 4; index < 63; index++) yield* clear(index);
      yield* put(1, 2, 4);
      yield* clear(63);
      yield load(addressOf(0));
      yield load(addressOf(1));
    }
    expect(refillsOf(body)).toEqual([]);
  });

  it('has an entry for all spaces as such again when it is probed for', () => {
    function* body(): Program {
      yield writeRegister(Register.EntryHi, entryHi(0));
      yield writeRegister(Register.EntryLo0, entryLo(1, true, true));
      yield writeRegister(Register.EntryLo1, entryLo(3, true, true));
      yield tlbWriteRandom();
      yield store(addressOf(0), 7);
      yield* pushOut();
      yield* find(0);
      yield tlbRead();
      expect([yield readRegister(Register.EntryLo0), yield readRegister(Register.EntryLo1)]).toEqual([
        entryLo(1, true, true),
        entryLo(3, true, true),
      ]);
      yield writeRegister(Register.EntryHi, entryHi(0) | 5);
      expect(yield load(addressOf(0))).toBe(7);
    }
    expect(refillsOf(body)).toEqual([]);
  });

  it('has nothing that probing does not find, however small the second level', () => {
    const wanted: number[] = [];
    function* body(): Program {
      for (let pair = 0; pair < 40; pair += 2) {
        yield* put(pair, 1);
        // Odd pairs push it out of the TLB, and leave it where even ones are on a second level of two entries.
        for (let other = 101; other < 501; other += 2) yield* put(other, 2);
        yield load(addressOf(pair));
        yield* put(600, 2);
        if ((yield* find(pair)) >= 0) continue;
        wanted.push(pair);
        yield load(addressOf(pair));
      }
    }
    expect(refillsOf(body, { entries: 2, ways: 1 })).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(10);
  });

  it('has its wired entries at their indices in the hardware, where random replacement leaves them', () => {
    const preset = presets['disco-1997']({ nodes: 1 });
    const nodes = { count: 1, processors: 1, memoryBytes: 512 * 4096 };
    const machine = buildMachine({ ...preset, nodes }, { seed: 1 });
    const disco = new Disco(machine);
    const [{ tlb }] = machine.processors;
    const places: number[] = [];
    function* body(): Program {
      yield writeRegister(Register.Wired, 4);
      yield* put(0, 1, 2);
      yield* put(1, 2, 5);
      yield store(addressOf(0), 7);
      yield* pushOut();
      places.push(tlb.probe(PAIR, 0), tlb.probe(PAIR + 1, 0));
      expect(yield load(addressOf(0))).toBe(7);
      // More than half of the hardware's entries are not given away.
      yield writeRegister(Register.Wired, 63);
      yield* put(3, 1, 40);
      yield load(addressOf(0));
      yield* pushOut();
      places.push(tlb.probe(PAIR, 0), tlb.probe(PAIR + 3, 0));
    }
    startPlain(disco, [body()], () => null);
    machine.run();
    expect(places).toEqual([2, -1, 2, -1]);
    expect(machine.processors[0].registers.read(Register.Wired)).toBe(32);
  });

  it('is not asked where its kernel sees physical memory', () => {
    const at = RELOCATED_SEGMENT + 5 * 4096;
    function* body(): Program {
      yield* put(0, 5);
      yield store(addressOf(0), 7);
      expect(yield load(at)).toBe(7);
      yield writeRegister(Register.EntryHi, (at & ~0x1fff) | 0);
      yield writeRegister(Register.EntryLo0, entryLo(8, true, true));
      yield writeRegister(Register.EntryLo1, entryLo(9, true, true));
      yield tlbWriteRandom();
      expect(yield load(at)).toBe(7);
      yield store(at, 8);
      expect(yield load(addressOf(0))).toBe(8);
    }
    expect(refillsOf(body)).toEqual([]);
  });

  it('shows the page of the last entry for an address', () => {
    function* body(): Program {
      yield* put(0, 1);
      yield store(addressOf(0), 7);
      yield* put(0, 2);
      yield store(addressOf(0), 8);
      yield* put(0, 1);
      expect(yield load(addressOf(0))).toBe(7);
    }
    expect(refillsOf(body)).toEqual([]);
  });
});
