/** Hostile guests beside one that keeps a secret: whatever they do, the monitor goes on, and so does its other guest. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { us } from '../../lib/engine/time.js';
import { exit } from '../../lib/guest/commodity/calls/system-calls.js';
import { machineFrame } from '../../lib/messages/addresses.js';
import { checkDisco } from '../../lib/monitor/check-disco.js';
import type { VirtualProcessor } from '../../lib/monitor/processors/virtual-processor.js';
import type { VirtualMachine } from '../../lib/monitor/virtual-machine.js';
import { Context } from '../../lib/processor/context.js';
import {
  annotate,
  call,
  clearFrame,
  compute,
  copy,
  copyFrame,
  deviceCommand,
  deviceRead,
  fence,
  interrupt,
  load,
  Op,
  machineLoad,
  machineStore,
  monitorCall,
  readRegister,
  returnFromException,
  store,
  tlbProbe,
  tlbRead,
  tlbWriteIndexed,
  tlbWriteRandom,
  waitForInterrupt,
  writeRegister,
  zero,
  type Operation,
  type Program,
} from '../../lib/processor/operations.js';
import { entryLo, ExceptionCode, Register, Status } from '../../lib/processor/registers.js';
import { SPECIAL_PAGE } from '../../lib/system/monitor-calls.js';
import { Activity, type Cpu, type Exception } from '../../lib/processor/software.js';
import { HEAP } from '../guest/commodity/running.js';
import { mapPair } from '../processor/privileged.js';
import { startPlain } from './support/plain-guest.js';
import { hotPages } from './support/hot-pages.js';
import { withGuests } from './support/virtual.js';

const SEED = 1997;
/** Words of the good guest's pages: nobody else ever says such a thing. */
const SECRET = 0x5ec00000;
const isSecret = (word: number): boolean => word >>> 20 === SECRET >>> 20;
const PAGES = 24;
const HOSTILE_PAGES = 16;

/** Something to be done, as a function so that each time it is fresh; with what it returns, if that is content of memory. */
type Deed = readonly [operation: () => Operation, content: boolean];

const number = fc.oneof(
  fc.integer({ min: -2, max: 70 }),
  fc.integer(),
  fc.constantFrom(0, -1, 2 ** 31, NaN, 0.5, 2 ** 53),
);
const page = fc.oneof(fc.nat({ max: HOSTILE_PAGES + 3 }), fc.nat({ max: 8192 }), fc.integer());
/** Addresses: of pages that are often mapped, of all segments, and of the special page. */
const address = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat({ max: 31 }), fc.nat({ max: 1023 })).map(([at, word]) => at * 4096 + word * 4),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat({ max: 15 }), fc.nat({ max: 1023 }))
      .map(([at, word]) => 0xc0000000 + at * 4096 + word * 4),
  },
  { weight: 1, arbitrary: fc.nat({ max: 1023 }).map(word => SPECIAL_PAGE + word * 4) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0x80000000, 0x80001000, 0x9fffe000, 0x9ffff000, 0xa0000000, 0xe0000000, 0xfffff000, 3),
  },
);
const anything = fc.oneof(
  fc.anything(),
  fc.record({
    call: fc.constantFrom('version', 'zeroed page', 'free page', 'idle', 'remap', 'device', 'length'),
    page,
    from: page,
    to: page,
    device: fc.oneof(number, fc.constantFrom('length', 'push', '0')),
    command: fc.anything(),
  }),
);
const quiet = (operation: fc.Arbitrary<() => Operation>): fc.Arbitrary<Deed[]> => operation.map(one => [[one, false]]);
const always = (operation: () => Operation): fc.Arbitrary<Deed[]> => fc.constant([[operation, false]]);

