/** Devices as parts of a machine: what a specification says of them, and that they do their work in one. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { machineFrame } from '../../lib/messages/addresses.js';
import { DeviceCommand } from '../../lib/messages/io-messages.js';
import type { InterruptMessage } from '../../lib/messages/coherence-messages.js';
import { hp97560 } from '../../lib/devices/presets.js';
import type { DeviceSpecification } from '../../lib/machine/specification/device-specification.js';
import { buildMachine, type Machine, type MachineOptions } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { SpecificationError } from '../../lib/machine/specification/specification-error.js';
import { resolve, type MachineSpecification } from '../../lib/machine/specification/specification.js';
import {
  compute,
  load,
  machineLoad,
  machineStore,
  store,
  type Operation,
  type Program,
} from '../../lib/processor/operations.js';
import type { Processor } from '../../lib/processor/processor.js';
import { Context } from '../../lib/processor/context.js';
import { Activity } from '../../lib/processor/software.js';
import { PlainSoftware } from '../system/plain-software.js';

const DISK: DeviceSpecification = {
  kind: 'disk',
  node: 0,
  model: 'hp97560',
  scheduling: 'fcfs',
  immediateReport: false,
};
const SEGMENT: DeviceSpecification = { kind: 'network-segment', name: 'lan', medium: 'ethernet-10' };
const card = (node: number, more: object = {}): DeviceSpecification => ({
  ...{ kind: 'network-card', node, segment: 'lan', address: 10 + node, buffers: 4 },
  ...more,
});
const CONSOLE: DeviceSpecification = {
  ...{ kind: 'console', node: 1, outputCharacters: 80, interruptTo: 1, interruptCode: 4 },
};
const timer = (processor: number, more: object = {}): DeviceSpecification => ({
  ...{ kind: 'timer', processor, periodNs: 10_000, phaseNs: 0, on: true, interruptCode: 3 },
  ...more,
});
const CLOCK: DeviceSpecification = { kind: 'clock', node: 0, unit: 'us', epoch: 0 };

/** FLASH of four nodes with devices. */
function specification(devices: readonly unknown[]): MachineSpecification {
  return { ...presets['flash-1994']({ nodes: 4 }), devices: devices as DeviceSpecification[] };
}

