/** Exceptions and interrupts at any point of a program leave what it computes as it is, and the instructions it executes. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomStream } from '../../lib/engine/random.js';
import { Context } from '../../lib/processor/context.js';
import {
  block,
  compute,
  copy,
  interrupt,
  load,
  readRegister,
  store,
  tlbWriteRandom,
  writeRegister,
  zero,
  type Operation,
} from '../../lib/processor/operations.js';
import { packReference, type References } from '../../lib/processor/references.js';
import { entryLo, ExceptionCode, Mode, Register } from '../../lib/processor/registers.js';
import { Activity } from '../../lib/processor/software.js';
import { boot, each, enter, LINE, PAGE, type Answer, type Code } from './privileged.js';

/** Pages of the program, whose frames are those of the same numbers and eight more; kernels disturb pages behind. */
const PAGES = 6;
const FRAME = 8;
const KSEG0 = 0x80000000;
const KERNEL_REFERENCES = 40;

function replay(seed: string): References {
  const random = randomStream('replay', seed);
  const words = Int32Array.from({ length: 150 }, () =>
    packReference(random.below(PAGES) * PAGE + random.below(8) * LINE + 4 * random.below(8), random.below(3)),
  );
  return { words, gaps: Uint16Array.from(words, () => random.below(2) * random.below(9)) };
}

/** A program of a user: what it loads depends on what it and nobody else has stored. */
function program(seed: string): Operation[] {
  const random = randomStream('program', seed);
  const address = (): number => random.below(PAGES) * PAGE + random.below(6) * LINE + 4 * random.below(16);
  return Array.from({ length: 40 }, (_, i) => {
    switch (random.below(6)) {
      case 0:
        return block(replay(`${seed} ${i}`), random.below(3), 150);
      case 1:
        return copy(address(), address() & ~(LINE - 1), 4 * random.below(60), 1 + random.below(9));
      case 2:
        return copy(address() & ~(LINE - 1), address() & ~(LINE - 1), LINE * random.below(4), 1 + random.below(9));
      case 3:
        return zero(address(), 4 * random.below(30), 4);
      case 4:
        return store(address(), i + 1);
      default:
        return load(address());
    }
  });
}

/** Instructions that a program executes: what it costs if nothing ever misses. */
function instructions(operations: readonly Operation[]): number {
  return operations.reduce((sum, { kind, a, b, c, d, references }) => {
    if (references !== null) return sum + references.gaps.subarray(a, b).reduce((gaps, gap) => gaps + gap, 0);
    if (d === 0) return sum + 1;
    const [from, to] = [a, kind === zero(0, 4, 1).kind ? a : b];
    for (let done = 0; done < c;) {
      const whole = (((from + done) | (to + done)) & (LINE - 1)) === 0 && c - done >= LINE;
      sum += whole ? d : Math.ceil((4 * d) / LINE);
      done += whole ? LINE : 4;
    }
    return sum;
  }, 0);
}

/** A refill handler, as a kernel writes it: loads a page table entry and writes the entry. */
function* refill(page: number): Code {
  const even = (page & ~1) + FRAME;
  yield load(KSEG0 + 4 * (page >>> 1));
  yield compute(6);
  yield writeRegister(Register.EntryLo0, entryLo(even, true, true));
  yield writeRegister(Register.EntryLo1, entryLo(even + 1, true, true));
  yield tlbWriteRandom();
}

/** What kernels do meanwhile to caches, TLB and registers. */
function* disturb(a: number): Code {
  const words = KSEG0 + 20 * PAGE;
  if (a & 1) yield copy(words, words + 3 * PAGE, 5 * LINE, 3);
  if (a & 2) yield zero(words + 4 * PAGE + 8, 100, 2);
  if (a & 4) yield block(replayOfKernel(a), 0, KERNEL_REFERENCES);
  if (a & 8) yield store(words + PAGE, a);
  if (a & 16) {
    yield writeRegister(Register.EntryHi, 0x70000000 + (a << 13));
    yield tlbWriteRandom();
    yield writeRegister(Register.EntryHi, 0);
  }
}

