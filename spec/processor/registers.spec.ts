import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Context } from '../../lib/processor/context.js';
import {
  block,
  compute,
  load,
  readRegister,
  spinWhile,
  store,
  writeRegister,
  type Operation,
} from '../../lib/processor/operations.js';
import { packReference, ReferenceKind } from '../../lib/processor/references.js';
import {
  entryLo,
  ExceptionCode,
  InterruptLine,
  Mode,
  Register,
  REGISTER_NAMES,
  Status,
  SystemRegisters,
} from '../../lib/processor/registers.js';
import { Activity } from '../../lib/processor/software.js';
import { boot, each, enter, handler, mapPair, MODES, PAGE, skip, statusOf, type Code } from './privileged.js';

const KSEG0 = 0x80000000;

/** Which bits can be written and what the others read as, as in the manual of the R10000 for 32-bit software. */
const MASKS: Readonly<Record<string, readonly [mask: number, rest: number]>> = {
  Index: [0x3f, 0],
  EntryLo0: [0x3fffffff, 0],
  EntryLo1: [0x3fffffff, 0],
  Context: [0xff800000, 0],
  PageMask: [0, 0], // 4 KB pages only
  BadVAddr: [0, 0],
  EntryHi: [0xffffe0ff, 0],
  Compare: [0xffffffff, 0],
  Status: [0xef57ffff, 0], // without CU0
  Cause: [0x300, 0],
  PRId: [0, 0x0926],
  Config: [0, 3],
};

describe('a system register', () => {
  it.each(Object.entries(MASKS))('%s takes the bits that can be written', (name, [mask, rest]) => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (one, two) => {
        const seen: number[] = [];
        // Without EXL a Status that says user mode would end the experiment.
        const [first, second] = name === 'Status' ? [one | Status.EXL, two | Status.ERL] : [one, two];
        const number = Register[name as keyof typeof Register];
        const writes = [first, second].flatMap(value => [writeRegister(number, value), readRegister(number)]);
        // The timer and software interrupts stay off, whatever is written.
        const quiet = [writeRegister(Register.Status, Status.EXL | Status.ERL), writeRegister(Register.Compare, 0)];
        boot([each([...quiet, ...writes, writeRegister(Register.Status, 0)], seen)]);
        expect([seen[3] >>> 0, seen[5] >>> 0]).toEqual([first, second].map(value => ((value & mask) | rest) >>> 0));
      }),
      { numRuns: 20 },
    );
  });

  it('that is not there reads as 0, whatever is written', () => {
    for (let number = 0; number < 32; number++) {
      if (REGISTER_NAMES[number] !== null) continue;
      const seen: number[] = [];
      boot([each([writeRegister(number, -1), readRegister(number)], seen)]);
      expect(seen[1]).toBe(0);
    }
  });

  it('Wired stays below the entries that there are', () => {
    for (const [tlbEntries, value, wired] of [
      [8, 3, 3],
      [8, 7, 7],
      [8, 8, 7],
      [48, 63, 47],
      [64, 63, 63],
      [64, 64, 0], // six bits
      [768, 767, 767], // ten bits where there are more entries
      [1024, 1024, 0],
    ]) {
      const seen: number[] = [];
      boot([each([writeRegister(Register.Wired, value), readRegister(Register.Wired)], seen)], undefined, {
        tlbEntries,
      });
      expect(seen[1]).toBe(wired);
    }
  });

  it('Index names every entry of a large TLB', () => {
    for (const [tlbEntries, value, index] of [
      [64, 100, 36],
      [768, 700, 700],
      [1024, 1023, 1023],
    ]) {
      const seen: number[] = [];
      boot([each([writeRegister(Register.Index, value), readRegister(Register.Index)], seen)], undefined, {
        tlbEntries,
      });
      expect(seen[1]).toBe(index);
    }
  });

  it('Random is from Wired up, whatever is written to it', () => {
    const reads = Array.from({ length: 200 }, () => readRegister(Register.Random));
    const seen: number[] = [];
    boot([each([writeRegister(Register.Wired, 5), writeRegister(Register.Random, 0), ...reads], seen)]);
    expect(new Set(seen.slice(2))).toEqual(new Set([5, 6, 7]));
  });
});