function faultsOf(devices: readonly unknown[]): string[] {
  try {
    resolve(specification(devices));
  } catch (error) {
    if (error instanceof SpecificationError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('devices of a specification', () => {
  it('get names by kind and rank, and all figures of their models', () => {
    const { devices } = resolve(
      specification([DISK, { ...DISK, node: 2, name: 'root' }, { ...DISK, node: 1 }, SEGMENT, card(0), CLOCK]),
    );
    expect(devices!.map(({ name }) => name)).toEqual(['disk0', 'root', 'disk2', 'lan', 'card0', 'clock0']);
    expect(devices![0]).toMatchObject({ model: hp97560 });
    expect(devices![3]).toMatchObject({ medium: { byteNs: 800, mtuBytes: 1500 } });
    expect(resolve(specification(devices!)).devices).toEqual(devices);
  });

  it('are not there unless given', () => {
    const resolved = resolve(presets['flash-1994']());
    expect('devices' in resolved).toBe(false);
    const machine = buildMachine(resolved, { seed: 1 });
    expect([machine.devices.size, machine.map.caches, machine.bridges.every(bridge => bridge === null)]).toEqual([
      0,
      16,
      true,
    ]);
  });

  it.each<[string, unknown[], string[]]>([
    [
      'an unknown kind',
      [{ ...DISK, kind: 'dsk' }],
      ['devices[0].kind: is none of disk, network-segment, network-card, console, timer, clock; did you mean disk?'],
    ],
    ['an unknown key', [{ ...DISK, nodes: 0 }], ['devices[0].nodes: is unknown; did you mean node?']],
    [
      'an unknown model',
      [{ ...DISK, model: 'hp97561' }],
      ['devices[0].model: is none of hp97560; did you mean hp97560?'],
    ],
    [
      'a model with a fault',
      [{ ...DISK, model: { ...hp97560, cylinder: 1, headSwitchMs: -1 } }],
      [
        'devices[0].model.headSwitchMs: too small: expected number to be >=0; given -1',
        'devices[0].model.cylinder: is unknown; did you mean cylinders?',
      ],
    ],
    ['no model', [{ ...DISK, model: undefined }], ['devices[0].model: is none of the forms that are allowed here']],
    [
      'an unknown order',
      [{ ...DISK, scheduling: 'clook' }],
      ['devices[0].scheduling: is none of fcfs, c-look; did you mean c-look?'],
    ],
    [
      'a bad name',
      [{ ...DISK, name: '0' }],
      ['devices[0].name: is not a name: a letter, then letters, digits, - or _'],
    ],
    [
      'a name twice',
      [
        { ...DISK, name: 'a' },
        { ...CLOCK, name: 'a' },
      ],
      ['devices[1].name: devices[0] is called a, too'],
    ],
    [
      'a name that another has by its rank',
      [{ ...DISK, name: 'disk1' }, DISK],
      ['devices[1].name: devices[0] is called disk1, too'],
    ],
    [
      'the name of another part',
      [{ ...DISK, name: 'cpu0' }],
      ['devices[0].name: cpu0 is the name of another part of a machine'],
    ],
    ['a node too many', [{ ...DISK, node: 4 }], ['devices[0].node: there is no node 4; the last one is 3']],
    ['a processor too many', [timer(4)], ['devices[0].processor: there is no processor 4; the last one is 3']],
    [
      'nobody to interrupt',
      [{ ...CONSOLE, interruptTo: 9 }],
      ['devices[0].interruptTo: there is no processor 9; the last one is 3'],
    ],
    [
      'the code of the hardware',
      [timer(0, { interruptCode: 0 })],
      ['devices[0].interruptCode: too small: expected number to be >=1; given 0'],
    ],
    [
      'a phase beyond the period',
      [timer(0, { phaseNs: 10_000 })],
      ['devices[0].phaseNs: a phase of 10000 ns is not within a period of 10000 ns'],
    ],
    [
      'a period between ticks',
      [timer(0, { periodNs: 1001 })],
      ['devices[0].periodNs: 1001 ns is not a whole number of ticks of 2500 ps; tickPs 1000 would fit every time here'],
    ],
    [
      'a byte between ticks',
      [{ ...SEGMENT, medium: { byteNs: 8, overheadBytes: 38, leastBytes: 46, mtuBytes: 1500 } }, card(0)],
      [
        'devices[0].medium.byteNs: 8 ns is not a whole number of ticks of 2500 ps; tickPs 1000 would fit every time here',
      ],
    ],
    ['a segment without cards', [SEGMENT], ['devices[0]: no network card is on lan; leave it out']],
    [
      'a card without segment',
      [SEGMENT, card(0), card(1, { segment: 'wan' })],
      ['devices[2].segment: there is no network-segment called wan; did you mean lan?'],
    ],
    [
      'an address twice',
      [SEGMENT, card(0), card(1, { address: 10 })],
      ['devices[2].address: another card on lan has the address 10'],
    ],
  ])('with %s are refused', (_, devices, faults) => {
    expect(faultsOf(devices)).toEqual(faults);
  });
});

/** Page n is frame n; interrupts are noted, and their handler takes a few cycles. */
class Noting extends PlainSoftware {
  readonly notes: { processor: number; at: number; code: number; a: number; b: number }[] = [];

  override interrupt({ processor, simulation }: Processor, { code, a, b }: InterruptMessage): Context {
    this.notes.push({ processor, at: simulation.now, code, a, b });
    return new Context([compute(50)].values(), Activity.Interrupt);
  }
}

function build(
  devices: readonly DeviceSpecification[],
  programs: (Program | null)[],
  options: Partial<MachineOptions> = {},
  changes: Partial<MachineSpecification> = {},
) {
  const machine = buildMachine({ ...specification(devices), ...changes }, { seed: 1, ...options });
  const software = new Noting();
  machine.load(
    software,
    machine.processors.map((_, i) => programs[i] ?? null),
  );
  return { machine, software };
}

/** Sends a command from processor 0, before the run. */
function command(machine: Machine, name: string, content: Record<string, unknown>): void {
  const { bridge, index } = machine.devices.get(name)!;
  machine.processors[0].node.send(
    new DeviceCommand(1, 0, bridge, index, { interruptTo: 0, interruptCode: 5, ...content }),
  );
}

function* reading(frame: number, values: number[]): Generator<Operation, void, number> {
  yield compute(200_000_000);
  for (const offset of [0, 508, 4092]) values.push(yield machineLoad(machineFrame(frame), offset));
}

describe('a machine with devices', () => {
  it('has them by name and kind, on a bridge of their node', () => {
    const { machine } = build([DISK, { ...DISK, node: 3 }, SEGMENT, card(0), card(3), CONSOLE, timer(2), CLOCK], []);
    expect([...machine.devices.values()].map(({ name, node, bridge, index }) => [name, node, bridge, index])).toEqual([
      ['disk0', 0, 4, 0],
      ['disk1', 3, 7, 0],
      ['card0', 0, 4, 1],
      ['card1', 3, 7, 1],
      ['console0', 1, 5, 0],
      ['timer0', 2, 6, 0],
      ['clock0', 0, 4, 2],
    ]);
    expect(machine.device('disk1', 'disk').path).toBe('node3.disk1');
    expect(machine.segments.get('lan')!.path).toBe('lan');
    expect(() => machine.device('disk2', 'disk')).toThrow('there is no device called disk2; did you mean disk0?');
    expect(() => machine.device('card0', 'disk')).toThrow('card0 is a network-card, not a disk');
  });

  it('reads a disk of one node into memory of another, where a processor of a third finds it', () => {
    const values: number[] = [];
    const frames = 32 * 256; // of 4096 bytes to a node
    const { machine, software } = build([DISK], [null, null, reading(3 * frames + 7, values)]);
    machine.device('disk0', 'disk').poke(
      1000,
      Array.from({ length: 1024 }, (_, i) => i),
    );
    command(machine, 'disk0', {
      op: 'read',
      sector: 1000,
      sectors: 8,
      pieces: [{ frame: 3 * frames + 7, offset: 0, bytes: 4096 }],
      tag: 6,
    });
    expect(machine.run()).toBe('finished');
    expect(values).toEqual([0, 127, 1023]);
    expect(software.notes).toMatchObject([{ processor: 0, code: 5, a: 6, b: 0 }]);
  });

  it('writes what a processor has stored to a disk', () => {
    const program = [machineStore(machineFrame(8), 512, 77)].values();
    const { machine } = build([DISK], [null, program]);
    command(machine, 'disk0', {
      op: 'write',
      sector: 5,
      sectors: 2,
      pieces: [{ frame: 8, offset: 0, bytes: 1024 }],
      tag: 6,
    });
    machine.run();
    expect([...machine.device('disk0', 'disk').peek(5, 2)].slice(126, 131)).toEqual([0, 0, 77, 0, 0]);
  });

  it('ticks: a timer interrupts its processor while that computes, to the tick', () => {
    const { machine, software } = build(
      [timer(1), timer(2, { phaseNs: 2500 })],
      [null, [compute(1_000_000)].values(), [compute(1_000_000)].values()],
    );
    machine.run({ until: 17_000 });
    const at = (processor: number): number[] =>
      software.notes.filter(note => note.processor === processor).map(note => note.at);
    // Bus, bus, 60 ns out of the controller, bus: 210 ns, at 2.5 ns a tick.
    expect(at(1)).toEqual([4084, 8084, 12_084, 16_084]);
    expect(at(2)).toEqual([1084, 5084, 9084, 13_084]);
  });

  it('does the same with run-ahead and without, whatever devices do to the memory that programs use', () => {
    // A disk faster than memory keeps writing to and reading from the frame that all processors load from and store to.
    const model = {
      ...hp97560,
      rotationsPerMinute: 100_000,
      sectorsPerTrack: 4096,
      overheadMs: 0,
      busMBytesPerSecond: 1e6,
    };
    const medium = { byteNs: 2.5, overheadBytes: 38, leastBytes: 46, mtuBytes: 1500 };
    const devices: DeviceSpecification[] = [
      ...[
        { ...DISK, node: 3, model },
        { ...DISK, node: 0, model },
        { ...SEGMENT, medium } as DeviceSpecification,
        card(1, { buffers: 30 }),
        card(2, { buffers: 30 }),
        CONSOLE,
      ],
      ...[timer(0, { periodNs: 1250 }), timer(3, { periodNs: 1700, phaseNs: 500 })],
    ];
    // Controllers that take no time leave no room between what can happen and what does.
    const { controller, network } = presets['flash-1994']();
    const quick = {
      busNs: 10,
      controller: Object.fromEntries(Object.keys(controller).map(key => [key, 0])) as unknown as typeof controller,
      network: { ...network, niNs: 2.5, topology: { kind: 'crossbar', attach: { latencyNs: 25, flitNs: 0 } } },
    } as const;
    const step = fc.record({
      op: fc.constantFrom('read', 'read', 'write', 'send'),
      offset: fc.nat(7),
      sectors: fc.integer({ min: 1, max: 8 }),
    });
    const run = (
      runAhead: boolean,
      steps: readonly { op: string; offset: number; sectors: number }[],
      pause: number,
    ) => {
      const programs = [0, 1, 2, 3].map(i => sharing(i, pause));
      const { machine, software } = build(devices, programs, { runAhead }, quick);
      machine.device('disk0', 'disk').poke(
        0,
        Array.from({ length: 128 * 64 }, (_, i) => i),
      );
      machine.device('console0', 'console').type('abc', 5000);
      for (let i = 0; i < 30; i++)
        command(machine, 'card1', { op: 'post', pieces: [{ frame: 2, offset: 0, bytes: 2048 }], tag: i });
      steps.forEach(({ op, offset, sectors }, tag) => {
        const bytes = 512 * Math.min(sectors, 8 - offset);
        const pieces = [{ frame: 2, offset: 512 * offset, bytes }];
        if (op === 'send')
          command(machine, 'card0', { op, to: 12, pieces: [{ ...pieces[0], bytes: 128 * sectors }], tag });
        // The first sector comes by at tick 2360; the others are read ahead.
        else if (op === 'read') command(machine, 'disk0', { op, sector: 40 + tag, sectors: bytes / 512, pieces, tag });
        else command(machine, 'disk1', { op, sector: 60, sectors: bytes / 512, pieces, tag });
      });
      machine.run({ until: 60_000 });
      return [machine.simulation.fingerprint.toString(), software.notes, machine.simulation.statistics()];
    };
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), fc.nat(12), (steps, pause) => {
        expect(run(true, steps, pause)).toEqual(run(false, steps, pause));
      }),
      { numRuns: 12, seed: 1997 },
    );
  });

  it('does not count misses of bridges for pages: they would move to be near a device', () => {
    const counters = { threshold: 2, sampling: 1, bits: 8, delayNs: 0, resetNs: 1e9 };
    const machine = buildMachine({ ...specification([{ ...DISK, node: 1 }]), counters }, { seed: 1 });
    const software = new Noting();
    machine.load(
      software,
      machine.processors.map(() => null),
    );
    command(machine, 'disk0', {
      op: 'write',
      sector: 0,
      sectors: 8,
      pieces: [{ frame: 2, offset: 0, bytes: 4096 }],
      tag: 1,
    });
    machine.run();
    expect(software.notes.map(({ code }) => code)).toEqual([5]);
    expect(machine.controllers[0].stats).toMatchObject({ remoteRequests: 32, hotPages: 0 });
  });

  it('is drawn with them', () => {
    const { machine } = build([DISK, { ...DISK, name: 'second' }, CONSOLE], []);
    const { svg, mermaid } = machine.draw();
    expect(svg).toContain('node 0: 1 processor, 32 MB, 2 disks');
    expect(mermaid).toContain('n0["node 0<br/>1 processor<br/>32 MB<br/>2 disks"]');
    expect(mermaid).toContain('n1["node 1<br/>1 processor<br/>32 MB<br/>1 console"]');
  });
});

/** Loads and stores all over the frame that devices write to, with short pauses, without end. */
function* sharing(processor: number, pause: number): Generator<Operation, void, number> {
  let sum = processor;
  for (let i = 0; ; i++) {
    yield compute(1 + ((i * (processor + 3)) % (pause + 1)));
    const address = 2 * 4096 + 4 * ((sum * 7 + i * 13) & 1023);
    if (i % 19 === processor) yield store(address, sum);
    else sum = (sum + (yield load(address)) + i) | 0;
  }
}
