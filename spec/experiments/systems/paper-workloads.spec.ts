import { describe, expect, it } from '@jest/globals';
import { GuestImages } from '../../../lib/experiments/systems/guests/guest-images.js';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
import { paperWorkload, type PaperWorkloadOptions } from '../../../lib/experiments/systems/paper-workloads.js';
import { guestsWith } from './fixture.js';

const images = new GuestImages();
const SEED = '1';

const workload = (name: string, options: Partial<PaperWorkloadOptions> = {}) =>
  paperWorkload(name, { scale: 0.001, processors: 1, seed: SEED, images, ...options });

const run = (name: string, options: Partial<PaperWorkloadOptions> = {}) => {
  const { workload: guest, machine, layout } = workload(name, options);
  const guests = guestsWith([guest], options.processors ?? 1);
  return new SystemRun({ host: { kind: 'bare', layout }, guests, machine, seed: SEED }).run();
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
      [8, 1024, 'coloured'],
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
    const { guests, partial, time } = run('radix', { processors: 4 });
    expect([guests[0].processes, partial]).toEqual([1, null]);
    expect(time.user).toBeGreaterThan(0);
  });

  it('are the same again', () => {
    const options = { processors: 2, scale: 0.0005 };
    expect(run('raytrace', options).fingerprint).toBe(run('raytrace', options).fingerprint);
  });
});