describe('the mode', () => {
  it('is what KSU says, except at exception and error level', () => {
    const registers = new SystemRegisters();
    for (const [ksu, mode] of [
      [0, Mode.Kernel],
      [1, Mode.Supervisor],
      [2, Mode.User],
      [3, Mode.User], // undefined in the manual
    ])
      for (const level of [0, Status.EXL, Status.ERL, Status.EXL | Status.ERL]) {
        registers.status = (ksu << 3) | level | Status.IE;
        expect(registers.mode).toBe(level === 0 ? mode : Mode.Kernel);
      }
  });

  it.each(MODES)('%s decides from the next operation on what a program may do', (_, mode) => {
    const seen: number[] = [];
    const status = statusOf(mode);
    const { taken } = boot(
      [each([writeRegister(Register.Status, status), readRegister(Register.Status), compute(1)], seen)],
      skip(77),
    );
    expect(taken.map(({ code }) => code)).toEqual(mode === Mode.Kernel ? [] : [ExceptionCode.CoprocessorUnusable]);
    expect(seen[1]).toBe(mode === Mode.Kernel ? status : 77);
  });

  it('is the kernel’s in a handler, and again the program’s when the handler has ended', () => {
    const { taken, machine } = boot([enter(Mode.User, each([readRegister(Register.Status)]))], ({ context }) => {
      context!.complete();
      return handler([readRegister(Register.Status), load(KSEG0)]);
    });
    expect(taken.map(({ code, mode }) => [code, mode])).toEqual([[ExceptionCode.CoprocessorUnusable, Mode.Kernel]]);
    expect(machine.cpus[0].registers.mode).toBe(Mode.User);
  });

  it('comes back with a Status whose sign bit is set', () => {
    const boots = (function* (): Code {
      yield writeRegister(Register.Status, statusOf(Mode.Kernel, 1 << 31));
      yield writeRegister(Register.Compare, 20);
      yield compute(100);
    })();
    const { taken, machine } = boot([boots], () => handler([writeRegister(Register.Compare, 0)]));
    expect(taken).toHaveLength(1);
    expect(machine.cpus[0].registers.status).toBe(statusOf(Mode.Kernel, 1 << 31));
  });
});

