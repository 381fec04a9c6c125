/** What is no monitor and no virtual machine, and what is said about it. */
import { describe, expect, it } from '@jest/globals';
import { buildMachine, type MachineOptions } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { missCounting } from '../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996 } from '../../lib/placement/policies/counters/presets.js';
import { Disco } from '../../lib/monitor/disco.js';
import { DEFAULT_DISCO, type DiscoOptions } from '../../lib/monitor/options.js';
import type { VirtualMachineSpecification } from '../../lib/monitor/virtual-machine.js';

function disco(options: DiscoOptions = {}, more: Partial<MachineOptions> = {}, disks = 1): Disco {
  const disk = { kind: 'disk', node: 0, model: 'hp97560', scheduling: 'fcfs', immediateReport: false } as const;
  const preset = presets['disco-1997']({ nodes: 1 });
  const nodes = { count: 1, processors: 1, memoryBytes: 2048 * 4096 };
  return new Disco(
    buildMachine({ ...preset, nodes, devices: Array.from({ length: disks }, () => disk) }, { seed: 1, ...more }),
    options,
  );
}

const GOOD: VirtualMachineSpecification = { name: 'good', processors: 1, memoryBytes: 2 ** 20 };

describe('a monitor', () => {
  it.each<[DiscoOptions, string]>([
    [{ quantumNs: 0 }, 'quantumNs: a quantum is longer than 0 and at most 1000000000000 ns, not 0'],
    [{ keepDecisions: -1 }, 'keepDecisions: -1 is neither an integer from 0 nor Infinity'],
    [{ consoleCharacters: 0 }, 'consoleCharacters: 0 is no integer from 1'],
    [
      { secondLevelTlb: { entries: 100, ways: 1 } },
      'secondLevelTlb: a second-level TLB has entries that are a power of',
    ],
    [{ quantum: 5 } as DiscoOptions, 'quantum: there is no such option; did you mean quantumNs?'],
  ])('is not made with %j', (options, message) => {
    expect(() => disco(options)).toThrow(message);
  });

  it('takes an option that is undefined as left out', () => {
    const options = { secondLevelTlb: undefined, gang: undefined } as never;
    expect(disco(options).options).toEqual(DEFAULT_DISCO);
  });

  it('does not go by a policy that is none', () => {
    const policy = 'first-touch' as never;
    expect(() => disco({ policy })).toThrow('policy: "first-touch" is none; give an object, such as firstTouch()');
  });

  it('does not go by hot pages on a machine that counts no misses', () => {
    const policy = missCounting(verghese1996.options);
    expect(() => disco({ policy })).toThrow(
      'policy: migrate-replicate goes by hot pages, and the machine counts no misses; build it with buildMachine(…, { counters: policy.counters })',
    );
    expect(() => disco({ policy }, { counters: policy.counters! })).not.toThrow();
  });

  it('does not run where software believes in a physical layout', () => {
    expect(() => disco({}, { layout: 'linear' })).toThrow('build it without a layout');
  });
});

describe('a virtual machine', () => {
  it.each<[object, string]>([
    [{ name: '' }, 'name: a virtual machine has a name that is not empty'],
    [{ processors: 0 }, 'processors: a virtual machine has 1 or more, not 0'],
    [{ memoryBytes: 5000 }, 'memoryBytes: 5000 is no multiple of the page of 4096 bytes'],
    [{ memoryBytes: 2 ** 28 }, 'are more than the 267386880 that'],
    [{ homes: [0, 0] }, 'homes: there are 2 for 1 virtual processors; give one for each'],
    [{ homes: [1] }, 'homes: there is no processor 1; the machine has 0 to 0'],
    [{ disks: [{ disk: 'disk1', mode: 'private' }] }, 'disk: the machine has no disk disk1; did you mean disk0?'],
    [{ disks: [{ disk: 'disk0', mode: 'shared' }] }, 'disks[0].mode: shared is neither private nor copy-on-write'],
    [{ disks: [{ disk: 'disk0', mode: 'private', visble: true }] }, 'disks[0].visble: there is no such field; did you'],
    [{ address: -1 }, 'address: -1 is not from 0 to 2147483647'],
    [{ adress: 1 }, 'adress: there is no such field; did you mean address?'],
  ])('cannot be %j', (changes, message) => {
    const monitor = disco();
    const free = monitor.frames.allFree;
    expect(() => monitor.create({ ...GOOD, ...changes })).toThrow(message);
    expect(monitor.frames.allFree).toBe(free);
  });

  it('has a console, which the driver of its guest addresses by its place among the devices', () => {
    const { console, devices } = disco().create({ ...GOOD, disks: [{ disk: 'disk0', mode: 'private' }], address: 5 });
    expect([console.output, devices.indexOf(console)]).toEqual(['', 2]);
  });

  it('of another monitor is left alone', () => {
    const [own, other] = [disco(), disco()];
    const [machine, foreign] = [own.create(GOOD), other.create(GOOD)];
    const says = 'good is a virtual machine of another monitor; create one here';
    expect(() => own.start(foreign, { exception: () => null }, [])).toThrow(says);
    expect(() => own.stop(foreign)).toThrow(says);
    expect(() => own.destroy(foreign)).toThrow(says);
    expect(own.machines).toEqual([machine]);
  });

  it('is told all of its faults at once', () => {
    expect(() => disco().create({ name: '', processors: 0, memoryBytes: 1 })).toThrow(
      /name: .*\nprocessors: .*\nmemory/s,
    );
  });

  it.each<[string, Partial<VirtualMachineSpecification>, string]>([
    ['name', {}, 'there is a virtual machine good already'],
    [
      'private disk',
      { name: 'other', disks: [{ disk: 'disk0', mode: 'private' }] },
      'or let good serve its files by NFS',
    ],
    ['address', { name: 'other', address: 5 }, 'network card of other: the address 5 is that of network card of good'],
  ])('cannot have the %s of another one', (_what, changes, message) => {
    const monitor = disco();
    monitor.create({ ...GOOD, disks: [{ disk: 'disk0', mode: 'private' }], address: 5 });
    const free = monitor.frames.allFree;
    expect(() => monitor.create({ ...GOOD, ...changes })).toThrow(message);
    expect(monitor.frames.allFree).toBe(free);
  });

  it('that is refused its second disk or its address has no disk of the others either', () => {
    const monitor = disco({}, {}, 2);
    const [private0, private1] = ['disk0', 'disk1'].map(disk => ({ disk, mode: 'private' as const }));
    monitor.create({ ...GOOD, disks: [private1], address: 5 });
    const wrong = { ...GOOD, name: 'other', disks: [private0, private1] };
    expect(() => monitor.create(wrong)).toThrow('cannot have disk1 as a private disk');
    expect(() => monitor.create({ ...wrong, disks: [private0], address: 5 })).toThrow('the address 5');
    expect(monitor.create({ ...wrong, disks: [private0] }).devices).toHaveLength(3);
  });

  it('leaves its disks and its address to the next one when it is destroyed', () => {
    const monitor = disco({}, {}, 2);
    const disks = ['disk0', 'disk1'].map(disk => ({ disk, mode: 'private' as const }));
    const free = monitor.frames.allFree;
    for (let times = 0; times < 12; times++) {
      monitor.destroy(monitor.create({ ...GOOD, disks, address: 5 }));
      monitor.machine.run();
    }
    expect(monitor.machines).toEqual(new Array(12).fill(null));
    // There was room beside other records for that of one card, of 1152 bytes.
    expect(monitor.frames.allFree).toBe(free);
  });
});
