import { describe, expect, it } from '@jest/globals';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { GuestImages } from '../../../lib/experiments/systems/guest-images.js';
import { NativeRun } from '../../../lib/experiments/systems/native.js';
import { nativeWorkload, type NativeWorkloadOptions } from '../../../lib/experiments/systems/native-workloads.js';

const images = new GuestImages();
const SEED = '1';

const workload = (name: string, options: Partial<NativeWorkloadOptions> = {}) =>
  nativeWorkload(name, { scale: 0.001, processors: 1, seed: SEED, images, ...options });

const run = (name: string, options: Partial<NativeWorkloadOptions> = {}) => {
  const { workload: guest, machine, layout } = workload(name, options);
  return new NativeRun({ workload: guest, machine, layout, profile: irix, seed: SEED }).run();
};

describe('workloads of the Disco paper by name', () => {
  it('have the machines of its figures', () => {
    const machines = [
      workload('engineering', { processors: 8 }),
      workload('raytrace', { processors: 16 }),
      workload('raytrace', { processors: 16, machine: 'uma' }),
      workload('radix', { processors: 8 }),
    ];
    expect(
      machines.map(({ machine, layout }) => [machine.nodes.length, machine.processor.l2.sizeBytes / 1024, layout]),
    ).toEqual([
      [8, 1024, 'coloured'],
      [16, 256, 'linear'],
      [1, 256, 'linear'],
      [8, 1024, 'interleaved'],
    ]);
  });

  it('have the processes of the paper: six and six of engineering on eight processors, otherwise one', () => {
    expect(workload('engineering', { processors: 8 }).workload.start.map(({ path }) => path)).toEqual(
      Array.from({ length: 6 }, () => ['/usr/bin/vcs', '/usr/bin/memsim']).flat(),
    );
    for (const name of ['database', 'raytrace', 'radix']) expect(workload(name).workload.start).toHaveLength(1);
  });

  it('are known by name only', () => {
    expect(() => workload('solitaire')).toThrow('there is no workload solitaire; there are pmake');
  });

  // Table 1 of the paper: 3.5 and 12.9 s; a run looks every 0.1 ms.
  it.each([
    ['engineering', 3.5],
    ['raytrace', 12.9],
  ])('measure a window of %s as long as the scale says', (name, ms) => {
    const { elapsedNs, time, partial } = run(name);
    expect(partial).toBeNull();
    expect(Math.abs(elapsedNs / 1e6 - ms)).toBeLessThan(0.11);
    expect(time.idle).toBeLessThan(1);
  });

  it('run all of a sort between two barriers', () => {
    const { processes, partial, time } = run('radix', { processors: 4 });
    expect([processes, partial]).toEqual([1, null]);
    expect(time.user).toBeGreaterThan(0);
  });

  it('are the same again', () => {
    const options = { processors: 2, scale: 0.0005 };
    expect(run('raytrace', options).fingerprint).toBe(run('raytrace', options).fingerprint);
  });
});
