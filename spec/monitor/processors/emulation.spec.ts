/** What a guest's kernel does with privileged instructions and monitor calls, and what it is answered. */
import { describe, expect, it } from '@jest/globals';
import type { DeviceSpecification } from '../../../lib/machine/specification/device-specification.js';
import { buildMachine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { machineFrame } from '../../../lib/messages/addresses.js';
import { Disco } from '../../../lib/monitor/disco.js';
import type { VirtualMachineSpecification } from '../../../lib/monitor/virtual-machine.js';
import { Context } from '../../../lib/processor/context.js';
import { MonitorError, remapCall, zeroedPageCall } from '../../../lib/system/monitor-calls.js';
import * as op from '../../../lib/processor/operations.js';
import { entryLo, ExceptionCode, Register, Status } from '../../../lib/processor/registers.js';
import { Activity } from '../../../lib/processor/software.js';
import { boot, each, mapPair } from '../../processor/privileged.js';
import { rethrow } from '../support/virtual.js';
import { startPlain, type GuestAnswer, type PlainGuest } from '../support/plain-guest.js';

/** Runs kernel-mode programs as one guest, to the end. */
function virtually(
  programs: readonly op.Program[],
  answer: GuestAnswer = unexpected,
  processors = 1,
  specification: Partial<VirtualMachineSpecification> = {},
  devices: readonly DeviceSpecification[] = [],
): PlainGuest {
  const preset = presets['disco-1997']({ nodes: processors });
  const nodes = { count: processors, processors: 1, memoryBytes: 512 * 4096 };
  const machine = buildMachine({ ...preset, nodes, devices }, { seed: 1 });
  const { system, virtual } = startPlain(new Disco(machine), programs, answer, specification);
  machine.run();
  rethrow(virtual);
  return system;
}

const unexpected: GuestAnswer = ({ code }) => {
  throw new Error(`exception ${code} is not expected`);
};

describe('a guest in kernel mode', () => {
  it('reads back every register as on the bare machine', () => {
    const operations = Object.values(Register)
      .filter(register => register !== Register.Count && register !== Register.Random)
      .flatMap(register => [
        op.writeRegister(register, register === Register.Status ? Status.EXL : -1),
        op.readRegister(register),
      ]);
    const bare: number[] = [];
    const found: number[] = [];
    boot([each(operations, bare)], undefined, { tlbEntries: 64 });
    virtually([each(operations, found)]);
    expect(found).toEqual(bare);
  });

  it.each([
    ['no request', null, MonitorError.NoSuchCall],
    ['an unknown call', { call: 'toString' }, MonitorError.NoSuchCall],
    ['a page that it has not', { call: 'free page', page: 64 }, MonitorError.BadPage],
    ['a copy in a page that it has not', remapCall(0, 64), MonitorError.BadPage],
    ['a device that it has not', { call: 'device', device: 'length', command: {} }, MonitorError.NoDevice],
    ['the version', { call: 'version' }, 1],
    ['a page of zeros', { call: 'zeroed page', page: 63 }, 0],
  ])('asks for %s and is told so', (_, request, wanted) => {
    const results: number[] = [];
    virtually([each([op.monitorCall(request)], results)]);
    expect(results).toEqual([wanted]);
  });

  it('gets zeros in a page that it has used, and keeps a page that it copies onto itself', () => {
    const seen: number[] = [];
    function* main(): op.Program {
      yield* mapPair(0, 0, entryLo(0, true, true), entryLo(1, true, true));
      yield op.store(8, 5);
      seen.push(yield op.monitorCall(remapCall(0, 0)), yield op.load(8));
      seen.push(yield op.monitorCall(zeroedPageCall(0)), yield op.load(8));
    }
    virtually([main()]);
    expect(seen).toEqual([0, 5, 0, 0]);
  });

  it('gets a copy of a page that a device is writing to', () => {
    const disks: DeviceSpecification[] = [
      { kind: 'disk', node: 0, model: 'hp97560', scheduling: 'fcfs', immediateReport: false },
    ];
    const seen: number[] = [];
    function* main(): op.Program {
      yield* mapPair(0, 0, entryLo(0, true, true), entryLo(1, true, true));
      yield op.store(4 * 1000, 77);
      yield op.store(4096, 5);
      const command = { op: 'read', sector: 0, sectors: 1, pieces: [{ frame: 0, offset: 0, bytes: 512 }] };
      yield op.deviceCommand(1, 0, { ...command, tag: 1, interruptTo: 0, interruptCode: 9 });
      seen.push(yield op.monitorCall(remapCall(0, 1)), yield op.load(4096 + 4 * 1000), yield op.load(4096));
      // Neither sees what is written to the other.
      yield op.store(4096 + 4 * 1001, 6);
      seen.push(yield op.load(4 * 1001), yield op.load(0));
    }
    virtually([main()], unexpected, 1, { disks: [{ disk: 'disk0', mode: 'private' }] }, disks);
    expect(seen).toEqual([0, 77, 0, 0, 0]);
  });

  it('is refused what is for system software on frames', () => {
    const refused = [
      op.machineLoad(machineFrame(0), 0),
      op.machineStore(machineFrame(0), 0, 1),
      op.copyFrame(machineFrame(0), machineFrame(1), 1),
      op.clearFrame(machineFrame(0), 1),
    ];
    const system = virtually([each(refused)], ({ context }) => {
      context!.complete();
      return null;
    });
    expect(system.taken.map(({ code }) => code)).toEqual(refused.map(() => ExceptionCode.CoprocessorUnusable));
  });

  it('is woken by its timer, and by another processor of its own, from a wait without interrupts enabled', () => {
    const order: string[] = [];
    function* sleeper(): op.Program {
      yield op.writeRegister(Register.Status, Status.EXL | Status.IM);
      yield op.writeRegister(Register.Compare, ((yield op.readRegister(Register.Count)) + 5000) | 0);
      yield op.waitForInterrupt();
      order.push('timer');
      yield op.interrupt(1, 7, 3);
    }
    function* woken(): op.Program {
      yield op.writeRegister(Register.Status, Status.IE | Status.IM);
      yield op.monitorCall({ call: 'idle' });
      order.push('end');
    }
    virtually([sleeper(), woken()], ({ message }) => {
      order.push(`interrupt ${message!.code} ${message!.a}`);
      return new Context([op.compute(1)].values(), Activity.Interrupt);
    });
    expect(order).toEqual(['timer', 'interrupt 7 3', 'end']);
  });
});
