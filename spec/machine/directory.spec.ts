/** Machines from specifications with each protocol and each format of directory. */
import { describe, expect, it } from '@jest/globals';
import { PROTOCOL_NAMES } from '../../lib/coherence/protocols/protocols.js';
import { buildMachine } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { resolve, type DirectorySpecification } from '../../lib/machine/specification/specification.js';
import { machineFrame } from '../../lib/messages/addresses.js';
import { compute, machineLoad, machineStore, type Program } from '../../lib/processor/operations.js';
import { PlainSoftware } from '../system/plain-software.js';

const SMALL = { ...presets['disco-1997'](), nodes: { count: 8, processors: 1, memoryBytes: 2 ** 16 } };

const DIRECTORIES: readonly (DirectorySpecification | undefined)[] = [
  undefined,
  { format: 'full' },
  { format: 'coarse', bits: 4 },
  { format: 'limited-broadcast', pointers: 2 },
  { format: 'limited-evict', pointers: 2 },
  { format: 'sparse', sets: 1, ways: 2 },
  { format: 'dynamic-pointers', cells: 2, cellNs: 100 },
];

/** Everybody reads the same lines of node 0 in turn, then one word each is written by everybody. */
function* sharing(self: number): Program {
  for (let i = 0; i < 40; i++) {
    yield compute(10 * self + i);
    yield machineLoad(machineFrame(0), 128 * (i % 6));
    if (i % 5 === 4) yield machineStore(machineFrame(0), 128 * (self % 6), self);
  }
}

function run(protocol: (typeof PROTOCOL_NAMES)[number], directory: DirectorySpecification | undefined) {
  const machine = buildMachine({ ...SMALL, protocol, ...(directory && { directory }) }, { seed: 1 });
  machine.load(
    new PlainSoftware(),
    machine.processors.map((_, i) => sharing(i)),
  );
  expect(machine.run()).toBe('finished');
  expect(machine.controllers.flatMap(controller => controller.imbalance())).toEqual([]);
  return machine;
}

const sum = (machine: ReturnType<typeof run>, name: string): number =>
  machine.simulation.statistics().reduce((total, each) => total + (each.name === name ? each.value : 0), 0);

describe.each(PROTOCOL_NAMES)('a machine with %s', protocol => {
  it.each(DIRECTORIES)('runs with a directory of %j', directory => {
    const machine = run(protocol, directory);
    const counted = ['overflows', 'evictedSharers', 'recalls'].reduce((total, name) => total + sum(machine, name), 0);
    if (directory === undefined || directory.format === 'full') expect(counted).toBe(0);
    else expect(counted).toBeGreaterThan(0);
  });
});

describe('the directory of a specification', () => {
  it('is left out where it was left out, and means a full bit vector then', () => {
    expect('directory' in resolve(SMALL)).toBe(false);
    const prints = [undefined, { format: 'full' } as const].map(directory => run('MESI', directory).simulation);
    expect(prints[0].fingerprint.toString()).toBe(prints[1].fingerprint.toString());
  });

  it('costs messages when it is not exact, and the controller time when it is a list', () => {
    const forwards = (directory?: DirectorySpecification): number => sum(run('MESI', directory), 'forwards');
    expect(forwards({ format: 'limited-broadcast', pointers: 1 })).toBeGreaterThan(forwards());
    const busy = (cellNs: number): number => {
      const [home] = run('MESI', { format: 'dynamic-pointers', cells: 16, cellNs }).controllers;
      return home.occupancy.busyTicks;
    };
    expect(busy(100)).toBeGreaterThan(busy(0));
  });
});
