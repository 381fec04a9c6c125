/** The memory table of a virtual run, with what a quiet run has not: replicas, and pages that only the monitor keeps. */
import { describe, expect, it } from '@jest/globals';
import { commodityGuests, type CommodityGuest } from '../../../lib/experiments/systems/virtual-commodity.js';
import { MEMORY_USES, type MemoryUse, type VirtualMemory } from '../../../lib/experiments/systems/virtual-result.js';
import { VirtualRun } from '../../../lib/experiments/systems/virtual.js';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import type { MachinePage } from '../../../lib/monitor/memory/machine-page.js';
import { hotPages } from '../../monitor/support/hot-pages.js';
import { smallWorkload } from '../native-fixture.js';

/** Two guests on two nodes, between which pages move and are replicated, at their end. */
function ended(): VirtualRun {
  const guests = [0, 1].map(() => ({ workload: smallWorkload(), processors: 1 }));
  const run = new VirtualRun({
    ...{ guests: commodityGuests({ profile: irix, guests }), seed: 1, monitor: { policy: hotPages } },
    machine: presets['disco-1997']({ nodes: 2 }),
  });
  run.run();
  return run;
}

function destroy(run: VirtualRun, guest: number): void {
  const { virtual } = run.guests[guest]!;
  run.disco.destroy(virtual);
  while (virtual.state !== 'destroyed') run.machine.run({ until: run.machine.simulation.now + 1e6 });
}

/** A guest gives up the first pages of its text. */
function discard({ disco, guests, machine }: VirtualRun, guest: number, pages: number): void {
  const { pmap } = guests[guest]!.virtual;
  disco.request(function* (cpu) {
    for (let page = 0; page < pages; page++) yield* disco.memory.discard(cpu, pmap, page);
  });
  while (pmap.get(pages - 1) !== null) machine.run({ until: machine.simulation.now + 1e6 });
}

/** The page of each frame that is in use and not the monitor's own. */
function pagesByFrame({ disco, machine }: VirtualRun): MachinePage[] {
  const frames = Array.from({ length: machine.map.frames }, (_, frame) => disco.memory.memmap.pageOf(frame));
  return frames.filter(page => page !== null);
}

const replicasOf = (pages: readonly MachinePage[]): number =>
  new Set(pages.filter(({ replicas }) => replicas !== null)).size;

/** Of a table of bytes: pages of each use. */
const pagesOf = (memory: VirtualMemory, side: keyof VirtualMemory): Record<MemoryUse, number> =>
  Object.fromEntries(MEMORY_USES.map(use => [use, memory[side][use] / 4096])) as Record<MemoryUse, number>;

const all = (pages: Readonly<Record<MemoryUse, number>>): number =>
  Object.values(pages).reduce((sum, count) => sum + count, 0);

describe('the memory table', () => {
  it('counts every frame in use once, those of replicas at the use of their page', () => {
    const run = ended();
    const pages = pagesByFrame(run);
    expect(replicasOf(pages)).toBeGreaterThan(10);
    const { textPages } = (run.guests[0] as CommodityGuest).kernel;
    const text = pages.filter(({ users }) => users.some(({ physical }) => physical < textPages));
    // Replicas of text: there are more frames of it than pages.
    expect(text.length).toBeGreaterThan(new Set(text).size);
    const machine = pagesOf(run.result().memory, 'machine');
    expect(machine['kernel text']).toBe(text.length);
    expect(all(machine)).toBe(run.machine.map.frames - run.disco.frames.allFree);
  });

  it('counts pages of which only the monitor knows as disk cache, with their replicas', () => {
    const run = ended();
    destroy(run, 0);
    discard(run, 1, 5);
    const machine = pagesOf(run.result().memory, 'machine');
    expect(machine['disk cache']).toBe(pagesByFrame(run).filter(({ users }) => users.length === 0).length);
    expect(machine['disk cache']).toBeGreaterThanOrEqual(5);
    expect(all(machine)).toBe(run.machine.map.frames - run.disco.frames.allFree);
    destroy(run, 1);
    const pages = pagesByFrame(run);
    const { cache } = run.disco.devices.disks.get('disk0')!;
    expect(new Set(pages).size).toBe(cache.pages.size);
    expect(replicasOf(pages)).toBeGreaterThan(10);
    const { memory } = run.result();
    const monitor = run.disco.space.owned.size;
    const nothing = Object.fromEntries(MEMORY_USES.map(use => [use, 0])) as Record<MemoryUse, number>;
    expect(pagesOf(memory, 'virtual')).toEqual({ ...nothing, monitor });
    expect(pagesOf(memory, 'machine')).toEqual({ ...nothing, monitor, 'disk cache': pages.length });
    expect(pages.length + monitor).toBe(run.machine.map.frames - run.disco.frames.allFree);
  });
});
