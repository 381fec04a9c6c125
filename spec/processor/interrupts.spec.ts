import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Context } from '../../lib/processor/context.js';
import {
  block,
  compute,
  copy,
  interrupt,
  load,
  readRegister,
  resume,
  returnFromException,
  spinWhile,
  store,
  wait,
  waitForInterrupt,
  writeRegister,
  zero,
  type Operation,
} from '../../lib/processor/operations.js';
import { packReference, ReferenceKind } from '../../lib/processor/references.js';
import { ExceptionCode, InterruptLine, Mode, Register, Status } from '../../lib/processor/registers.js';
import { Activity } from '../../lib/processor/software.js';
import { boot, each, enter, handler, LINE, machineOf, MODES, PAGE, statusOf, type Code } from './privileged.js';

const KSEG0 = 0x80000000;
const pair = { processors: [2], frames: [64] };
/** From one processor of a node to another: a cycle, two wires and the controller, as spec/system/wire.ts says. */
const SENT = 100;

describe('interrupt lines', () => {
  const LINES: [string, number, readonly Operation[]][] = [
    ['of software, the first', InterruptLine.Software0, [writeRegister(Register.Cause, InterruptLine.Software0)]],
    ['of software, the second', InterruptLine.Software1, [writeRegister(Register.Cause, InterruptLine.Software1)]],
    ['from outside', InterruptLine.External, [interrupt(0, 5, 6), compute(SENT)]],
    ['of the timer', InterruptLine.Timer, [writeRegister(Register.Compare, 30), compute(SENT)]],
  ];
  /** Lowers every line. */
  const lower = [writeRegister(Register.Cause, 0), writeRegister(Register.Compare, 0)];

  it.each(LINES)(
    '%s interrupt when their bit of Status and IE are set, and neither EXL nor ERL is',
    (_, line, raise) => {
      const { IE, EXL, ERL, IM } = Status;
      for (const [status, interrupts] of [
        [IE | IM, true],
        [IE | line, true],
        [IE | (IM & ~line), false],
        [IM, false],
        [IE | IM | EXL, false],
        [IE | IM | ERL, false],
      ] as const) {
        const seen: number[] = [];
        const { taken } = boot(
          [
            (function* (): Code {
              yield* each([writeRegister(Register.Status, status), ...raise]);
              seen.push((yield readRegister(Register.Cause)) & IM);
              yield* each([...lower, writeRegister(Register.Status, 0)]);
            })(),
          ],
          () => handler(lower),
        );
        const found = line === InterruptLine.External ? 0 : line; // a message is taken with the exception
        expect(taken.map(({ code, cause }) => [code, cause & IM])).toEqual(
          interrupts ? [[ExceptionCode.Interrupt, found]] : [],
        );
        expect(seen).toEqual([interrupts ? 0 : line]);
      }
    },
  );

  it.each(LINES)('%s interrupt at once when what holds them back is gone', (_, line, raise) => {
    const ways: readonly Operation[][] = [
      [writeRegister(Register.Status, statusOf(Mode.Kernel))],
      [writeRegister(Register.Status, statusOf(Mode.User))],
      [returnFromException(new Context(each([compute(1000)])))],
    ];
    for (const [i, way] of ways.entries()) {
      const ended: number[] = [];
      const { taken, machine } = boot(
        [
          (function* (): Code {
            yield* each([writeRegister(Register.Status, statusOf(i === 2 ? Mode.User : 0, Status.EXL)), ...raise]);
            yield compute(1000 - raise.reduce((sum, { kind, a }) => sum + (kind === compute(0).kind ? a : 1), 1));
            yield* each(way);
            yield compute(1000);
          })(),
        ],
        (_exception, { simulation }) => {
          ended.push(simulation.now);
          return handler(lower);
        },
      );
      expect(taken.map(({ at, message }) => [at, message !== null])).toEqual([[1001, line === InterruptLine.External]]);
      expect(machine.sim.now).toBe(2001 + lower.length);
    }
  });

  it('that nobody lowers are an error, not a loop without end', () => {
    const run = (exception: () => Context | null): void => {
      const { cpus, sim } = machineOf(1);
      const program = each([writeRegister(Register.Cause, InterruptLine.Software0)]);
      cpus[0].load({ exception, ended: () => undefined }, program);
      sim.run();
    };
    expect(() => run(() => null)).toThrow('took 1000000 interrupts without any time passing: nobody lowers the line');
    expect(() => run(() => handler())).toThrow('nobody lowers the line');
  });
});

