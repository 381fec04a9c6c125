/** Memory under the monitor by use, virtual against machine. */
import type { Disco } from '../../../monitor/disco.js';
import type { MachinePage } from '../../../monitor/memory/machine-page.js';
import type { VirtualGuest } from './monitor-host.js';
import { MEMORY_USES, type MemoryResult, type MemoryUse } from '../system-result.js';

/** What pages count as that no guest maps. */
const DISK_CACHE = MEMORY_USES.indexOf('disk cache');

/** Counts it at the present. */
export function memoryOf({ memory, space, machine }: Disco, guests: readonly VirtualGuest[]): MemoryResult {
  const virtual = nothing();
  const uses = new Map<MachinePage, number>();
  for (const { virtual: owner, guest } of guests)
    for (const [physical, page] of owner.pmap.mapped()) {
      const use = guest.useOf(physical);
      virtual[use]++;
      uses.set(page, Math.min(uses.get(page) ?? Infinity, MEMORY_USES.indexOf(use)));
    }
  const distinct = nothing();
  for (const page of memory.memmap.all())
    distinct[MEMORY_USES[uses.get(page) ?? DISK_CACHE]] += 1 + (page.replicas?.size ?? 0);
  virtual.monitor = distinct.monitor = space.owned.size;
  const { pageBytes } = machine.map;
  return { virtual: inBytes(virtual, pageBytes), machine: inBytes(distinct, pageBytes) };
}

function nothing(): Record<MemoryUse, number> {
  return Object.fromEntries(MEMORY_USES.map(use => [use, 0])) as Record<MemoryUse, number>;
}

function inBytes(pages: Readonly<Record<MemoryUse, number>>, pageBytes: number): Record<MemoryUse, number> {
  return Object.fromEntries(MEMORY_USES.map(use => [use, pages[use] * pageBytes])) as Record<MemoryUse, number>;
}
