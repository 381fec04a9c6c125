/** Programs are in memory before what is measured, however they came there. */
import { describe, expect, it } from '@jest/globals';
import type { CommodityGuest } from '../../../../lib/experiments/systems/guests/commodity-guest.js';
import { SystemRun } from '../../../../lib/experiments/systems/system-run.js';
import type { GuestWorkload } from '../../../../lib/workloads/guest-workload.js';
import { bareOptions, guestsWith, monitoredOptions, monitorOf, smallWorkload } from '../fixture.js';

const PAGES = 40;

/** With a program on the root disk that nobody executes, and which is read all the same. */
function withProgram(path = '/bin/large', bytes = PAGES * 4096 - 8): GuestWorkload {
  const { executables, disks } = smallWorkload();
  const [, work] = disks;
  const large = { path, regions: [], *program() {} };
  return smallWorkload({
    executables: new Map([...executables, ['large', large]]),
    disks: [{ mount: '/', tree: { '/bin/large': { bytes, content: 1 } } }, work],
  });
}

describe('the programs of a workload', () => {
  it('are read page by page on the bare machine', () => {
    const run = new SystemRun(bareOptions(1, { workload: withProgram() }));
    const { stats } = run.machine.device('disk0', 'disk');
    let reads = 0;
    while (run.elapsedNs === 0 && run.advance()) reads = Math.max(reads, stats.reads);
    expect(reads).toBeGreaterThanOrEqual(PAGES);
    expect((run.guests[0] as CommodityGuest).files.cache.size).toBeGreaterThanOrEqual(PAGES);
  });

  it('are read sixteen pages at a time in a virtual machine', () => {
    const commands = [0, PAGES * 4096 - 8].map(bytes => {
      const guests = guestsWith([withProgram('/bin/large', bytes)]);
      const run = new SystemRun(monitoredOptions(1, { guests }));
      while (run.elapsedNs === 0 && run.advance());
      expect((run.guests[0] as CommodityGuest).files.cache.size).toBeGreaterThanOrEqual(bytes / 4096);
      return monitorOf(run).disco.devices.disks.get('disk0')!.real.stats.commands;
    });
    // 16, 16 and 8 pages, and the block of pointers to those behind the first twelve.
    expect(commands[1] - commands[0]).toBe(4);
  });

  it('must be there', () => {
    const run = new SystemRun(monitoredOptions(1, { guests: guestsWith([withProgram('/bin/larger')]) }));
    expect(() => run.run()).toThrow('/bin/larger is not on any disk of the workload');
  });
});