describe('Count', () => {
  it('advances with every second cycle, and goes on from what is written', () => {
    const cycles = fc.array(fc.nat({ max: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(cycles, cycles, fc.integer(), fc.integer({ min: 1, max: 3 }), (before, after, value, period) => {
        const at: number[] = [];
        const seen: number[] = [];
        const program = (function* (): Code {
          for (const [i, wait] of [...before, ...after].entries()) {
            if (i === before.length) {
              yield writeRegister(Register.Count, value);
              at.push(0);
            }
            yield compute(wait);
            at.push(wait + 1);
            seen.push(yield readRegister(Register.Count));
          }
        })();
        boot([program], undefined, { period });
        let cycle = 0;
        let base = 0;
        const expected: number[] = [];
        for (const wait of at)
          if (wait === 0) base = value - (++cycle >> 1);
          else expected.push((base + ((cycle += wait) >> 1)) | 0);
        expect(seen).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

describe('Compare', () => {
  /** What is executed when the timer interrupt comes, and how long that takes at least. */
  const references = {
    words: new Int32Array(4000).fill(packReference(KSEG0, ReferenceKind.Load)),
    gaps: new Uint16Array(4000).fill(1),
  };
  const WORK: [string, readonly Operation[]][] = [
    ['a computation', [compute(4000)]],
    ['a block', [block(references, 0, 4000)]],
    ['loads that hit', Array.from({ length: 4000 }, () => load(KSEG0))],
    ['a spinning loop', [spinWhile(KSEG0, 0, 5)]],
    ['nothing', []],
  ];

  it.each(WORK)('interrupts %s in the tick in which Count reaches it', (name, work) => {
    for (const period of [1, 3])
      for (let compare = 500; compare < 512; compare++) {
        const boots = (function* (): Code {
          yield load(KSEG0);
          yield writeRegister(Register.Compare, compare);
          yield* each(work);
        })();
        const { taken } = boot(
          [boots],
          ({ context }) => {
            if (name === 'a spinning loop') context!.complete();
            return handler([writeRegister(Register.Compare, 0), writeRegister(Register.Status, Status.EXL)]);
          },
          { period },
        );
        expect(taken[0].at).toBe(compare * 2 * period);
        expect(taken[0].cause & (InterruptLine.Timer | 0x7c)).toBe(InterruptLine.Timer);
      }
  });

  it('lowers the line when it is written, and only then', () => {
    const seen: number[] = [];
    const boots = each(
      [
        writeRegister(Register.Status, 0),
        writeRegister(Register.Compare, 50),
        readRegister(Register.Cause),
        compute(200),
        readRegister(Register.Cause),
        writeRegister(Register.Cause, 0),
        readRegister(Register.Cause),
        writeRegister(Register.Compare, 40),
        readRegister(Register.Cause),
      ],
      seen,
    );
    boot([boots]);
    expect([2, 4, 6, 8].map(i => seen[i])).toEqual([0, InterruptLine.Timer, InterruptLine.Timer, 0]);
  });

  it('forgets what was written to it before', () => {
    const boots = each([
      writeRegister(Register.Compare, 50),
      compute(20),
      writeRegister(Register.Compare, 100),
      compute(600),
    ]);
    const { taken } = boot([boots], () => handler([writeRegister(Register.Compare, 0)]));
    expect(taken.map(({ at }) => at)).toEqual([200]);
  });

  it('is reached when Count is moved', () => {
    const boots = each([
      writeRegister(Register.Compare, 1000),
      compute(98),
      writeRegister(Register.Count, 990), // tick 100: ten counts to go
      compute(600),
      writeRegister(Register.Status, 0),
    ]);
    const { taken } = boot([boots], () => handler([writeRegister(Register.Compare, 0)]));
    expect(taken[0].at).toBe(120);
  });

  it('that equals Count or lies behind it is not reached, and the machine comes to rest', () => {
    for (const compare of [0, -1, 20, -(2 ** 31) + 20]) {
      const { taken, machine } = boot([each([compute(39), writeRegister(Register.Compare, compare), compute(100)])]);
      expect([taken.length, machine.sim.now]).toEqual([0, 140]);
    }
    const far = boot([each([compute(39), writeRegister(Register.Compare, 2 ** 31 + 19)])], () =>
      handler([writeRegister(Register.Compare, 0)]),
    );
    expect(far.taken[0].at).toBe(2 * (2 ** 31 + 19));
  });
});

describe('an exception of the TLB', () => {
  it('puts the address into BadVAddr, EntryHi and Context, beside what software has put there', () => {
    const bad = 0x12345678;
    const seen: number[] = [];
    const { taken } = boot(
      [
        (function* (): Code {
          yield writeRegister(Register.EntryHi, 0x5a);
          yield writeRegister(Register.Context, 0xc3800000);
          yield load(bad & ~3);
        })(),
      ],
      ({ context }) => {
        context!.complete();
        return new Context(
          each([Register.BadVAddr, Register.EntryHi, Register.Context].map(readRegister), seen),
          Activity.Kernel,
        );
      },
    );
    expect(taken[0].badVAddr).toBe(bad);
    expect(seen.map(value => value >>> 0)).toEqual(
      [
        bad,
        0x1234405a, // the pair of pages, and the address space
        0xc3800000 | ((bad >>> 13) << 4),
      ].map(value => value >>> 0),
    );
  });

  it('that forbids a store does so, too, and an address error only to BadVAddr', () => {
    const seen: number[] = [];
    boot(
      [
        (function* (): Code {
          yield* mapPair(1, 0x10, entryLo(4, false, false), 0);
          yield writeRegister(Register.EntryHi, 0);
          yield* enter(Mode.User, each([store(0x10 * PAGE + 8, 1), load(KSEG0 + 0x4000)]));
        })(),
      ],
      ({ context }) => {
        context!.complete();
        return new Context(
          each([Register.BadVAddr, Register.EntryHi, Register.Context].map(readRegister), seen),
          Activity.Kernel,
        );
      },
    );
    expect(seen.map(value => value >>> 0)).toEqual([0x10008, 0x10000, 0x80, KSEG0 + 0x4000, 0x10000, 0x80]);
  });
});