/** A TLB entry for any page, then a load and a store through it. */
const entry: fc.Arbitrary<Deed[]> = fc
  .record({
    pair: fc.oneof(fc.nat({ max: 15 }), fc.integer({ min: 0x60000, max: 0x6ffff })),
    even: page,
    odd: page,
    bits: fc.nat({ max: 1 }),
    asid: fc.nat({ max: 2 }),
    index: fc.nat({ max: 70 }),
    random: fc.boolean(),
  })
  .map(({ pair, even, odd, bits, asid, index, random }): Deed[] => {
    const at = pair * 8192;
    return [
      [() => writeRegister(Register.Index, index), false],
      [() => writeRegister(Register.EntryHi, at | asid), false],
      [() => writeRegister(Register.EntryLo0, entryLo(even, true, bits === 1)), false],
      [() => writeRegister(Register.EntryLo1, entryLo(odd, bits === 0, bits === 1)), false],
      [random ? tlbWriteRandom : tlbWriteIndexed, false],
      [() => load(at), true],
      [() => load(at + 4096 + 64), true],
      [() => store(at + 4, pair), false],
      [() => store(at + 4100, pair), false],
    ];
  });

const deeds: fc.Arbitrary<Deed[]> = fc.oneof(
  { weight: 6, arbitrary: entry },
  { weight: 3, arbitrary: address.map((at): Deed[] => [[() => load(at), true]]) },
  {
    weight: 2,
    arbitrary: quiet(
      fc.tuple(address, number).map(
        ([at, value]) =>
          () =>
            store(at, value),
      ),
    ),
  },
  { weight: 4, arbitrary: quiet(anything.map(request => () => monitorCall(request))) },
  {
    weight: 2,
    arbitrary: quiet(
      fc.tuple(fc.nat({ max: 31 }), number).map(
        ([register, value]) =>
          () =>
            writeRegister(register, value),
      ),
    ),
  },
  { weight: 1, arbitrary: quiet(fc.nat({ max: 40 }).map(register => () => readRegister(register))) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(tlbProbe, tlbRead, tlbWriteIndexed, tlbWriteRandom).map((one): Deed[] => [[one, false]]),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(number, number).map(([frame, offset]): Deed[] => [
      [() => machineLoad(machineFrame(frame), offset), true],
      [() => machineStore(machineFrame(frame), offset, 1), false],
      [() => copyFrame(machineFrame(frame), machineFrame(offset), 1), false],
      [() => clearFrame(machineFrame(frame), 1), false],
    ]),
  },
  {
    weight: 1,
    arbitrary: quiet(
      fc.tuple(number, number, number).map(
        ([to, code, a]) =>
          () =>
            interrupt(to, code, a),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: quiet(
      fc.tuple(number, number, fc.anything()).map(
        ([bridge, device, content]) =>
          () =>
            deviceCommand(bridge, device, content as never),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: quiet(
      fc.tuple(number, number, number).map(
        ([bridge, device, register]) =>
          () =>
            deviceRead(bridge, device, register),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: quiet(
      fc
        .anything()
        .filter(junk => junk !== null)
        .map(junk => () => returnFromException(junk as Context)),
    ),
  },
  {
    weight: 1,
    arbitrary: quiet(
      fc.tuple(address, address).map(
        ([from, to]) =>
          () =>
            copy(from & ~63, to & ~63, 256, 8),
      ),
    ),
  },
  { weight: 1, arbitrary: quiet(address.map(at => () => zero(at & ~63, 256, 8))) },
  { weight: 1, arbitrary: quiet(fc.nat({ max: 20_000 }).map(cycles => () => compute(cycles))) },
  always(fence),
  always(waitForInterrupt),
  always(() => annotate(-1)),
  always(() => call('nothing')),
);

interface Hostility {
  readonly programs: readonly (readonly Deed[][])[];
  readonly processors: number;
  readonly level: { entries: number; ways: number } | null;
  readonly seed: number;
}

const hostilities: fc.Arbitrary<Hostility> = fc.record({
  programs: fc.array(fc.array(deeds, { minLength: 10, maxLength: 60 }), { minLength: 1, maxLength: 3 }),
  processors: fc.integer({ min: 1, max: 3 }),
  level: fc.constantFrom({ entries: 1024, ways: 2 }, { entries: 4, ways: 1 }, null),
  seed: fc.nat({ max: 1000 }),
});

/** Does it all, however often it is interrupted; what it sees is noted. Before it waits it sees to it that its timer rings. */
function* hostile(list: readonly Deed[][], seen: number[], counts: { operations: number }): Program {
  for (const deed of list.flat()) {
    counts.operations++;
    const operation = deed[0]();
    if (operation.kind === Op.WaitForInterrupt || operation.kind === Op.MonitorCall)
      yield writeRegister(Register.Compare, ((yield readRegister(Register.Count)) + 500) | 0);
    const value = yield operation;
    if (deed[1]) seen.push(value);
  }
}

/** Whatever it is, the instruction is skipped; from where it must not it gets back into kernel mode, with interrupts on. */
function skipAll({ code }: Exception, cpu: Cpu): Context | null {
  if (code !== ExceptionCode.Interrupt) (cpu as VirtualProcessor).context?.complete(0);
  if (code !== ExceptionCode.Interrupt && code !== ExceptionCode.CoprocessorUnusable) return null;
  const status = writeRegister(Register.Status, Status.IE | Status.IM | Status.EXL);
  const quiet = writeRegister(Register.Compare, 0);
  return new Context([quiet, status].values(), Activity.Kernel);
}

/** The good guest: fills pages, computes while others do what they like, and finds them as they were. */
function* good(found: string[]): Program {
  const at = (index: number, word: number): number => (HEAP + index) * 4096 + word * 64;
  for (let index = 0; index < PAGES; index++)
    for (let word = 0; word < 64; word++) yield store(at(index, word), SECRET + 64 * index + word);
  for (let round = 0; round < 2; round++) {
    yield compute(200_000);
    for (let index = 0; index < PAGES; index++)
      for (let word = 0; word < 64; word++) {
        const value = yield load(at(index, word));
        if (value !== SECRET + 64 * index + word) found.push(`page ${index}, word ${word} is ${value}`);
      }
  }
  found.push('done');
  yield exit(0);
}

interface Outcome {
  readonly found: string[];
  readonly seen: readonly number[];
  readonly operations: number;
  readonly taken: ReadonlySet<number>;
}

function play({ programs, processors, level, seed }: Hostility): Outcome {
  const found: string[] = [];
  const seen: number[] = [];
  const counts = { operations: 0 };
  const main = (): Program => good(found);
  const { machine, disco, guests } = withGuests({
    ...{ processors, seed, framesPerNode: 6144 },
    specification: { counters: hotPages.counters! },
    // The first one is gone when the hostile one begins, which gets its frames.
    guests: [{ programs: { main } }, { programs: { main } }],
    disco: { secondLevelTlb: level, quantumNs: 200_000, policy: hotPages },
  });
  const slice = machine.simulation.ticks(us(500));
  let until = 0;
  const runs = (): boolean => machine.run({ until: (until += slice) }) !== 'finished';
  while (runs() && !found.includes('done')) expect(checkDisco(disco)).toEqual([]);
  const gone = guests.find(({ virtual }) => virtual.processors.every(({ state }) => state === 'stopped'));
  disco.destroy((gone ?? guests[0]).virtual);
  runs();
  const { system, virtual } = startPlain(
    disco,
    programs.map(list => hostile(list, seen, counts)),
    skipAll,
    { name: 'hostile', memoryBytes: HOSTILE_PAGES * 4096 },
  );
  while (runs()) {
    expect(checkDisco(disco)).toEqual([]);
    // One that waits for ever is destroyed by whoever looks after the machine.
    if (found.length >= 2 && virtual.state === 'started') disco.destroy(virtual);
  }
  expect(checkDisco(disco)).toEqual([]);
  return { found, seen, operations: counts.operations, taken: new Set(system.taken.map(({ code }) => code)) };
}

describe('a guest beside hostile ones', () => {
  it('finds what it must, and nobody sees what it has', () => {
    const sums = { operations: 0, seen: 0 };
    const taken = new Set<number>();
    fc.assert(
      fc.property(hostilities, game => {
        const outcome = play(game);
        expect(outcome.found).toEqual(['done', 'done']);
        expect(outcome.seen.filter(isSecret)).toEqual([]);
        sums.operations += outcome.operations;
        sums.seen += outcome.seen.length;
        for (const code of outcome.taken) taken.add(code);
      }),
      { seed: SEED, numRuns: 5, endOnFailure: true },
    );
    // Not in vain: interrupts, every fault of the TLB, wrong addresses, refused instructions, system calls.
    expect(sums.operations).toBeGreaterThan(200);
    expect(sums.seen).toBeGreaterThan(40);
    expect([0, 1, 2, 3, 4, 11].filter(code => !taken.has(code))).toEqual([]);
  });

  it('leaves nothing in its frames for whoever gets them next', () => {
    const found: string[] = [];
    const seen: number[] = [];
    const setUp = { framesPerNode: 3072, guests: [{ programs: { main: () => good(found) } }] };
    const { machine, disco, guests } = withGuests(setUp);
    machine.run();
    disco.destroy(guests[0].virtual);
    machine.run();
    startPlain(disco, [reader(1500, seen)], skipAll, { name: 'next', memoryBytes: 1500 * 4096 });
    machine.run();
    expect(seen).toHaveLength(1500);
    expect(seen.filter(word => word !== 0)).toEqual([]);
  });

  it('leaves nothing in its special pages, neither in those of the next one nor in any other memory', () => {
    const { machine, disco } = withGuests({ framesPerNode: 1024, guests: [] });
    /** Has a guest run to its end, and gone if it is not the last. */
    const plays = (name: string, programs: readonly Program[], pages: number, last = false): VirtualMachine => {
      const { virtual } = startPlain(disco, programs, skipAll, { name, memoryBytes: pages * 4096 });
      machine.run();
      if (!last) disco.destroy(virtual);
      machine.run();
      return virtual;
    };
    const framesOf = ({ processors }: VirtualMachine): number[] =>
      processors.map(one => one.options.special.page.frame);
    const six = Array.from({ length: 6 }, (_, k) => k);
    const writing = (): Program[] => six.map(() => specialPage(word => store(word, SECRET), SHOWN));
    const seen: number[][] = six.map(() => []);
    const written = framesOf(plays('first', writing(), 16));
    const reading = six.map(k => specialPage(load, [], seen[k]));
    expect(framesOf(plays('second', reading, 16))).toEqual(written);
    for (const words of seen) expect(words.filter((word, number) => word !== 0 && !SHOWN.includes(number))).toEqual([]);

    // As ordinary memory: a guest of one processor that has nearly all that is free gets frames of the others.
    plays('third', writing(), 16);
    const pages = disco.frames.allFree - 32;
    const found: number[] = [];
    const { pmap } = plays('last', [reader(pages, found)], pages, true);
    const frames = new Set([...pmap.mapped()].map(([, { frame }]) => frame));
    expect(found).toHaveLength(pages);
    expect(written.some(frame => frames.has(machineFrame(frame)))).toBe(true);
    expect(found.filter(word => word !== 0)).toEqual([]);
  });
});

/** Registers that the monitor shows at the special page. */
const SHOWN: readonly number[] = [Register.Status, Register.Cause, Register.EntryHi];

/** Does something to each word of the special page but some; what comes of it is noted. */
function* specialPage(deed: (address: number) => Operation, but: readonly number[], seen: number[] = []): Program {
  for (let word = 0; word < 1024; word++) if (!but.includes(word)) seen.push(yield deed(SPECIAL_PAGE + 4 * word));
}

/** Reads a word of each page of its machine. */
function* reader(pages: number, seen: number[]): Program {
  for (let page = 0; page < pages; page++) {
    yield* mapPair(page & 31, 2 * page, entryLo(page, false, true), entryLo(page, false, true));
    seen.push(yield load(2 * page * 4096 + 64));
  }
}
