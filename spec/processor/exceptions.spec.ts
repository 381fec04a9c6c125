import { describe, expect, it } from '@jest/globals';
import { machineFrame } from '../../lib/messages/addresses.js';
import { Context } from '../../lib/processor/context.js';
import {
  block,
  call,
  compute,
  copy,
  interrupt,
  load,
  machineLoad,
  monitorCall,
  readRegister,
  returnFromException,
  spinWhile,
  store,
  writeRegister,
  zero,
  type Operation,
} from '../../lib/processor/operations.js';
import { packReference, ReferenceKind } from '../../lib/processor/references.js';
import { entryLo, ExceptionCode, Mode, Register, Status, Vector } from '../../lib/processor/registers.js';
import { Activity } from '../../lib/processor/software.js';
import { boot, each, enter, handler, mapPair, MODES, PAGE, skip, statusOf, type Code } from './privileged.js';

const { Kernel, Supervisor, User } = Mode;
const E = ExceptionCode;

/** Pages that are mapped: writable and read-only; not valid and beyond memory. */
const WRITABLE = 0x10 * PAGE;
const CLEAN = 0x11 * PAGE;
const INVALID = 0x20 * PAGE;
const ABSENT = 0x21 * PAGE;
/** A page without an entry. */
const NOWHERE = 0x30 * PAGE;
const KSEG0 = 0x80000000;
/** The machine has 64 frames. */
const BEYOND = KSEG0 + 64 * PAGE;

function* tables(): Code {
  yield* mapPair(0, 0x10, entryLo(4, true, true), entryLo(5, false, true));
  yield* mapPair(1, 0x20, entryLo(6, true, true) & ~2, entryLo(64, true, true));
}

function reference(address: number, kind: number): Operation {
  return block({ words: Int32Array.of(packReference(address, kind)), gaps: Uint16Array.of(0) }, 0, 1);
}

const fetch = (address: number): Operation => reference(address, ReferenceKind.Fetch);

/** What takes an exception: its code, the modes in which it does, the operation, the address it is about. */
const CASES: [string, number, readonly number[], Operation, number][] = [
  ['an interrupt', E.Interrupt, [Kernel], interrupt(0, 3, 4), -1],
  ['an interrupt for another processor', E.CoprocessorUnusable, [Supervisor, User], interrupt(0, 3, 4), -1],
  ['a store to a clean page', E.Modified, [Kernel, Supervisor, User], store(CLEAN + 4, 1), CLEAN + 4],
  ['a load without an entry', E.TlbLoad, [Kernel, Supervisor, User], load(NOWHERE + 8), NOWHERE + 8],
  ['a store without an entry', E.TlbStore, [Kernel, Supervisor, User], store(NOWHERE + 8, 1), NOWHERE + 8],
  ['a fetch without an entry', E.TlbLoad, [Kernel, Supervisor, User], fetch(NOWHERE + 8), NOWHERE + 8],
  ['a fetch of ksseg', E.TlbLoad, [Kernel, Supervisor], fetch(0xc0000010), 0xc0000010],
  ['a load of kseg3', E.TlbLoad, [Kernel], load(0xfffffffc), 0xfffffffc],
  ['a load of an invalid page', E.TlbLoad, [Kernel, Supervisor, User], load(INVALID + 12), INVALID + 12],
  ['a store to an invalid page', E.TlbStore, [Kernel, Supervisor, User], store(INVALID, 1), INVALID],
  ['a load of what is the kernel’s', E.AddressLoad, [Supervisor, User], load(KSEG0 + 16), KSEG0 + 16],
  ['a fetch of what is the kernel’s', E.AddressLoad, [Supervisor, User], fetch(KSEG0 + 16), KSEG0 + 16],
  ['a store to what is the kernel’s', E.AddressStore, [Supervisor, User], store(0xe0000000, 1), 0xe0000000],
  ['a load of what is the supervisor’s', E.AddressLoad, [User], load(0xc0000000), 0xc0000000],
  ['a misaligned load', E.AddressLoad, [Kernel, Supervisor, User], load(WRITABLE + 2), WRITABLE + 2],
  ['a misaligned store', E.AddressStore, [Kernel, Supervisor, User], store(WRITABLE + 1, 1), WRITABLE + 1],
  ['a misaligned loop', E.AddressLoad, [Kernel, User], spinWhile(WRITABLE + 2, 0, 1), WRITABLE + 2],
  ['a copy from half a word', E.AddressLoad, [Kernel, User], copy(WRITABLE + 2, CLEAN, 8, 1), WRITABLE + 2],
  ['a copy to half a word', E.AddressStore, [Kernel, User], copy(WRITABLE, WRITABLE + 7, 8, 1), WRITABLE + 7],
  ['zeros on half a word', E.AddressStore, [Kernel, User], zero(WRITABLE + 6, 8, 1), WRITABLE + 6],
  ['a load beyond memory', E.BusData, [Kernel, Supervisor, User], load(ABSENT + 4), ABSENT + 4],
  ['a store beyond memory', E.BusData, [Kernel, Supervisor, User], store(ABSENT + 4, 1), ABSENT + 4],
  ['a fetch beyond memory', E.BusInstruction, [Kernel, Supervisor, User], fetch(ABSENT + 4), ABSENT + 4],
  ['a load of kseg0 beyond memory', E.BusData, [Kernel], load(BEYOND), BEYOND],
  ['a system call', E.SystemCall, [Kernel, Supervisor, User], call('service'), -1],
  ['a monitor call', E.ReservedInstruction, [Kernel, Supervisor, User], monitorCall('service'), -1],
  ['a register', E.CoprocessorUnusable, [Supervisor, User], readRegister(Register.Count), -1],
  ['an operation on frames', E.CoprocessorUnusable, [Supervisor, User], machineLoad(machineFrame(3), 0), -1],
  ['a return', E.CoprocessorUnusable, [Supervisor, User], returnFromException(), -1],
];

