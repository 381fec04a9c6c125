import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lineNumber, machineFrame } from '../../lib/messages/addresses.js';
import { DeviceCommand, DmaDone, DmaRequest, NO_DEVICE } from '../../lib/messages/io-messages.js';
import { InterruptMessage } from '../../lib/messages/coherence-messages.js';
import { Simulation } from '../../lib/engine/simulation.js';
import { AddressMap } from '../../lib/messages/address-map.js';
import { mesi } from '../../lib/coherence/protocols/mesi.js';
import { IoBridge } from '../../lib/processor/io-bridge.js';
import { LINE, PAGE, Probe, rig, type RigOptions } from '../devices/rig.js';

const setUp = (options: RigOptions = {}) => rig(scope => [new Probe(scope, 'probe')], options);
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('DMA through a bridge', () => {
  it('is seen by a load of a processor, whose copy it takes away', () => {
    const { simulation, hosts, devices } = setUp();
    hosts[1].load(0, 64);
    simulation.run();
    devices[0].write(0, 0, range(100, 32), LINE);
    simulation.run();
    hosts[1].load(0, 64);
    hosts[0].load(0, 124);
    simulation.run();
    expect([hosts[1].loaded, hosts[0].loaded]).toEqual([[0, 116], [131]]);
  });

  it('sees a store of a processor that is only in its cache', () => {
    const { simulation, hosts, devices, controllers } = setUp();
    hosts[1].store(8, 8, 77); // frame 8 is the first of node 1
    simulation.run();
    expect(controllers[1].lineInMemory(lineNumber(8 * 32))).toBeNull();
    devices[0].read(8, 4, 12, 5);
    simulation.run();
    expect(devices[0].words()).toEqual([0, 77, 0]);
    expect(devices[0].received[0].message).toMatchObject({ tag: 5 });
  });

  it('of a part of a line leaves the rest of it alone', () => {
    const { simulation, hosts, devices } = setUp();
    hosts[0].store(3, LINE - 8, 1);
    hosts[0].store(3, LINE + 8, 2);
    simulation.run();
    devices[1].write(3, LINE - 4, [5, 6, 7], 12);
    simulation.run();
    for (const offset of [LINE - 8, LINE - 4, LINE, LINE + 4, LINE + 8]) hosts[0].load(3, offset);
    simulation.run();
    expect(hosts[0].loaded).toEqual([1, 5, 6, 7, 2]);
  });

  it('of lines that were never written reads zeros, as many as asked for', () => {
    const { simulation, devices } = setUp();
    devices[0].read(2, LINE - 4, 12);
    simulation.run();
    const [{ message }] = devices[0].received;
    expect(Array.from((message as DmaDone).words!)).toEqual([0, 0, 0]);
    expect(new DmaDone(1, 0, null).words).toBeNull();
    // What was never written counts by its tag, as in 0.4.0.
    expect(new DmaDone(7, 12, null).signature()).toBe(7);
  });

  it('of zeros clears what was there, and reads it as zeros', () => {
    const { simulation, hosts, devices } = setUp();
    for (const offset of [0, 4, LINE]) hosts[0].store(2, offset, 9);
    simulation.run();
    devices[0].write(2, 0, null, LINE + 4);
    devices[0].read(2, 0, PAGE);
    simulation.run();
    expect(devices[0].words()!.every(word => word === 0)).toBe(true);
    hosts[1].load(2, LINE);
    simulation.run();
    expect(hosts[1].loaded).toEqual([0]);
  });

  it('is answered in the order of asking, one transfer at a time', () => {
    const { simulation, devices, bridges } = setUp();
    devices[0].write(0, 0, range(1, 1024), PAGE, 1);
    devices[0].read(0, 0, 8, 2);
    devices[0].read(9, 0, 8, 3);
    simulation.run();
    expect(devices[0].received.map(({ message }) => (message as { tag: number }).tag)).toEqual([1, 2, 3]);
    expect(bridges[0].stats).toMatchObject({ dmaReads: 2, dmaWrites: 1, dmaBytes: PAGE + 16, largestQueue: 2 });
    expect(bridges[0].stats.misses).toBe(32 + 1 + 1);
  });

  it('takes what its lines take: a miss and the time at the bridge for each', () => {
    const { simulation, devices } = setUp({ nodes: 1 });
    devices[0].read(0, 0, 2 * LINE);
    simulation.run();
    // Wire 5; per line 3 to the controller, look-up 5, memory 29, 3 back, 2 at the bridge; wire 5.
    expect(devices[0].received[0].at).toBe(5 + 2 * (3 + 5 + 29 + 3 + 2) + 5);
  });

  it('of a part of a line takes its time once, however many words it has', () => {
    const { simulation, devices } = setUp({ nodes: 1 });
    devices[0].write(0, 8, range(1, 5), 20);
    simulation.run();
    expect(devices[0].received[0].at).toBe(5 + (3 + 5 + 29 + 3 + 2) + 5);
  });

  it('outside of memory is a fault of the device', () => {
    const wrong: [number, number, number, string][] = [
      [16, 0, 4, '4 bytes from 0 of frame 16, which is not in memory'],
      [0, PAGE - 4, 8, '8 bytes from 4092 of frame 0, which is not in memory'],
      [0, -4, 8, '8 bytes from -4 of frame 0, which is not in memory'],
      [0, 0, 0, '0 bytes from 0 of frame 0, which is not in memory'],
      [0, 2, 4, 'parts of words'],
      [0, 0, 6, 'parts of words'],
    ];
    for (const [frame, offset, bytes, message] of wrong) {
      const { simulation, devices } = setUp();
      devices[0].read(frame, offset, bytes);
      expect(() => simulation.run()).toThrow(message);
    }
  });

  it.each(['MSI', 'MESI', 'MOSI', 'MOESI', 'MESI-retry'] as const)(
    'is coherent under %s with every directory',
    protocol => {
      const formats: RigOptions['format'][] = [
        { format: 'full' },
        { format: 'coarse', bits: 2 },
        { format: 'limited-broadcast', pointers: 1 },
        { format: 'limited-evict', pointers: 2 },
        { format: 'sparse', sets: 2, ways: 2 },
        { format: 'dynamic-pointers', cells: 4 },
      ];
      for (const format of formats) raceAlong({ protocol, format: format!, nodes: 3, hosts: 2 });
    },
  );

  it('is coherent over routers', () => {
    raceAlong({ routers: true, nodes: 3, hosts: 2 });
  });
});

