import { beforeAll, describe, expect, it } from '@jest/globals';
import { compare } from '../../../lib/experiments/paper/compare.js';
import { GuestImages } from '../../../lib/experiments/systems/guests/guest-images.js';
import { sizedMachine } from '../../../lib/experiments/systems/machine-size.js';
import { systemOptions } from '../../../lib/experiments/systems/named-runs.js';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
import type { SystemResult } from '../../../lib/experiments/systems/system-result.js';
import { comparisonText } from '../../../lib/report/tables/compare.js';

const images = new GuestImages();
const run = (guests: number, workload = 'pmake'): SystemResult => {
  const monitor = guests === 0 ? null : { guests, switches: [], policy: 'first-touch' };
  const machine = sizedMachine('disco-1997');
  const seed = '1';
  return new SystemRun(systemOptions({ workload, system: 'irix', machine, scale: 0.01, seed, images, monitor })).run();
};

let bare: SystemResult;
let guest: SystemResult;
beforeAll(() => {
  bare = run(0);
  guest = run(1);
}, 120_000);

describe('what a monitor costs', () => {
  it('is the time under it in parts, in percent of the bare machine', () => {
    const { bars, elapsed, nonIdle } = compare(bare, guest);
    const sum = (parts: Readonly<Record<string, number>>) => Object.values(parts).reduce((all, part) => all + part, 0);
    expect(sum(bars.bare)).toBeCloseTo(100);
    expect(sum(bars.guests)).toBeCloseTo((100 * guest.elapsedNs) / bare.elapsedNs);
    expect(elapsed).toBeCloseTo(guest.elapsedNs / bare.elapsedNs);
    expect(bars.bare.Disco).toBe(0);
    expect(bars.guests.Disco).toBeGreaterThan(1);
    // The same programs: as many user instructions.
    expect(bars.guests.user / bars.bare.user).toBeCloseTo(1, 1);
    const busy = (bar: Readonly<Record<string, number>>) => sum(bar) - bar.idle;
    expect(nonIdle).toBeCloseTo(busy(bars.guests) / busy(bars.bare));
  });

  it('has services whose parts add up to their slowdown', () => {
    const { services } = compare(bare, guest);
    const open = services.find(({ service }) => service === 'open')!;
    const parts = Object.values(open.parts).reduce((all, part) => all + part, 0);
    expect(open.slowdown).toBeCloseTo(parts);
    expect(open.slowdown).toBeGreaterThan(1);
    expect(open.meanUs).toBeCloseTo(bare.services.find(({ name }) => name === 'open')!.meanNs / 1000);
  });

  it('warns if the runs idle most of the time, or are not of the same machine and seed', () => {
    const idle = { ...guest, time: { ...guest.time, idle: 80 }, seed: 'other' };
    expect(compare(bare, idle).warnings).toEqual(
      expect.arrayContaining([
        'the machine under the monitor idles 80 % of the time: elapsed times say little, compare those without idling',
        'the runs have different seeds',
      ]),
    );
    expect(comparisonText(compare(bare, idle))).toMatch(/^! the machine under the monitor idles 80 %/m);
  });

  it('refuses runs that cannot be compared', () => {
    expect(() => compare(guest, guest)).toThrow(/the first run is under a monitor/);
    expect(() => compare(bare, bare)).toThrow(/the second run has no monitor/);
    expect(() => compare(bare, { ...guest, workload: 'radix' })).toThrow(/of pmake and radix/);
    expect(() => compare(bare, { ...guest, partial: 'stopped' })).toThrow(/partial/);
  });
});
