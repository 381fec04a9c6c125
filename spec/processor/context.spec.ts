import { describe, expect, it } from '@jest/globals';
import { Context } from '../../lib/processor/context.js';
import { block, compute, load, readRegister, resume, store, wait } from '../../lib/processor/operations.js';
import { packReference, ReferenceKind } from '../../lib/processor/references.js';
import { ExceptionCode, Mode, Register } from '../../lib/processor/registers.js';
import { Activity } from '../../lib/processor/software.js';
import { boot, each, enter, Kernel, machineOf, skip, type Code } from './privileged.js';

const KSEG0 = 0x80000000;

/** One fetch of kernel code, as recorded kernels have them. */
const fetch = block({ words: Int32Array.of(packReference(KSEG0, ReferenceKind.Fetch)), gaps: Uint16Array.of(1) }, 0, 1);

describe('a context', () => {
  it('keeps to itself whether it executes recorded kernel code', () => {
    const { machine } = boot(
      [enter(Mode.User, each([compute(100), readRegister(Register.Count), compute(200)]))],
      ({ context }) => {
        context!.complete();
        return new Context(each([fetch, compute(50)]), Activity.Interrupt);
      },
    );
    const { user, kernel } = machine.cpus[0].account.report();
    expect([user, kernel]).toEqual([300, 2]); // the two operations that enter the program are the kernel's
  });

  it('has a result, owes nothing and goes on behind the operation, once that is completed', () => {
    const seen: number[] = [];
    const context = new Context(each([compute(1)], seen));
    context.owed = 5;
    context.complete(3);
    expect([context.owed, context.operation, context.result]).toEqual([5, null, 3]); // between operations: of the last one
    context.operation = load(0);
    context.complete(4);
    expect([context.owed, context.operation, context.result]).toEqual([0, null, 4]);
  });
});

describe('going on with another context', () => {
  it.each([null, undefined, {}, 'a context', 7])('is a reserved instruction with %j, in user mode too', request => {
    const seen: number[] = [];
    const resumption = resume(request as never);
    const { taken } = boot([enter(Mode.User, each([resumption, compute(1)], seen))], skip(5));
    expect(taken.map(({ code }) => code)).toEqual([ExceptionCode.ReservedInstruction]);
    expect(seen).toEqual([5, 0]);
  });
});

describe('a processor that runs ahead', () => {
  it('sees what a processor does that the answer to its exception has just woken', () => {
    const [ahead, present] = [true, false].map(runAhead => {
      const machine = machineOf(1, { processors: [2], frames: [64], runAhead });
      const found: number[] = [];
      const kernel = new Kernel(({ context }, cpu) => {
        // Refused in user mode: answered at once, and the other processor goes on.
        context!.complete();
        cpu.tlb.write(0, { pair: 0, space: 0, even: 8, odd: 9, evenWritable: true, oddWritable: true });
        machine.cpus[1].wake();
        return null;
      });
      const looking = (function* (): Code {
        yield load(0);
        yield load(0);
        yield compute(1000);
        yield readRegister(Register.Count);
        for (let i = 0; i < 100; i++) {
          yield compute(10);
          found.push(yield load(0));
        }
      })();
      machine.cpus[0].load(kernel, new Context(enter(Mode.User, looking), Activity.Kernel));
      machine.cpus[1].load(
        kernel,
        new Context(
          (function* (): Code {
            yield wait();
            yield wait();
            yield store(KSEG0 + 8 * 4096, 1);
          })(),
          Activity.Kernel,
        ),
      );
      machine.sim.run();
      return found;
    });
    expect(present).toContain(1);
    expect(ahead).toEqual(present);
  });
});