/**
 * Hosts and devices write their own words of the same few lines, all at once; then everybody must read what each wrote
 * last. Words of a line have different writers, so a lost or stale line shows.
 */
function raceAlong(options: RigOptions): void {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(8), fc.nat(5), fc.nat(3000), fc.boolean()), { minLength: 10, maxLength: 120 }),
      steps => {
        const { simulation, hosts, devices } = setUp(options);
        const writers = [...hosts, ...devices];
        const last = new Map<number, number>();
        steps.forEach(([who, line, at, reads], step) => {
          const writer = writers[who];
          const word = 3 * who;
          // One writer's writes keep their order only if they leave in it.
          hosts[0].later(1 + step * 5 + (at & 3), () => {
            if (reads) {
              // Copies that are taken away again, or have to be.
              if ('write' in writer) writer.read(line & 3, (line >> 2) * LINE, 4);
              else writer.load(line & 3, (line >> 2) * LINE);
            } else if ('write' in writer)
              writer.write(line & 3, (line >> 2) * LINE + 4 * word, [step + 1, 0 - step], 8);
            else writer.store(line & 3, (line >> 2) * LINE + 4 * word, step + 1);
          });
          if (reads) return;
          last.set(32 * line + word, step + 1);
          if ('write' in writer) last.set(32 * line + word + 1, 0 - step);
        });
        simulation.run();
        for (const [key, value] of last) {
          const line = key >> 5;
          const reader = devices[key % devices.length];
          reader.read(line & 3, (line >> 2) * LINE + 4 * (key & 31), 4, key);
          const host = hosts[key % hosts.length];
          host.load(line & 3, (line >> 2) * LINE + 4 * (key & 31));
          simulation.run();
          expect([key, host.loaded.at(-1), reader.words()?.[0] ?? 0]).toEqual([key, value, value]);
        }
      },
    ),
    { numRuns: 25 },
  );
}

