import { describe, expect, it } from '@jest/globals';
import { GuestImages } from '../../../lib/experiments/systems/guests/guest-images.js';
import { makeWorkload, profileOf, type SystemName } from '../../../lib/experiments/systems/choices.js';
import { processorsOf, sizedMachine } from '../../../lib/experiments/systems/machine-size.js';
import { systemOptions } from '../../../lib/experiments/systems/named-runs.js';
import type { PresetName } from '../../../lib/machine/presets/presets.js';

const bytes = ({ nodes }: ReturnType<typeof sizedMachine>): number =>
  nodes.reduce((sum, node) => sum + node.memoryBytes, 0);

describe('a machine of a size', () => {
  it.each([
    ['disco-1997', undefined, 1, 1],
    ['disco-1997', 8, 8, 8],
    ['uma', 4, 4, 1],
    ['xeon-2s', undefined, 16, 2],
    ['xeon-2s', 8, 8, 1],
  ] as const)('%s with %s processors has %d on %d nodes', (name, processors, found, nodes) => {
    const machine = sizedMachine(name, { processors });
    expect([processorsOf(machine), machine.nodes.length]).toEqual([found, nodes]);
  });

  it('is refused if it cannot have as many processors, with numbers that it can have', () => {
    expect(() => sizedMachine('xeon-2s', { processors: 3 })).toThrow('xeon-2s cannot have 3 processors, but 8 or 16');
  });

  it.each([
    ['disco-1997', 8, 8],
    ['uma', 4, 4],
    ['xeon-2s', 3, 16],
    ['xeon-2s', 17, 24],
  ] as const)('%s with at least %d processors has %d', (name, processorsAtLeast, found) => {
    expect(processorsOf(sizedMachine(name, { processorsAtLeast }))).toBe(found);
  });

  it.each([0, -1, 0.5, NaN])('has at least one processor, not %d', processorsAtLeast => {
    expect(() => sizedMachine('uma', { processorsAtLeast })).toThrow(`processorsAtLeast is ${processorsAtLeast}; give`);
  });

  it('is refused with a number of processors and a least number', () => {
    expect(() => sizedMachine('uma', { processors: 2, processorsAtLeast: 2 })).toThrow('are both given');
  });

  it('has as much memory as is asked for, on those nodes that have any', () => {
    expect(bytes(sizedMachine('disco-1997', { processors: 8, memoryBytes: 64 * 2 ** 20 }))).toBe(64 * 2 ** 20);
    expect(bytes(sizedMachine('uma', { processors: 8, memoryBytes: 64 * 2 ** 20 }))).toBe(64 * 2 ** 20);
  });

  it('has as large a cache as is asked for', () => {
    expect(sizedMachine('disco-1997', { l2Bytes: 2 ** 18 }).processor.l2.sizeBytes).toBe(2 ** 18);
  });
});

describe('what is chosen by name', () => {
  const how = { scale: 1, processors: 1, seed: '1', images: new GuestImages() };

  it.each([0, -1, NaN, Infinity])('is no workload of length %d', scale => {
    expect(() => makeWorkload('pmake', { ...how, scale })).toThrow(
      `scale, 1 for the length of the paper, is ${scale}; give a number above 0`,
    );
  });

  it.each<[string, () => unknown, string]>([
    ['workload', () => makeWorkload('nix', how), 'there is no workload nix; there are pmake, engineering'],
    [
      'workload',
      () =>
        systemOptions({ ...how, workload: 'toString', system: 'irix', machine: sizedMachine('uma'), monitor: null }),
      'there is no workload toString;',
    ],
    ['system', () => profileOf('hurd' as SystemName), 'there is no system hurd; there are irix, linux-mips, splashos'],
    ['machine', () => sizedMachine('vax' as PresetName), 'there is no preset vax; there are disco-1997, uma'],
  ])('is no unknown %s', (_what, choose, says) => {
    expect(choose).toThrow(new RegExp(`^${says}`));
  });
});