function replayOfKernel(a: number): References {
  const random = randomStream('kernel', `${a}`);
  const words = Int32Array.from({ length: KERNEL_REFERENCES }, () =>
    packReference(KSEG0 + 20 * PAGE + random.below(4) * PAGE + random.below(16) * LINE, random.below(3)),
  );
  return { words, gaps: Uint16Array.from(words, () => 1) };
}

/** A kernel that tells whenever it replays references of its own. */
function answering(replays: () => void): Answer {
  return ({ code, address, message }, processor) => {
    if (code !== ExceptionCode.Interrupt) return new Context(refill(address >>> 12), Activity.TlbRefill);
    const a = message === null ? (processor.simulation.now >> 2) & 31 : message.a;
    if (a & 4) replays();
    return new Context(message === null ? timer(a, processor.simulation.now) : disturb(a), Activity.Interrupt);
  };
}

/** The timer comes again after a time that differs. */
function* timer(a: number, now: number): Code {
  yield* disturb(a);
  if (now < 100_000) yield writeRegister(Register.Compare, (yield readRegister(Register.Count)) + 60 + (now % 97));
  else yield writeRegister(Register.Compare, 0);
}

/** Runs a program; what it computed and what it took. */
function outcome(seed: string, disturbed: boolean, storeBuffer: number, l2Ticks: number) {
  const results: number[] = [];
  const random = randomStream('interrupts', seed);
  const operations = program(seed);
  let kernels = 0;
  const answer = answering(() => (kernels += KERNEL_REFERENCES));
  const { machine, taken } = boot(
    [
      (function* (): Code {
        if (disturbed) yield writeRegister(Register.Compare, 50);
        yield* enter(Mode.User, finishing(operations, results));
      })(),
      disturbed
        ? each(Array.from({ length: 60 }, () => [compute(random.below(300)), interrupt(0, 1, random.below(32))]).flat())
        : null,
    ],
    answer,
    {
      processors: [2],
      frames: [64],
      tlbEntries: disturbed ? 2 : 8,
      l2: { sizeBytes: disturbed ? 1024 : 16384, ways: 2, lineBytes: LINE },
      seed,
      storeBuffer,
      l2Ticks,
    },
  );
  const [{ account, stats }] = machine.cpus;
  return {
    taken: taken.length,
    interrupts: stats.interrupts,
    // Second-level hits of loads, stores and copies are the user's, too.
    instructions: l2Ticks === 0 ? account.report()['user'] : instructions(operations) + PAGES * 8,
    seen: { results, references: stats.references - kernels },
    expected: instructions(operations) + PAGES * 8,
  };
}

/** Loads everything at the end. */
function* finishing(operations: readonly Operation[], results: number[]): Code {
  yield* each(operations, results);
  for (let i = 0; i < PAGES * 8; i++) results.push(yield load((i >> 3) * PAGE + (i & 7) * LINE));
}

describe('a program that exceptions and interrupts come into', () => {
  it.each([0, 3])(
    'computes what it does without, in as many instructions and references, with %s entries of store buffer',
    entries => {
      let taken = 0;
      let interrupts = 0;
      fc.assert(
        fc.property(fc.integer(), fc.constantFrom(0, 3), (seed, l2Ticks) => {
          const alone = outcome(`${seed}`, false, entries, l2Ticks);
          const disturbed = outcome(`${seed}`, true, entries, l2Ticks);
          expect(disturbed.seen).toEqual(alone.seen);
          // Waiting until the buffer is empty takes cycles, too.
          if (entries === 0)
            expect([alone.instructions, disturbed.instructions]).toEqual([alone.expected, alone.expected]);
          taken += disturbed.taken;
          interrupts += disturbed.interrupts;
        }),
        { numRuns: 20 },
      );
      // It has to have been disturbed for this to mean anything.
      expect(taken).toBeGreaterThan(20 * 200);
      expect(interrupts).toBeGreaterThan(20 * 60);
    },
  );
});