describe('a bridge', () => {
  it('passes commands and reads of registers on to the device that they name', () => {
    const { simulation, hosts, devices, map, bridges } = setUp();
    hosts[0].command(map.bridgeOfNode[1], 0, { op: 'ping', list: [1, 2] });
    hosts[0].read(map.bridgeOfNode[1], 0, 3);
    simulation.run();
    expect(devices[1].received.map(({ message }) => message)).toMatchObject([
      { from: 0, command: { op: 'ping', list: [1, 2] } },
      { from: 0, register: 3 },
    ]);
    expect(bridges[1].stats).toMatchObject({ commands: 1, registerReads: 1 });
  });

  it('passes interrupts on to processors of any node', () => {
    const { simulation, hosts, devices, map } = setUp();
    for (const to of [0, 1]) devices[0].bridge.send(new InterruptMessage(1, 9, map.bridgeOfNode[0], to, 1, 2));
    simulation.run();
    for (const host of hosts) expect(host.interrupts).toMatchObject([{ from: 2, code: 9, a: 1, b: 2 }]);
  });

  it('answers for devices that are not there, and drops commands to them', () => {
    const { simulation, hosts, map, bridges } = setUp();
    for (const device of [1, -1, 0.5, NaN]) {
      hosts[0].command(map.bridgeOfNode[1], device, {});
      hosts[0].read(map.bridgeOfNode[1], device, 0);
    }
    hosts[0].node.send(new InterruptMessage(1, 5, 0, map.bridgeOfNode[0], 0, 0));
    simulation.run();
    expect(hosts[0].values.map(({ value }) => value)).toEqual(Array.from({ length: 4 }, () => NO_DEVICE));
    expect([bridges[0].stats.strays, bridges[1].stats.strays]).toEqual([1, 4]);
  });

  it('is refused without a number among the bridges, or with lines that take no time', () => {
    const map = new AddressMap({ frames: [1], processors: [2], bridges: [1], pageBytes: 4096, lineBytes: 128 });
    const make = (changes: object) => () =>
      new IoBridge(new Simulation({ tickPs: 1, seed: 1 }), 'bridge', {
        ...{ bridge: 2, map, protocol: mesi, lines: 4, lineTicks: 1, devices: 0, flits: { control: 1, data: 5 } },
        ...changes,
      });
    expect(make({})).not.toThrow();
    expect(make({ bridge: 1 })).toThrow('the map has no bridge 1');
    expect(make({ bridge: 3 })).toThrow('the map has no bridge 3');
    expect(make({ lineTicks: 0 })).toThrow('lineTicks is 0; give a whole number of at least 1');
    expect(make({ lines: 3 })).toThrow('is a power of two');
  });
});

describe('the signature of a transfer', () => {
  it('tells places and contents apart', () => {
    const requests = [
      new DmaRequest(false, machineFrame(1), 0, 512, null, 0),
      new DmaRequest(true, machineFrame(1), 0, 512, null, 0),
      new DmaRequest(true, machineFrame(2), 0, 512, null, 0),
      new DmaRequest(true, machineFrame(1), 512, 512, null, 0),
      new DmaRequest(true, machineFrame(1), 0, 1024, null, 0),
      new DmaRequest(true, machineFrame(1), 0, 512, Int32Array.of(1), 0),
      new DmaRequest(true, machineFrame(1), 0, 512, Int32Array.of(2), 0),
    ];
    expect(new Set(requests.map(request => request.signature())).size).toBe(requests.length);
    const answers = [null, Int32Array.of(1), Int32Array.of(2)].map(words => new DmaDone(0, 4, words).signature());
    expect(new Set(answers).size).toBe(3);
  });
});

describe('the signature of a command', () => {
  const of = (command: object): number => new DeviceCommand(1, 0, 4, 0, command as Record<string, unknown>).signature();

  it('tells contents apart, to the last number', () => {
    const commands = [
      {},
      { op: 'read' },
      { op: 'write' },
      { op: 'read', sector: 1 },
      { op: 'read', sector: 2 ** 32 + 1 },
      { op: 'read', pieces: [{ frame: 1, offset: 0 }] },
      { op: 'read', pieces: [{ frame: 1, offset: 512 }] },
      { op: 'read', pieces: [] },
      { op: 'read', pieces: {} },
      { op: 'read', flag: true },
      { op: 'read', flag: false },
    ];
    expect(new Set(commands.map(of)).size).toBe(commands.length);
  });

  it('does not mind what is no plain data', () => {
    for (const nothing of [null, undefined, 5, 'text'])
      expect(new DeviceCommand(1, 0, 4, 0, nothing as never).command).toEqual({});
    const round: Record<string, unknown> = { op: 'read' };
    round['self'] = round;
    expect(Number.isInteger(of(round))).toBe(true);
    expect(of({ a: null, b: undefined, c: () => 1, d: NaN, e: Infinity, f: 1n })).toBe(
      of({ a: null, b: undefined, c: () => 2, d: NaN, e: Infinity, f: 2n }),
    );
  });
});
