import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Context } from '../../lib/processor/context.js';
import { compute, copy, interrupt, load, store, zero, type Operation } from '../../lib/processor/operations.js';
import { entryLo, Mode } from '../../lib/processor/registers.js';
import { Activity, type Refill } from '../../lib/processor/software.js';
import type { Processor } from '../../lib/processor/processor.js';
import { boot, each, enter, handler, LINE, machineOf, PAGE, type Answer, type Code } from './privileged.js';
import { wordsOf, type Machine } from '../system/wire.js';

const KSEG0 = 0x80000000;
/** Virtual pages from 0 on are frames from 8 on. */
const FRAME = 8;
/** The last two are reached only by copies that begin near the end of the third. */
const PAGES = 5;

/** Memory of words, and what a loop of loads and stores does to it. */
class Model {
  readonly words = new Int32Array((PAGES * PAGE) >> 2);

  apply({ from, to, bytes }: Step): void {
    for (let i = 0; i < bytes >> 2; i++) this.words[(to >> 2) + i] = from < 0 ? 0 : this.words[(from >> 2) + i];
  }
}

/** A copy, or zeros if `from` is -1. */
interface Step {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly cycles: number;
}

/** Near the start of a page or anywhere; on a line or a word; up to a few lines or more than a page. */
const address = fc
  .tuple(fc.nat({ max: PAGES - 3 }), fc.constantFrom(0, 0, PAGE - 128), fc.nat({ max: 40 }), fc.boolean())
  .map(([page, offset, word, aligned]) => page * PAGE + offset + (aligned ? LINE * (word >> 4) : 4 * word));
