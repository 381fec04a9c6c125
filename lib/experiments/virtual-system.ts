/** What a virtual run runs on: a machine with disks, the monitor, and virtual machines with a kernel and file systems each. */
import type { Disk } from '../devices/disk.js';
import { FileServices, type KernelDisk } from '../guest/commodity/file-services.js';
import { makeFileSystem } from '../guest/commodity/files/make-file-system.js';
import { CommodityKernel } from '../guest/commodity/kernel.js';
import type { Profile } from '../guest/commodity/profile.js';
import { SERVICES } from '../guest/commodity/services.js';
import type { KernelSwitches } from '../guest/commodity/switches.js';
import { GuestError } from '../guest/errors.js';
import type { DiskSpecification } from '../machine/device-specification.js';
import { buildMachine, type Machine } from '../machine/machine.js';
import { resolve, type MachineSpecification, type ResolvedSpecification } from '../machine/specification.js';
import { Disco } from '../monitor/disco.js';
import type { DiscoOptions } from '../monitor/options.js';
import { PMAP_ENTRY_BYTES } from '../monitor/memory/pmap.js';
import { SECOND_LEVEL_BYTES } from '../monitor/processors/second-level-tlb.js';
import type { VirtualDiskSpecification, VirtualMachine } from '../monitor/virtual-machine.js';
import type { GuestWorkload } from '../workloads/guest-workload.js';

/** A guest of a virtual run. */
export interface VirtualGuest {
  readonly workload: GuestWorkload;
  /** Its virtual processors, at least 1. */
  readonly processors: number;
}

/** What a virtual run is made with. */
export interface VirtualOptions {
  /** Their root disks are equal: they share one. */
  readonly guests: readonly VirtualGuest[];
  /** Disks are added to it: one for the root of all, one for every other file system of each guest. */
  readonly machine: MachineSpecification;
  readonly profile: Profile;
  readonly seed: string | number;
  /** What the authors of Disco changed in the kernel; nothing unless given. The mapped segment is always there. */
  readonly switches?: Partial<KernelSwitches>;
  /** The monitor's options, its accounting by service apart, which is always on. */
  readonly monitor?: Omit<DiscoOptions, 'services'>;
  /** Run-ahead of processors; on unless false. Results do not depend on it. */
  readonly runAhead?: boolean;
}

/** A guest that is created, and neither booted nor started. */
export interface GuestUnderWay {
  readonly workload: GuestWorkload;
  readonly virtual: VirtualMachine;
  readonly kernel: CommodityKernel;
  readonly files: FileServices;
}

/** Built, and not yet started. */
export interface VirtualSystem {
  readonly machine: Machine;
  readonly disco: Disco;
  readonly guests: readonly GuestUnderWay[];
  /** The machine's disks, that of the root first: whose they are (-1: of all), and where they are mounted. */
  readonly disks: readonly MachineDisk[];
}

/** A disk of the machine. */
export interface MachineDisk {
  readonly name: string;
  /** Number of the guest that has it for itself; -1 for the root, which all share. */
  readonly guest: number;
  readonly mount: string;
}

/** Disk blocks of 4096 bytes that a file system is made with. */
const FILE_SYSTEM = { blocks: 65536, inodes: 4096 };
/** Where the kernel's text is on the root disk, a block of 4096 bytes: behind the file system. */
export const BOOT_BLOCK = FILE_SYSTEM.blocks;
/** IRIX ticks 100 times a second. */
const TICK_NS = 10_000_000;
/** The most memory of a guest: what its mapped kernel segment reaches. */
const MOST_BYTES = 255 * 2 ** 20;
/** Pages of records, nodes of trees and special pages that the monitor gets for each guest, and for each of its processors. */
const GUEST_RECORDS = 48;
const PROCESSOR_RECORDS = 2;

/** Builds all of it. Throws a GuestError for guests that cannot be, a DiscoError or SpecificationError for what else cannot. */
export function virtualSystem(options: VirtualOptions): VirtualSystem {
  const { guests, seed, runAhead = true, monitor = {} } = options;
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
    const owner = guests[Math.max(0, guest)]!.workload;
    const { tree } = owner.disks.find(disk => disk.mount === mount)!;
    const disk = machine.devices.get(name)!.component as Disk;
    for (const [sector, words] of makeFileSystem(FILE_SYSTEM, tree)) disk.poke(sector, words);
  }
  const disco = new Disco(machine, { ...monitor, services: SERVICES });
  const pages = pagesOf(disco, guests);
  return {
    ...{ machine, disco, disks },
    guests: guests.map((guest, number) => {
      const own = disks.filter(disk => disk.guest < 0 || disk.guest === number);
      return makeGuest(options, disco, { ...guest, number, pages, homes: homes[number]!, disks: own });
    }),
  };
}

