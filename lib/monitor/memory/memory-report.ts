/** Where memory goes, by category, virtual against machine, as Figure 6 of Disco counts it. */
import type { PhysicalPage } from '../../messages/addresses.js';
import type { MachineMemory } from './machine-memory.js';
import type { MachinePage } from './machine-page.js';
import type { Pmap } from './pmap.js';

/** What a guest uses a physical page for. */
export const GUEST_CATEGORIES = ['text', 'data', 'buffer cache'] as const;
/** See GUEST_CATEGORIES. */
export type GuestCategory = (typeof GUEST_CATEGORIES)[number];

/** Says what a physical page is used for, as far as it has a machine page. Whoever knows the guest provides it. */
export type Classifier = (pmap: Pmap, physical: PhysicalPage) => GuestCategory;

/** Pages by category. */
export interface MemoryUse {
  readonly guest: Readonly<Record<GuestCategory, number>>;
  /** Pages of the monitor: its code on every node, and its data. */
  readonly monitor: number;
}

/** Memory in use at one moment, in pages. */
export interface MemoryReport {
  readonly pageBytes: number;
  /**
   * What the virtual machines would need without sharing: every physical page that has a machine page counts once for each
   * virtual machine and physical page. Pages that a guest never touched, or gave back, do not count.
   */
  readonly virtual: MemoryUse;
  /**
   * What they do use: every machine page that guests map counts once, however many do. If they use it for different things
   * it counts as text before data before buffer cache. Replicas are not counted here.
   */
  readonly machine: MemoryUse;
  /** Frames of read-only replicas, which are a matter of speed and not of need. */
  readonly replicas: number;
  /** Machine pages that no guest maps: kept by the monitor's disk caches, or on their way. In no category. */
  readonly unmapped: number;
  /** Free frames. All of the machine's are: `machine` + `replicas` + `unmapped` + `free`. */
  readonly free: number;
}

/** Counts the pages of a memory; `owned` are the monitor's own frames, as `disco.space.owned`. */
export function memoryReport(memory: MachineMemory, owned: Iterable<number>, classify: Classifier): MemoryReport {
  const virtual = nothing();
  const machine = nothing();
  let replicas = 0;
  let unmapped = 0;
  for (const page of memory.memmap.all()) {
    replicas += page.replicas?.size ?? 0;
    const uses = usesOf(page, classify);
    for (const use of uses) virtual[use]++;
    const use = GUEST_CATEGORIES.find(category => uses.includes(category));
    if (use === undefined) unmapped++;
    else machine[use]++;
  }
  const monitor = [...owned].length;
  return {
    pageBytes: memory.frames.map.pageBytes,
    virtual: { guest: virtual, monitor },
    machine: { guest: machine, monitor },
    replicas,
    unmapped,
    free: memory.frames.allFree,
  };
}

const nothing = (): Record<GuestCategory, number> => ({ text: 0, data: 0, 'buffer cache': 0 });

function usesOf({ users }: MachinePage, classify: Classifier): GuestCategory[] {
  return users.map(({ pmap, physical }) => classify(pmap, physical));
}