const steps = fc.array(
  fc.record({
    from: fc.oneof(address, fc.constant(-1)),
    to: address,
    bytes: fc.oneof(fc.nat({ max: 100 }), fc.constant(1100)).map(words => 4 * words),
    cycles: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 6 },
);

function operationOf({ from, to, bytes, cycles }: Step): Operation {
  return from < 0 ? zero(to, bytes, cycles) : copy(from, to, bytes, cycles);
}

/** Puts a number into every fifth word. */
function* fill(model: Model): Code {
  for (let i = 0; i < model.words.length; i += 5) {
    model.words[i] = i + 1;
    yield store(4 * i, i + 1);
  }
}

/** All words of the pages, as the machine has them. */
function memory(machine: Machine): number[] {
  return Array.from({ length: PAGES * 64 }, (_, line) => wordsOf(machine, FRAME * 64 + line)).flat();
}

/** Writes the entry of a page, which is all that a refill does here. */
function enterPage({ tlb }: Processor, page: number): void {
  const even = FRAME + (page & ~1);
  tlb.writeRegisters((page >>> 1) % tlb.entries, page << 12, entryLo(even, true, true), entryLo(even + 1, true, true));
}

/** Handlers that copy and clear themselves, on other frames. */
const answer: Answer = ({ message, address: bad }, cpu) => {
  if (message === null) enterPage(cpu, bad >>> 12);
  const words = KSEG0 + 20 * PAGE;
  return handler([
    copy(words, words + PAGE + 4, 3 * LINE, 2),
    zero(words + 2 * PAGE, 2 * LINE, 1),
    copy(words + 4, words + PAGE + 8, 8, 1),
  ]);
};

describe('copies and zeros', () => {
  it('leave in memory what a loop of loads and stores does, whatever comes in between', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 8 }),
        fc.nat({ max: 400 }),
        fc.boolean(),
        (all, entries, gap, far) => {
          const model = new Model();
          const program = (function* (): Code {
            yield* fill(model);
            for (const step of all) {
              model.apply(step);
              yield operationOf(step);
            }
          })();
          const { machine } = boot(
            [
              enter(Mode.User, program),
              gap === 0 ? null : each(Array.from({ length: 40 }, () => [compute(gap), interrupt(0, 1, 0)]).flat()),
            ],
            answer,
            { tlbEntries: entries, ...(far ? { processors: [1, 1] } : { processors: [2], frames: [64] }) },
          );
          expect(memory(machine)).toEqual([...model.words]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('do so when refills read page tables that miss, between a load and its store', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 2 }), fc.nat({ max: 9 }), (all, tlbEntries, cycles) => {
        const machine = machineOf(2, { tlbEntries, l2: { sizeBytes: 256, ways: 1, lineBytes: LINE } });
        const model = new Model();
        let turn = 0;
        const program = (function* (): Code {
          yield* fill(model);
          for (const step of all) {
            model.apply(step);
            yield operationOf(step);
          }
        })();
        machine.cpus[0].load(
          {
            refill(cpu: Processor, page: number): Refill {
              enterPage(cpu, page);
              return { cycles, frame: 70, offset: LINE * (turn++ % 64) };
            },
            exception: () => null,
            ended: () => undefined,
          },
          program,
        );
        machine.sim.run();
        expect(memory(machine)).toEqual([...model.words]);
      }),
      { numRuns: 30 },
    );
  });

  it('cost their cycles for each line, and a share of them, rounded up, for each word', () => {
    const cost = (operation: Operation): number => {
      const lines = Array.from({ length: 8 }, (_, i) => store(KSEG0 + i * LINE, 1));
      const { machine } = boot([each([...lines, operation])], undefined, {
        l2: { sizeBytes: 4096, ways: 2, lineBytes: LINE },
        l2Ticks: 0,
      });
      return machine.sim.now - boot([each(lines)], undefined, { l2Ticks: 0 }).machine.sim.now;
    };
    expect(cost(copy(KSEG0, KSEG0 + 2 * LINE, 2 * LINE, 10))).toBe(20);
    expect(cost(zero(KSEG0, 3 * LINE, 10))).toBe(30);
    // Sixteen words to a line: 10 * 4 / 64, rounded up, is a cycle.
    expect(cost(copy(KSEG0 + 4, KSEG0 + 2 * LINE, 2 * LINE, 10))).toBe(32);
    expect(cost(copy(KSEG0 + 4, KSEG0 + 2 * LINE + 4, 2 * LINE, 20))).toBe(15 * 2 + 20 + 2);
    expect(cost(zero(KSEG0 + 60, 8, 40))).toBe(2 * 3);
    expect(cost(zero(KSEG0, 0, 40))).toBe(0);
  });

  it('are charged to who copies', () => {
    const context = new Context(each([copy(KSEG0, KSEG0 + PAGE, PAGE, 16)]), Activity.PageMoving);
    const { machine } = boot([null, each([interrupt(0, 1, 0)])], () => context, { processors: [2], frames: [64] });
    const { idle, ...report } = machine.cpus[0].account.report();
    expect(Object.keys(report)).toEqual(['page moving']);
    expect(idle + report['page moving']).toBe(machine.sim.now);
  });

  it('of bytes that are no words are refused', () => {
    expect(() => boot([each([copy(KSEG0, KSEG0 + 64, 6, 1)])])).toThrow(
      'copies and fills with zeros whole words, not 6 bytes',
    );
  });

  it('wrap around the end of the address space like any other addition', () => {
    const results: number[] = [];
    boot(
      [
        enter(
          Mode.Kernel,
          each([store(0xfffffffc, 5), store(0, 6), copy(0xfffffffc, 0x100, 8, 1), load(0x100), load(0x104)], results),
          Activity.Kernel,
        ),
      ],
      ({ address: bad }, cpu) => {
        cpu.tlb.writeRegisters(
          bad === 0xfffffffc ? 0 : 1,
          bad,
          entryLo(bad === 0 ? 8 : 10, true, true),
          entryLo(11, true, true),
        );
        return null;
      },
    );
    expect(results.slice(-2)).toEqual([5, 6]);
  });
});