function checkGuests(guests: readonly VirtualGuest[]): void {
  const [first, ...others] = guests;
  if (first === undefined) throw new GuestError('there is no guest; give at least one');
  const root = ({ workload }: VirtualGuest): string => JSON.stringify(workload.disks[0]?.tree);
  const odd = others.findIndex(other => root(other) !== root(first));
  if (odd >= 0)
    throw new GuestError(
      `guests share their root disk, but that of guest ${odd + 1} has other files than that of guest 0; put them on other disks`,
    );
}

/** Processors that guests begin on: one guest's behind the other's. */
function homesOf(guests: readonly VirtualGuest[], { nodes }: ResolvedSpecification): number[][] {
  const count = nodes.reduce((sum, { processors }) => sum + processors, 0);
  let next = 0;
  return guests.map(({ processors }) => Array.from({ length: processors }, () => next++ % count));
}

/** The node of a processor. */
function nodeOf({ nodes }: ResolvedSpecification, processor: number): number {
  let first = 0;
  return nodes.findIndex(({ processors }) => processor < (first += processors));
}

function disksOf(guests: readonly VirtualGuest[]): MachineDisk[] {
  const root = guests[0]!.workload.disks.slice(0, 1).map(({ mount }) => ({ guest: -1, mount }));
  const own = guests.flatMap(({ workload }, guest) => workload.disks.slice(1).map(({ mount }) => ({ guest, mount })));
  return [...root, ...own].map((disk, number) => ({ name: `disk${number}`, ...disk }));
}

function diskSpecification(name: string, node: number): DiskSpecification {
  return { kind: 'disk', name, node, model: 'hp97560', scheduling: 'fcfs', immediateReport: false };
}

/** Physical pages of each guest: equal parts of what is left when the monitor has what it needs. */
function pagesOf({ frames, options, machine }: Disco, guests: readonly VirtualGuest[]): number {
  const { pageBytes } = machine.map;
  const entries = options.secondLevelTlb?.entries ?? 0;
  const perProcessor = PROCESSOR_RECORDS + Math.ceil((entries * SECOND_LEVEL_BYTES) / pageBytes);
  const records = guests.reduce((sum, { processors }) => sum + GUEST_RECORDS + processors * perProcessor, 0);
  const share = (frames.allFree - records) / guests.length;
  const pages = Math.floor((share * pageBytes) / (pageBytes + PMAP_ENTRY_BYTES));
  return Math.min(pages, MOST_BYTES / pageBytes);
}

interface Making extends VirtualGuest {
  readonly number: number;
  readonly pages: number;
  readonly homes: readonly number[];
  readonly disks: readonly MachineDisk[];
}

function makeGuest(options: VirtualOptions, disco: Disco, making: Making): GuestUnderWay {
  const { number, pages, homes, disks, workload, processors } = making;
  const { pageBytes } = disco.machine.map;
  try {
    const kernel = makeKernel(options, disco, making);
    const virtual = disco.create({
      ...{ name: `guest ${number}`, processors, homes, memoryBytes: pages * pageBytes },
      disks: disks.map(({ name, guest }): VirtualDiskSpecification => ({
        disk: name,
        mode: guest < 0 ? 'copy-on-write' : 'private',
      })),
    });
    const found = disks.map(({ mount }, device): KernelDisk => ({
      ...{ bridge: virtual.bridge, device, mount },
      interruptTo: device % processors,
    }));
    const files = new FileServices(kernel, { disks: found, descriptors: 64, readAheadPages: 8, flushTicks: 100 });
    return { workload, virtual, kernel, files };
  } catch (error) {
    throw error instanceof RangeError ? guestTooSmall(workload, making, error.message) : error;
  }
}

/** A guest has too little memory for its workload. */
export function guestTooSmall(
  { name }: GuestWorkload,
  guest: { number: number; pages: number },
  why: string,
): GuestError {
  return new GuestError(`${name} in guest ${guest.number} with ${Math.floor(guest.pages / 256)} MB: ${why}`);
}

function makeKernel({ profile, switches }: VirtualOptions, { machine }: Disco, making: Making): CommodityKernel {
  const { clockMHz } = machine.specification.processor;
  return new CommodityKernel({
    profile,
    processors: making.processors,
    pages: making.pages,
    countsPerTick: (clockMHz * TICK_NS) / 2000,
    tickNs: TICK_NS,
    sliceTicks: 10,
    mostProcesses: 256,
    executables: making.workload.executables,
    mapped: true,
    switches: switches ?? {},
  });
}