describe('interrupts of processors', () => {
  it('come one by one, in the order of their sending, with code and argument', () => {
    const { taken, machine } = boot(
      [each([compute(2000)]), each([1, 2, 3, 4, 5].map(code => interrupt(0, code, 10 * code)))],
      () => handler([compute(50)]),
      pair,
    );
    expect(taken.map(({ message }) => [message!.code, message!.a, message!.from])).toEqual(
      [1, 2, 3, 4, 5].map(code => [code, 10 * code, 1]),
    );
    expect(machine.cpus[0].registers.pending).toBe(false);
  });

  it('stay pending while they are masked, and raise the line once for all', () => {
    const seen: number[] = [];
    const { taken } = boot(
      [
        (function* (): Code {
          yield writeRegister(Register.Status, 0);
          yield compute(1000);
          seen.push(yield readRegister(Register.Cause));
          yield writeRegister(Register.Status, statusOf(Mode.Kernel));
          seen.push(yield readRegister(Register.Cause));
        })(),
        each([1, 2, 3].map(code => interrupt(0, code, 0))),
      ],
      () => null,
      pair,
    );
    expect(taken.map(({ message }) => message!.code)).toEqual([1, 2, 3]);
    expect(seen).toEqual([InterruptLine.External, 0]);
  });

  const references = {
    words: Int32Array.from({ length: 3000 }, (_, i) => packReference(KSEG0 + (i % 2) * 32, ReferenceKind.Load)),
    gaps: new Uint16Array(3000).fill(1),
  };
  const warm = [load(KSEG0), load(KSEG0 + 32), store(KSEG0 + 64, 0)];
  const WORK: [string, Operation][] = [
    ['compute', compute(3000)],
    ['block', block(references, 0, 3000)],
    ['copy', copy(KSEG0, KSEG0 + 32, 32, 6000)],
    ['zero', zero(KSEG0 + 64, 64, 3000)],
    ['spinWhile', spinWhile(KSEG0, 0, 7)],
  ];

  it.each(WORK)(
    'are taken in the middle of %s, in the tick in which they come, and delay it by what they take',
    (name, work) => {
      const run = (delay: number, interrupted: boolean): { at: number; ended: number } => {
        let ended = 0;
        const { taken } = boot(
          [
            (function* (): Code {
              yield* each(warm);
              yield work;
              ended = yield* ticks();
            })(),
            (function* (): Code {
              yield compute(1000 + delay);
              if (interrupted) yield interrupt(0, 1, 0);
              else yield compute(1);
              yield compute(3000);
              if (name === 'spinWhile') yield store(KSEG0, 1);
            })(),
          ],
          () => handler([compute(70)]),
          { ...pair, l2Ticks: 0 },
        );
        return { at: taken[0]?.at ?? 0, ended };
      };
      const alone = run(0, false);
      const came = new Set<number>();
      for (let delay = 0; delay < 30; delay++) {
        const { at, ended } = run(delay, true);
        came.add(at - delay);
        // A spinning loop ends when the store says so: at most a turn and the delay of its look may differ.
        if (name !== 'spinWhile') expect(ended - alone.ended).toBe(70 >> 1);
      }
      expect(came.size).toBe(1);
    },
  );

  it('are taken by a program that waits for software, as those of the timer are', () => {
    const { taken, machine } = boot(
      [each([writeRegister(Register.Compare, 100), wait()]), each([compute(1000), interrupt(0, 2, 0)])],
      ({ message }, cpu) => {
        if (message !== null) cpu.wake();
        return handler([writeRegister(Register.Compare, 0)]);
      },
      pair,
    );
    expect(taken.map(({ at, message }) => (message === null ? at : message.code))).toEqual([200, 2]);
    expect(machine.cpus[0].ended).toBe(true);
  });
});

/** Count, twice: the ticks that have passed, when cycles are ticks. */
function* ticks(): Generator<Operation, number, number> {
  return yield readRegister(Register.Count);
}