const IN_MODES = CASES.flatMap(([name, code, modes, operation, address]) =>
  MODES.filter(([, mode]) => modes.includes(mode)).map(
    ([title, mode]) => [name, title, mode, code, operation, address] as const,
  ),
);

/** Exceptions that are refills are those of pages without an entry. */
function refills(code: number, address: number): boolean {
  return (code === E.TlbLoad || code === E.TlbStore) && address >>> 13 !== INVALID >>> 13;
}

describe('an exception', () => {
  it.each(IN_MODES)('by %s in mode %s is told to the software', (_, __, mode, code, operation, address) => {
    const results: number[] = [];
    const { taken, machine } = boot(
      [
        (function* (): Code {
          yield* tables();
          // The last operation is where the interrupt comes in.
          yield* enter(mode, each([operation, compute(code === E.Interrupt ? 200 : 0), load(WRITABLE)], results));
        })(),
      ],
      ({ context }) => {
        if (code !== E.Interrupt) context!.complete(42);
        return null;
      },
    );
    expect(taken).toHaveLength(1);
    const [{ vector, cause, badVAddr, mode: inside, status, message, context, ...rest }] = taken;
    expect([rest.code, rest.address]).toEqual([code, address]);
    expect(vector).toBe(refills(code, address) ? Vector.Refill : Vector.General);
    expect((cause >> 2) & 31).toBe(code);
    expect(badVAddr).toBe(address < 0 ? 0 : address);
    expect([inside, status]).toEqual([Kernel, statusOf(mode, Status.EXL)]);
    expect(message === null ? null : [message.code, message.a]).toEqual(code === E.Interrupt ? [3, 4] : null);
    expect(context).not.toBeNull();
    // Nothing to execute: the program goes on behind, in its mode.
    expect(results).toEqual([code === E.Interrupt ? 0 : 42, 0, 0]);
    expect(machine.cpus[0].registers.status).toBe(statusOf(mode));
    expect(machine.cpus[0].stats).toMatchObject(
      code === E.Interrupt ? { interrupts: 1, exceptions: 0 } : { interrupts: 0, exceptions: 1 },
    );
  });

  const AT_LEVEL = CASES.filter(([, code, modes]) => code !== E.Interrupt && modes.includes(Kernel));

  it.each(AT_LEVEL)(
    'by %s at exception level goes to the general vector and leaves EPC',
    (_, code, __, op, address) => {
      const results: number[] = [];
      let depth = 0;
      const { taken } = boot(
        [
          (function* (): Code {
            yield* tables();
            yield* enter(User, each([call(0), load(WRITABLE)], results));
          })(),
        ],
        ({ context }) => {
          if (depth++ === 0) {
            context!.complete(1);
            return new Context(each([op, compute(1000)], results), Activity.Interrupt);
          }
          // The handler that took an exception is lost: EPC is who was interrupted first.
          return handler([compute(1), returnFromException()]);
        },
      );
      expect(taken.map(({ code: is, vector }) => [is, vector])).toEqual([
        [E.SystemCall, Vector.General],
        [code, Vector.General],
      ]);
      expect(taken[1].address).toBe(address);
      expect(taken[1].context).toBe(taken[0].context);
      expect(results).toEqual([1, 0]);
    },
  );

  it('at the level is answered by a handler that simply ends: the first handler goes on where it was', () => {
    const results: number[] = [];
    const { taken, machine } = boot(
      [
        (function* (): Code {
          yield* tables();
          yield* enter(User, each([call(0), load(WRITABLE)], results));
        })(),
      ],
      ({ code, context }, { tlb }) => {
        if (code === E.SystemCall) {
          context!.complete(1);
          return new Context(each([store(NOWHERE, 5), load(NOWHERE)], results), Activity.Interrupt);
        }
        tlb.writeRegisters(3, NOWHERE, entryLo(9, true, true), entryLo(10, true, true));
        return handler([compute(3)]);
      },
    );
    expect(taken.map(({ code }) => code)).toEqual([E.SystemCall, E.TlbStore]);
    expect(results).toEqual([5, 5, 1, 0]);
    expect(machine.cpus[0].registers.status).toBe(statusOf(User));
  });

  it('nests as deep as handlers lower the level, each with the Status and the context of its own', () => {
    const contexts: (Context | null)[] = [];
    const inside: number[] = [];
    let depth = 0;
    const { machine, taken } = boot([enter(User, each([compute(5), call(0)]))], ({ context }) => {
      contexts.push(context);
      context!.complete();
      const level = ++depth;
      return new Context(
        (function* (): Code {
          yield writeRegister(Register.Status, statusOf(Kernel));
          if (level < 6) yield call(level);
          inside.push(level);
        })(),
        Activity.Interrupt,
      );
    });
    expect(inside).toEqual([6, 5, 4, 3, 2, 1]);
    expect(new Set(contexts).size).toBe(6);
    expect(taken.map(({ status }) => status)).toEqual(
      taken.map((_, i) => statusOf(i === 0 ? User : Kernel, Status.EXL)),
    );
    expect(machine.cpus[0].registers.status).toBe(statusOf(User));
  });

  it('while the processor is idle interrupts nobody, and leaves it idle', () => {
    const { taken, machine } = boot(
      [null, each([compute(100), interrupt(0, 1, 0), compute(500), interrupt(0, 2, 0)])],
      () => handler([compute(7)]),
      { processors: [2], frames: [64] },
    );
    expect(taken.map(({ context, message }) => [context, message!.code])).toEqual([
      [null, 1],
      [null, 2],
    ]);
    const [{ account }] = machine.cpus;
    expect(account.report()).toEqual({ interrupt: 14, idle: machine.sim.now - 14 });
  });

  it('finds at the boot vectors what BEV has put there', () => {
    const addresses: number[] = [];
    boot([each([call(0), writeRegister(Register.Status, Status.BEV), call(0)])], (exception, processor) => {
      addresses.push(processor.registers.vectorAddress(exception.vector));
      return skip()(exception, processor);
    });
    expect(addresses).toEqual([0x80000180, 0xbfc00380]);
  });
});

