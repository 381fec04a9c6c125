/** The special page: registers of a virtual processor as words of memory, seen and used when the guest goes on and traps. */
import { describe, expect, it } from '@jest/globals';
import { buildMachine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { Disco } from '../../../lib/monitor/disco.js';
import { Context } from '../../../lib/processor/context.js';
import { specialAddress, versionCall } from '../../../lib/system/monitor-calls.js';
import {
  load,
  monitorCall,
  readRegister,
  store,
  tlbWriteRandom,
  writeRegister,
  type Program,
} from '../../../lib/processor/operations.js';
import { entryLo, ExceptionCode, Register, Status } from '../../../lib/processor/registers.js';
import { Activity } from '../../../lib/processor/software.js';
import { mapPair, type Code } from '../../processor/privileged.js';
import { startPlain, type GuestAnswer } from '../support/plain-guest.js';

/** Runs programs in kernel mode on a virtual processor each, of a machine each, on one processor that they take turns on. */
function run(programs: readonly Program[], answer: GuestAnswer = () => null): Disco {
  const preset = presets['disco-1997']({ nodes: 1 });
  const nodes = { count: 1, processors: 1, memoryBytes: 512 * 4096 };
  const machine = buildMachine({ ...preset, nodes }, { seed: 1 });
  const disco = new Disco(machine, { quantumNs: 10_000 });
  programs.forEach((program, i) => startPlain(disco, [program], answer, { name: `guest ${i}` }));
  machine.run();
  return disco;
}

const at = specialAddress;

describe('the special page', () => {
  it('shows registers as they are when the guest goes on', () => {
    const seen: [number, number][] = [];
    function* shown(register: number): Code {
      // The register first, so that what is shown has been brought up to date since.
      const value = yield readRegister(register);
      seen.push([yield load(at(register)), value]);
    }
    function* program(): Program {
      yield load(at(Register.Status));
      for (const [register, value] of [
        [Register.EntryHi, 0x2000 | 3],
        [Register.Status, Status.EXL | Status.IM],
        [Register.EntryHi, 0x6000 | 9],
        [Register.Status, Status.IE],
      ] as const) {
        yield writeRegister(register, value);
        yield* shown(register);
      }
      yield load(0x80000000);
    }
    run([program()], ({ context }) => {
      context!.complete(0);
      return new Context(
        (function* (): Code {
          for (const register of [Register.Cause, Register.Status]) yield* shown(register);
        })(),
        Activity.Kernel,
      );
    });
    const values = [0x2003, Status.EXL | Status.IM, 0x6009, Status.IE, ExceptionCode.AddressLoad << 2];
    expect(seen).toEqual([...values, Status.IE | Status.EXL].map(value => [value, value]));
  });

  it('is read when the guest traps: the address space written there is at hand then', () => {
    const seen: number[] = [];
    function* program(): Program {
      for (const space of [1, 2]) {
        yield* mapPair(space, 4, entryLo(2 * space, true, false), entryLo(2 * space + 1, true, false), space);
        yield store(4 * 4096, space);
      }
      for (const space of [1, 2, 1]) {
        yield store(at(Register.EntryHi), space);
        yield monitorCall(versionCall());
        seen.push(yield load(4 * 4096));
      }
    }
    run([program()]);
    expect(seen).toEqual([1, 2, 1]);
  });

  it('has what a TLB write takes, and what the last miss was about', () => {
    const seen: number[] = [];
    function* program(): Program {
      // The first access is a miss that the guest does not see.
      yield store(at(Register.EntryLo0), entryLo(2, true, false));
      yield store(at(Register.EntryLo1), entryLo(3, true, false));
      yield writeRegister(Register.EntryHi, 0x4000);
      yield tlbWriteRandom();
      yield store(0x5000, 7);
      yield store(at(Register.EntryLo0), entryLo(3, true, false));
      yield writeRegister(Register.EntryHi, 0x6000);
      yield tlbWriteRandom();
      seen.push(yield load(0x6000), yield load(0xabc000));
      yield writeRegister(Register.EntryLo1, entryLo(9, true, false));
      seen.push(yield load(at(Register.EntryLo1)), yield readRegister(Register.EntryLo0));
    }
    run([program()], ({ context }) => {
      context!.complete(0);
      return new Context(
        (function* (): Code {
          seen.push(yield load(at(Register.Context)));
        })(),
        Activity.Kernel,
      );
    });
    expect(seen).toEqual([(0xabc000 >>> 9) & ~0xf, 7, 0, entryLo(9, true, false), entryLo(3, true, false)]);
  });

  it('is each virtual processor’s own, also when they take turns', () => {
    const wrong: number[] = [];
    // Of one address space, so that it is not the TLB that keeps them apart.
    function* program(guest: number): Program {
      for (let turn = 0; turn < 400; turn++) {
        const value = (2 * turn + guest) * 0x2000 + 1;
        yield store(at(Register.EntryHi), value);
        for (let k = 0; k < 50; k++) yield load(at(Register.Status));
        const seen = yield load(at(Register.EntryHi));
        if (seen !== value) wrong.push(seen);
        if (turn % 40 === 0) yield monitorCall(versionCall());
      }
    }
    const { statistics } = run([program(0), program(1)]);
    expect(wrong).toEqual([]);
    expect(statistics.switches).toBeGreaterThan(10);
  });
});
