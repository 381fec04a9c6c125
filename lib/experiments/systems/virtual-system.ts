/** What a virtual run runs on: a machine with disks and file systems, the monitor, and virtual machines with a system each. */
import type { Disk } from '../../devices/disk.js';
import { makeFileSystem } from '../../guest/commodity/files/make-file-system.js';
import { GuestError } from '../../system/guest-error.js';
import type { DiskSpecification } from '../../machine/specification/device-specification.js';
import { buildMachine, type Machine } from '../../machine/machine.js';
import {
  resolve,
  type MachineSpecification,
  type ResolvedSpecification,
} from '../../machine/specification/specification.js';
import { Disco } from '../../monitor/disco.js';
import type { DiscoOptions } from '../../monitor/options.js';
import { PMAP_ENTRY_BYTES } from '../../monitor/memory/pmap.js';
import { SECOND_LEVEL_BYTES } from '../../monitor/processors/second-level-tlb.js';
import type { VirtualDiskSpecification, VirtualMachine } from '../../monitor/virtual-machine.js';
import type { CommonStart, GuestPlan, GuestRun, MachineDisk, VirtualGuests } from './virtual-guest.js';

/** What a virtual run is made with. */
export interface VirtualOptions {
  /** See `commodityGuests` and `splashGuests`. Their root disks are equal: they share one. */
  readonly guests: VirtualGuests;
  /** Disks are added to it: one for the root of all, one for every other file system of each guest. */
  readonly machine: MachineSpecification;
  readonly seed: string | number;
  /** The monitor's options, its accounting by service apart, which is always on. */
  readonly monitor?: Omit<DiscoOptions, 'services'>;
  /** Run-ahead of processors; on unless false. Results do not depend on it. */
  readonly runAhead?: boolean;
}

/** Built, and not yet started. */
export interface VirtualSystem {
  readonly machine: Machine;
  readonly disco: Disco;
  readonly guests: readonly GuestRun[];
  /** The machine's disks, that of the root first: whose they are (-1: of all), and where they are mounted. */
  readonly disks: readonly MachineDisk[];
}

/** Disk blocks of 4096 bytes that a file system is made with. */
const FILE_SYSTEM = { blocks: 65536, inodes: 4096 };
/** Where the kernel's text is on the root disk, a block of 4096 bytes: behind the file system. */
export const BOOT_BLOCK = FILE_SYSTEM.blocks;
/** The most memory of a guest: what its mapped kernel segment reaches. */
const MOST_BYTES = 255 * 2 ** 20;
/** Pages of records, nodes of trees and special pages that the monitor gets for each guest, and for each of its processors. */
const GUEST_RECORDS = 48;
const PROCESSOR_RECORDS = 2;

/** Builds all of it. Throws a GuestError for guests that cannot be, a DiscoError or SpecificationError for what else cannot. */
export function virtualSystem(options: VirtualOptions, common: CommonStart): VirtualSystem {
  const { seed, runAhead = true, monitor = {} } = options;
  const { plans: guests, services } = options.guests;
  checkGuests(guests);
  const specification = resolve(options.machine);
  const homes = homesOf(guests, specification);
  const disks = disksOf(guests);
  const nodes = disks.map(({ guest }) => nodeOf(specification, guest < 0 ? 0 : homes[guest]![0]!));
  const devices = disks.map(({ name }, number) => diskSpecification(name, nodes[number]!));
  const machine = buildMachine(
    { ...options.machine, devices: [...(options.machine.devices ?? []), ...devices] },
    // A policy that moves pages brings the settings of the counters that it goes by.
    { seed, runAhead, missCauses: true, counters: monitor.policy?.counters ?? specification.counters },
  );
  for (const { name, guest, mount } of disks) {
    const { tree } = guests[Math.max(0, guest)]!.disks.find(disk => disk.mount === mount)!;
    const disk = machine.devices.get(name)!.component as Disk;
    for (const [sector, words] of makeFileSystem(FILE_SYSTEM, tree)) disk.poke(sector, words);
  }
  const disco = new Disco(machine, { ...monitor, services });
  const pages = pagesOf(disco, guests);
  return {
    ...{ machine, disco, disks },
    guests: guests.map((plan, number) => {
      const own = disks.filter(disk => disk.guest < 0 || disk.guest === number);
      return makeGuest(plan, { disco, number, pages, homes: homes[number]!, disks: own, common });
    }),
  };
}

