/** What happens during a warm-up is simulated, and not counted. */
import { describe, expect, it } from '@jest/globals';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
import type { SystemOptions } from '../../../lib/experiments/systems/plan.js';
import { GuestError } from '../../../lib/system/guest-error.js';
import { bareOptions, monitoredOptions } from './fixture.js';

const hosts: readonly (readonly [string, () => SystemOptions])[] = [
  ['the bare machine', () => bareOptions()],
  ['the monitor', () => monitoredOptions(2)],
];

describe.each(hosts)('a warm-up on %s', (_, options) => {
  it('takes its time off what is measured, and what happens in it off the counts', () => {
    const whole = new SystemRun(options()).run();
    const warm = new SystemRun({ ...options(), warmUpNs: 2e6 }).run();
    // A run looks every 0.1 ms.
    expect(Math.abs(whole.elapsedNs - warm.elapsedNs - 2e6)).toBeLessThan(2.1e5);
    const misses = ({ misses: { local, remote } }: typeof whole): number => local + remote;
    expect(misses(warm)).toBeLessThan(misses(whole));
    expect(warm.guests.map(({ failure }) => failure)).toEqual(whole.guests.map(({ failure }) => failure));
  });

  it('is refused if the workload is over before it', () => {
    expect(() => new SystemRun({ ...options(), warmUpNs: 10e9 }).run()).toThrow(
      new GuestError('the workload was over before its warm-up of 10000 ms; give a shorter one'),
    );
  });

  it('is a number from 0 up', () => {
    expect(() => new SystemRun({ ...options(), warmUpNs: -1 })).toThrow('warmUpNs is -1');
  });
});