describe('a return from an exception', () => {
  it('goes to who was interrupted, in its mode, behind what was completed', () => {
    const seen: number[] = [];
    const { machine } = boot([enter(Supervisor, each([call(0), compute(1)], seen))], ({ context }) => {
      context!.complete(9);
      return handler([compute(1), returnFromException(), compute(1_000_000)]);
    });
    expect(seen).toEqual([9, 0]);
    expect(machine.cpus[0].registers.status).toBe(statusOf(Supervisor));
    expect(machine.sim.now).toBeLessThan(1000);
  });

  it('executes the operation again that nobody completed', () => {
    const { taken } = boot(
      [enter(User, each([load(NOWHERE)]))],
      (() => {
        let times = 0;
        return (_, { tlb }) => {
          if (++times === 3) tlb.writeRegisters(2, NOWHERE, entryLo(9, true, true), entryLo(10, true, true));
          return handler([compute(1), returnFromException()]);
        };
      })(),
    );
    expect(taken).toHaveLength(3);
  });

  it('goes to the context that it is given, and the other one can be returned to later', () => {
    const order: string[] = [];
    const program = function* (name: string): Code {
      for (let i = 0; i < 3; i++) {
        order.push(`${name} ${yield call(name)}`);
        yield compute(5);
      }
    };
    // Each call suspends the caller and goes on with the other: a kernel that switches programs.
    const ready: Context[] = [new Context(program('b'))];
    let calls = 0;
    boot([enter(User, program('a'))], ({ context }) => {
      context!.complete(++calls);
      ready.push(context!);
      return handler([compute(2), returnFromException(ready.shift())]);
    });
    expect(order).toEqual(['a 1', 'b 2', 'a 3', 'b 4', 'a 5']);
  });

  it('leaves error level before exception level', () => {
    const seen: number[] = [];
    boot([
      (function* (): Code {
        yield writeRegister(Register.Status, Status.ERL | Status.EXL);
        const next = new Context(
          (function* (): Code {
            seen.push(yield readRegister(Register.Status));
            yield returnFromException(new Context(each([readRegister(Register.Status)], seen), Activity.Kernel));
          })(),
          Activity.Kernel,
        );
        yield returnFromException(next);
      })(),
    ]);
    expect(seen).toEqual([Status.EXL, 0]);
  });

  it('to nobody leaves the processor idle', () => {
    const { machine } = boot([each([compute(5), returnFromException(), compute(1000)])]);
    expect(machine.cpus[0].ended).toBe(true);
    expect(machine.sim.now).toBe(6);
  });
});

describe('an operation that is completed by software', () => {
  it('costs its cycle at most, and is not executed', () => {
    const results: number[] = [];
    const { machine } = boot([enter(User, each([load(NOWHERE), store(NOWHERE, 3), call(0), machineLoad(machineFrame(0), 0)], results))], skip(6)); // prettier-ignore
    expect(results).toEqual([6, 6, 6, 6]);
    // Two for entering, one each for load and store; a call's cycle is its handler's, what the mode refuses has not begun.
    expect(machine.sim.now).toBe(4);
  });
});