describe('waitForInterrupt', () => {
  const timer = (status: number): Code =>
    each([
      writeRegister(Register.Status, status),
      writeRegister(Register.Compare, 300),
      waitForInterrupt(),
      compute(10),
    ]);

  it.each([
    ['are enabled', Status.IE | Status.IM, 1],
    ['are masked', Status.IE, 0],
    ['are off', Status.IM, 0],
    ['are off at exception level', Status.IE | Status.IM | Status.EXL, 0],
  ])('goes on in the tick in which one comes, when they %s', (_, status, count) => {
    const { taken, machine } = boot([timer(status)], () => handler([writeRegister(Register.Compare, 0)]));
    expect(taken).toHaveLength(count);
    expect(machine.sim.now).toBe(600 + count + 10);
    // It waits in the activity that it has.
    expect(machine.cpus[0].account.report()).toEqual(count ? { kernel: 610, interrupt: 1 } : { kernel: 610 });
  });

  it.each([
    ['of software', [writeRegister(Register.Cause, InterruptLine.Software1)]],
    ['from outside', [interrupt(0, 1, 0), compute(SENT)]],
    ['of the timer', [writeRegister(Register.Compare, 20), compute(SENT)]],
  ])('goes on at once when one %s is pending', (_, raise) => {
    const { machine } = boot([each([writeRegister(Register.Status, 0), ...raise, waitForInterrupt(), compute(10)])]);
    expect(machine.cpus[0].ended).toBe(true);
    expect(machine.sim.now).toBeLessThan(SENT + 20);
  });

  it('is a loop of an idle kernel that looks for work each time', () => {
    let work = 0;
    let looks = 0;
    boot(
      [
        (function* (): Code {
          while (work < 3) {
            looks++;
            yield waitForInterrupt();
          }
        })(),
        each(Array.from({ length: 3 }, () => [compute(500), interrupt(0, 1, 0)]).flat()),
      ],
      () => {
        work++;
        return handler([compute(20)]);
      },
      pair,
    );
    expect([work, looks]).toEqual([3, 3]);
  });

  it('is privileged', () => {
    const { taken } = boot([enter(Mode.User, each([waitForInterrupt()]))], ({ context }) => {
      context!.complete();
      return null;
    });
    expect(taken.map(({ code }) => code)).toEqual([ExceptionCode.CoprocessorUnusable]);
  });

  it('that nothing ends is reported', () => {
    expect(() => boot([each([waitForInterrupt()])])).toThrow('node0.cpu0 waits for an interrupt');
  });
});

describe('resume', () => {
  it('lets two kernel stacks take turns, and each goes on where it was', () => {
    const order: string[] = [];
    const contexts: Context[] = [];
    const stack = function* (name: string, other: number): Code {
      for (let i = 0; i < 3; i++) {
        yield compute(5);
        order.push(`${name}${i}`);
        yield resume(contexts[other]);
      }
    };
    contexts.push(new Context(stack('a', 1), Activity.Kernel), new Context(stack('b', 0), Activity.PageFault));
    const { machine } = boot([each([resume(contexts[0])])]);
    expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    // Each turn is five cycles and the one of the resume itself; time belongs to who executes.
    expect(machine.cpus[0].account.report()).toEqual({ kernel: 1 + 18, 'page fault': 18 });
  });

  it('keeps the line that a stack was copying', () => {
    const done: number[] = [];
    const lines = 6;
    const copying = (function* (): Code {
      for (let i = 0; i < lines; i++) yield store(KSEG0 + i * LINE, i + 1);
      yield copy(KSEG0, KSEG0 + PAGE, lines * LINE, 40);
      for (let i = 0; i < lines; i++) done.push(yield load(KSEG0 + PAGE + i * LINE));
    })();
    let interrupted: Context | null = null;
    const other = new Context(
      (function* (): Code {
        for (;;) {
          yield zero(KSEG0 + 3 * PAGE, LINE, 1);
          yield resume(interrupted!);
        }
      })(),
      Activity.Kernel,
    );
    // The interrupted stack is left for the other one, which comes back to it.
    const { machine } = boot(
      [copying, each(Array.from({ length: 60 }, () => [compute(37), interrupt(0, 1, 0)]).flat())],
      ({ context }) => {
        if (context === null || context === other) return null;
        interrupted = context;
        return handler([returnFromException(other)]);
      },
      pair,
    );
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
    expect(machine.cpus[0].stats.interrupts).toBe(60);
  });

  it('takes any number of stacks in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 40 }), order => {
        const seen: number[] = [];
        let at = 0;
        const contexts: Context[] = Array.from({ length: 5 }, (_, name) => {
          return new Context(
            (function* (): Code {
              for (;;) {
                seen.push(name);
                yield compute(name);
                if (at === order.length) return;
                yield resume(contexts[order[at++]]);
              }
            })(),
            Activity.Kernel,
          );
        });
        const { machine } = boot([each([resume(contexts[0])])]);
        expect(seen).toEqual([0, ...order]);
        expect(machine.sim.now).toBe(1 + order.length + seen.reduce((sum, name) => sum + name, 0));
      }),
      { numRuns: 50 },
    );
  });

  it.each(MODES)('leaves mode %s as it is', (_, mode) => {
    const modes: number[] = [];
    const next = new Context(each([compute(1)]));
    const { machine } = boot([enter(mode, each([resume(next)]))]);
    modes.push(machine.cpus[0].registers.mode);
    expect(modes).toEqual([mode]);
  });
});
