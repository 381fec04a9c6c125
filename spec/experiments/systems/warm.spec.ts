/** Programs are in memory before what is measured, however they came there. */
import { describe, expect, it } from '@jest/globals';
import { NativeRun } from '../../../lib/experiments/systems/native.js';
import { commodityGuests, type CommodityGuest } from '../../../lib/experiments/systems/virtual-commodity.js';
import { VirtualRun } from '../../../lib/experiments/systems/virtual.js';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import type { GuestWorkload } from '../../../lib/workloads/guest-workload.js';
import { smallOptions, smallWorkload } from '../native-fixture.js';

const PAGES = 40;

/** With a program on the root disk that nobody executes, and which is read all the same. */
function withProgram(path = '/bin/large', bytes = PAGES * 4096 - 8): GuestWorkload {
  const { executables, disks } = smallWorkload();
  const [, work] = disks;
  const large = { path, regions: [], *program() {} };
  return smallWorkload({
    executables: new Map([...executables, ['large', large as never]]),
    disks: [{ mount: '/', tree: { '/bin/large': { bytes, content: 1 } } }, work!],
  });
}

const machine = presets['disco-1997']({ nodes: 1 });

describe('the programs of a workload', () => {
  it('are read page by page on the bare machine', () => {
    const run = new NativeRun(smallOptions(1, { workload: withProgram() }));
    const { stats } = run.machine.device('disk0', 'disk');
    let reads = 0;
    while (run.elapsedNs === 0 && run.advance()) reads = Math.max(reads, stats.reads);
    expect(reads).toBeGreaterThanOrEqual(PAGES);
    expect(run.files.cache.size).toBeGreaterThanOrEqual(PAGES);
  });

  it('are read sixteen pages at a time in a virtual machine', () => {
    const commands = [0, PAGES * 4096 - 8].map(bytes => {
      const guests = [{ workload: withProgram('/bin/large', bytes), processors: 1 }];
      const run = new VirtualRun({ guests: commodityGuests({ profile: irix, guests }), machine, seed: 1 });
      while (run.elapsedNs === 0 && run.advance());
      expect((run.guests[0] as CommodityGuest).files.cache.size).toBeGreaterThanOrEqual(bytes / 4096);
      return run.disco.devices.disks.get('disk0')!.real.stats.commands;
    });
    // 16, 16 and 8 pages, and the block of pointers to those behind the first twelve.
    expect(commands[1]! - commands[0]!).toBe(4);
  });

  it('must be there', () => {
    const guests = [{ workload: withProgram('/bin/larger'), processors: 1 }];
    const run = new VirtualRun({ guests: commodityGuests({ profile: irix, guests }), machine, seed: 1 });
    expect(() => run.run()).toThrow('/bin/larger is not on any disk of the workload');
  });
});