function checkGuests(guests: readonly GuestPlan[]): void {
  const [first, ...others] = guests;
  if (first === undefined) throw new GuestError('there is no guest; give at least one');
  const root = ({ disks }: GuestPlan): string => JSON.stringify(disks[0]?.tree);
  const odd = others.findIndex(other => root(other) !== root(first));
  if (odd >= 0)
    throw new GuestError(
      `guests share their root disk, but that of guest ${odd + 1} has other files than that of guest 0; put them on other disks`,
    );
}

/** Processors that guests begin on: one guest's behind the other's. */
function homesOf(guests: readonly GuestPlan[], { nodes }: ResolvedSpecification): number[][] {
  const count = nodes.reduce((sum, { processors }) => sum + processors, 0);
  let next = 0;
  return guests.map(({ processors }) => Array.from({ length: processors }, () => next++ % count));
}

/** The node of a processor. */
function nodeOf({ nodes }: ResolvedSpecification, processor: number): number {
  let first = 0;
  return nodes.findIndex(({ processors }) => processor < (first += processors));
}

function disksOf(guests: readonly GuestPlan[]): MachineDisk[] {
  const root = guests[0]!.disks.slice(0, 1).map(({ mount }) => ({ guest: -1, mount }));
  const own = guests.flatMap(({ disks }, guest) => disks.slice(1).map(({ mount }) => ({ guest, mount })));
  return [...root, ...own].map((disk, number) => ({ name: `disk${number}`, ...disk }));
}

function diskSpecification(name: string, node: number): DiskSpecification {
  return { kind: 'disk', name, node, model: 'hp97560', scheduling: 'fcfs', immediateReport: false };
}

/** Physical pages of each guest: equal parts of what is left when the monitor has what it needs. */
function pagesOf({ frames, options, machine }: Disco, guests: readonly GuestPlan[]): number {
  const { pageBytes } = machine.map;
  const entries = options.secondLevelTlb?.entries ?? 0;
  const perProcessor = PROCESSOR_RECORDS + Math.ceil((entries * SECOND_LEVEL_BYTES) / pageBytes);
  const records = guests.reduce((sum, { processors }) => sum + GUEST_RECORDS + processors * perProcessor, 0);
  const share = (frames.allFree - records) / guests.length;
  const pages = Math.floor((share * pageBytes) / (pageBytes + PMAP_ENTRY_BYTES));
  return Math.min(pages, MOST_BYTES / pageBytes);
}

interface Making {
  readonly disco: Disco;
  readonly number: number;
  readonly pages: number;
  readonly homes: readonly number[];
  readonly disks: readonly MachineDisk[];
  readonly common: CommonStart;
}

function makeGuest(plan: GuestPlan, { disco, number, pages, homes, disks, common }: Making): GuestRun {
  const virtual = disco.create({
    ...{ name: `guest ${number}`, processors: plan.processors, homes },
    memoryBytes: pages * disco.machine.map.pageBytes,
    disks: disks.map(({ name, guest }): VirtualDiskSpecification => ({
      disk: name,
      mode: guest < 0 ? 'copy-on-write' : 'private',
    })),
  });
  try {
    return plan.make({ disco, virtual, pages, disks, common });
  } catch (error) {
    throw error instanceof RangeError ? guestTooSmall(plan, virtual, error.message) : error;
  }
}

/** A guest has too little memory for its workload. */
export function guestTooSmall(
  { workload }: GuestPlan,
  { name, specification }: VirtualMachine,
  why: string,
): GuestError {
  return new GuestError(`${workload} in ${name} with ${megabytes(specification.memoryBytes)}: ${why}`);
}

/** Downwards, so that it is not more than there is; a tenth counts where there is little. */
function megabytes(bytes: number): string {
  const tenths = Math.floor((10 * bytes) / 2 ** 20);
  return `${tenths < 100 ? tenths / 10 : Math.floor(tenths / 10)} MB`;
}
