/** What a native run runs on: a machine with disks, file systems on them, and a kernel that finds both. */
import type { Disk } from '../../devices/disk.js';
import { FileServices, type KernelDisk } from '../../guest/commodity/file-services.js';
import { makeFileSystem } from '../../guest/commodity/files/make-file-system.js';
import { CommodityKernel } from '../../guest/commodity/kernel.js';
import type { Profile } from '../../guest/commodity/profile.js';
import { GuestError } from '../../system/guest-error.js';
import { buildMachine, type Machine } from '../../machine/machine.js';
import type { PhysicalLayout } from '../../machine/physical-layout.js';
import type { MachineSpecification } from '../../machine/specification/specification.js';
import type { GuestWorkload } from '../../workloads/guest-workload.js';

/** What a native run is made with. */
export interface NativeOptions {
  readonly workload: GuestWorkload;
  /** Disks are added to it: one for each of the workload. */
  readonly machine: MachineSpecification;
  readonly profile: Profile;
  readonly seed: string | number;
  /** How physical pages lie on nodes. */
  readonly layout: PhysicalLayout;
  /** Run-ahead of processors; on unless false. Results do not depend on it. */
  readonly runAhead?: boolean;
}

/** Built, and not yet booted. */
export interface NativeSystem {
  readonly machine: Machine;
  readonly kernel: CommodityKernel;
  readonly files: FileServices;
}

/** Disk blocks of 4096 bytes that a file system is made with. */
const FILE_SYSTEM = { blocks: 65536, inodes: 4096 };
/** IRIX ticks 100 times a second. */
const TICK_NS = 10_000_000;
/** Pages that kseg0 reaches: 512 MB. What a machine has beyond, the kernel does not use. */
const MOST_PAGES = 0x20000000 / 4096;

/** Builds all of it. Throws a GuestError if the machine has too little memory, a SpecificationError if it is none. */
export function nativeSystem(options: NativeOptions): NativeSystem {
  const { workload, seed, layout, runAhead = true } = options;
  const machine = buildMachine(withDisks(options.machine, workload.disks.length), {
    seed,
    layout,
    runAhead,
    missCauses: true,
  });
  try {
    const kernel = makeKernel(options, machine);
    return { machine, kernel, files: makeFiles(options, machine, kernel) };
  } catch (error) {
    throw error instanceof RangeError ? tooSmall(workload.name, machine, error.message) : error;
  }
}

/** A machine has too little memory for a workload. */
export function tooSmall(workload: string, { specification, map }: Machine, why: string): GuestError {
  const megabytes = (map.frames * specification.pageBytes) / 2 ** 20;
  return new GuestError(`${workload} on ${specification.name} with ${megabytes} MB: ${why}`);
}

function makeKernel({ workload, profile }: NativeOptions, machine: Machine): CommodityKernel {
  const { clockMHz } = machine.specification.processor;
  return new CommodityKernel({
    profile,
    processors: machine.processors.length,
    pages: Math.min(machine.map.frames, MOST_PAGES),
    countsPerTick: (clockMHz * TICK_NS) / 2000,
    tickNs: TICK_NS,
    sliceTicks: 10,
    mostProcesses: 256,
    executables: workload.executables,
    mapped: false,
  });
}

function makeFiles({ workload }: NativeOptions, machine: Machine, kernel: CommodityKernel): FileServices {
  const disks = workload.disks.map(({ mount, tree }, number): KernelDisk => {
    const { bridge, index, component } = machine.devices.get(`disk${number}`)!;
    for (const [sector, words] of makeFileSystem(FILE_SYSTEM, tree)) (component as Disk).poke(sector, words);
    return { bridge, device: index, interruptTo: number % machine.processors.length, mount };
  });
  return new FileServices(kernel, { disks, descriptors: 64, readAheadPages: 8, flushTicks: 100 });
}

function withDisks(machine: MachineSpecification, disks: number): MachineSpecification {
  const nodes = Array.isArray(machine.nodes) ? machine.nodes.length : (machine.nodes as { count: number }).count;
  const devices = Array.from({ length: disks }, (_, number) => ({
    kind: 'disk' as const,
    name: `disk${number}`,
    node: number % nodes,
    model: 'hp97560' as const,
    scheduling: 'fcfs' as const,
    immediateReport: false,
  }));
  return { ...machine, devices: [...(machine.devices ?? []), ...devices] };
}
