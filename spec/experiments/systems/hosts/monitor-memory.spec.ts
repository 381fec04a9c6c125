/** The memory table of a run under the monitor, with what a quiet run has not: replicas, and pages that only the monitor keeps. */
import { describe, expect, it } from '@jest/globals';
import type { CommodityGuest } from '../../../../lib/experiments/systems/guests/commodity-guest.js';
import { MEMORY_USES, type MemoryUse, type MemoryResult } from '../../../../lib/experiments/systems/system-result.js';
import { SystemRun } from '../../../../lib/experiments/systems/system-run.js';
import { machineFrame, physicalPage } from '../../../../lib/messages/addresses.js';
import type { MachinePage } from '../../../../lib/monitor/memory/machine-page.js';
import { missCounting } from '../../../../lib/placement/policies/counters/miss-counting.js';
import { monitoredOptions, monitorOf, withMonitor } from '../fixture.js';

/** Pages of a kernel's text are each used a little only, so few misses are to be enough. */
const eager = missCounting({
  ...{ trigger: 3, sharing: 2, writes: 4, moves: 100 },
  ...{ sampling: 1, bits: 16, delayNs: 100, resetNs: 10_000_000 },
  ...{ migration: true, replication: true },
});

/** Two guests on two nodes, between which pages move and are replicated, at their end. */
function ended() {
  const run = new SystemRun(monitoredOptions(2, { host: { kind: 'disco', monitor: { policy: eager } } }));
  run.run();
  const { disco, virtualGuests, machine } = monitorOf(run);
  return { run, disco, virtualGuests, machine };
}

type Ended = ReturnType<typeof ended>;

const memoryOf = ({ run }: Ended): MemoryResult => withMonitor(run.result()).monitor.memory;

function destroy({ disco, virtualGuests, machine }: Ended, guest: number): void {
  const { virtual } = virtualGuests[guest];
  disco.destroy(virtual);
  while (virtual.state !== 'destroyed') machine.run({ until: machine.simulation.now + 1e6 });
}

/** A guest gives up the first pages of its text. */
function discard({ disco, virtualGuests, machine }: Ended, guest: number, pages: number): void {
  const { pmap } = virtualGuests[guest].virtual;
  disco.request(function* (cpu) {
    for (let page = 0; page < pages; page++) yield* disco.memory.discard(cpu, pmap, physicalPage(page));
  });
  while (pmap.get(physicalPage(pages - 1)) !== null) machine.run({ until: machine.simulation.now + 1e6 });
}

/** The page of each frame that is in use and not the monitor's own. */
function pagesByFrame({ disco, machine }: Ended): MachinePage[] {
  const frames = Array.from({ length: machine.map.frames }, (_, frame) =>
    disco.memory.memmap.pageOf(machineFrame(frame)),
  );
  return frames.filter(page => page !== null);
}

const replicasOf = (pages: readonly MachinePage[]): number =>
  new Set(pages.filter(({ replicas }) => replicas !== null)).size;

/** Of a table of bytes: pages of each use. */
const pagesOf = (memory: MemoryResult, side: keyof MemoryResult): Record<MemoryUse, number> =>
  Object.fromEntries(MEMORY_USES.map(use => [use, memory[side][use] / 4096])) as Record<MemoryUse, number>;

const all = (pages: Readonly<Record<MemoryUse, number>>): number =>
  Object.values(pages).reduce((sum, count) => sum + count, 0);

describe('the memory table', () => {
  it('counts every frame in use once, those of replicas at the use of their page', () => {
    const run = ended();
    const pages = pagesByFrame(run);
    expect(replicasOf(pages)).toBeGreaterThan(10);
    const { textPages } = (run.virtualGuests[0].guest as CommodityGuest).kernel;
    const text = pages.filter(({ users }) => users.some(({ physical }) => physical < textPages));
    // Replicas of text: there are more frames of it than pages.
    expect(text.length).toBeGreaterThan(new Set(text).size);
    const machine = pagesOf(memoryOf(run), 'machine');
    expect(machine['kernel text']).toBe(text.length);
    expect(all(machine)).toBe(run.machine.map.frames - run.disco.frames.allFree);
  });

  it('counts pages of which only the monitor knows as disk cache, with their replicas', () => {
    const run = ended();
    destroy(run, 0);
    discard(run, 1, 5);
    const machine = pagesOf(memoryOf(run), 'machine');
    expect(machine['disk cache']).toBe(pagesByFrame(run).filter(({ users }) => users.length === 0).length);
    expect(machine['disk cache']).toBeGreaterThanOrEqual(5);
    expect(all(machine)).toBe(run.machine.map.frames - run.disco.frames.allFree);
    destroy(run, 1);
    const pages = pagesByFrame(run);
    const { cache } = run.disco.devices.disks.get('disk0')!;
    expect(new Set(pages).size).toBe(cache.pages.size);
    expect(replicasOf(pages)).toBeGreaterThan(10);
    const memory = memoryOf(run);
    const monitor = run.disco.space.owned.size;
    const nothing = Object.fromEntries(MEMORY_USES.map(use => [use, 0])) as Record<MemoryUse, number>;
    expect(pagesOf(memory, 'virtual')).toEqual({ ...nothing, monitor });
    expect(pagesOf(memory, 'machine')).toEqual({ ...nothing, monitor, 'disk cache': pages.length });
    expect(pages.length + monitor).toBe(run.machine.map.frames - run.disco.frames.allFree);
  });
});
