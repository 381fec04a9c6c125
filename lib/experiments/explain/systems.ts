/** The smallest systems in which an event can be watched: a kernel with one program, on the bare machine or in a virtual machine. */
import { FileServices, type KernelDisk } from '../../guest/commodity/calls/file-services.js';
import { makeFileSystem } from '../../guest/commodity/files/disk/make-file-system.js';
import { CommodityKernel } from '../../guest/commodity/kernel.js';
import type { Process, ProgramRegion } from '../../guest/commodity/processes/process.js';
import type { Thread } from '../../guest/commodity/processes/threads.js';
import { irix } from '../../guest/commodity/profiles/irix.js';
import { buildMachine, type Machine } from '../../machine/machine.js';
import { disco1997 } from '../../machine/presets/disco-1997.js';
import type { MachineSpecification } from '../../machine/specification/specification.js';
import { Disco } from '../../monitor/disco.js';
import type { DiscoOptions } from '../../monitor/options.js';
import type { Program } from '../../processor/operations.js';
import type { Code } from '../../system/code.js';
import type { StepNames } from './words.js';

/** A machine with its software, ready to run. */
export interface Prepared {
  readonly machine: Machine;
  /** Which step a block of references is. */
  readonly names: StepNames;
  /** Runs it to its end. */
  run(): void;
}

/** What a guest executes. */
export interface GuestProgram {
  /** What the first thread of the kernel executes, with the kernel; if that is missing it starts `program` and waits for its end. */
  readonly first?: (kernel: CommodityKernel, thread: Thread) => Code;
  /** A user's program; its memory is 512 pages of zeros from MEMORY on. */
  readonly program?: () => Program;
  /** It has a disk with the file `/data`. */
  readonly files?: boolean;
}

/** Where the memory of programs begins. */
export const MEMORY = 0x100000;
/** Its pages. */
const PAGES = 512;
/** Master seed of all runs. */
export const SEED = '1997';

/** Bytes of `/data`. */
const FILE_BYTES = 40_960;

/** Bytes of a page. */
export const PAGE_BYTES = 4096;
const GUEST_BYTES = 2 ** 24;
const DISK = 'disk0';
const DISK_DEVICE = {
  kind: 'disk',
  name: DISK,
  node: 0,
  model: 'hp97560',
  scheduling: 'fcfs',
  immediateReport: false,
} as const;
/** Those of Disco's IRIX, as far as they matter without a network. */
const SWITCHES = { patchedPrivileged: true, zeroedPages: true, freePages: true, idleHint: true };
const SIZES = { mostProcesses: 16, sliceTicks: 10, countsPerTick: 2e6, tickNs: 10e6 };

/** One guest on the bare machine. */
export function bareSystem(nodes: number, guest: GuestProgram): Prepared {
  const machine = machineOf(nodes, guest, { layout: 'interleaved' });
  const kernel = kernelOf(nodes, machine.map.frames, guest, false);
  const disk = machine.devices.get(DISK);
  const disks = disk === undefined ? [] : [{ bridge: disk.bridge, device: disk.index, interruptTo: 0, mount: '/' }];
  machine.load(kernel, kernel.boot(firstOf(kernel, guest, disks)));
  return { machine, names: references => kernel.stepOf(references), run: () => void machine.run() };
}

/** Guests in virtual machines that have all processors each. The next one is started when the one before has come to its end. */
export function discoSystem(nodes: number, guests: readonly GuestProgram[], options: DiscoOptions = {}): Prepared {
  const machine = machineOf(nodes, guests[0], { counters: options.policy?.counters ?? null });
  const monitor = new Disco(machine, options);
  const kernels = guests.map((guest, number) => {
    const disks = guest.files === true ? [{ disk: DISK, mode: 'copy-on-write' } as const] : [];
    const virtual = monitor.create({ name: `guest ${number + 1}`, processors: nodes, memoryBytes: GUEST_BYTES, disks });
    const kernel = kernelOf(nodes, GUEST_BYTES / PAGE_BYTES, guest, true);
    const found = disks.map((_, device) => ({ bridge: virtual.bridge, device, interruptTo: 0, mount: '/' }));
    return { kernel, start: () => monitor.start(virtual, kernel, kernel.boot(firstOf(kernel, guest, found))) };
  });
  return {
    machine,
    names: references =>
      [monitor.code, ...kernels.map(({ kernel }) => kernel)]
        .map(software => software.stepOf(references))
        .find(step => step !== null) ?? null,
    run() {
      for (const { start } of kernels) {
        start();
        machine.run();
      }
    },
  };
}

/** The machine of the paper with fewer nodes. Without run-ahead all programs are fetched at the present. */
export function explainedMachine(nodes: number): MachineSpecification {
  return disco1997({ nodes });
}

type Built = Omit<Parameters<typeof buildMachine>[1], 'seed' | 'runAhead'>;

function machineOf(nodes: number, { files = false }: GuestProgram, options: Built): Machine {
  const specification = explainedMachine(nodes);
  const machine = buildMachine(files ? { ...specification, devices: [DISK_DEVICE] } : specification, {
    ...options,
    seed: SEED,
    runAhead: false,
  });
  if (files) {
    const content = makeFileSystem({ blocks: 4096, inodes: 256 }, { '/data': { bytes: FILE_BYTES, content: 7 } });
    for (const [sector, words] of content) machine.device(DISK, 'disk').poke(sector, words);
  }
  return machine;
}

function kernelOf(processors: number, pages: number, { program }: GuestProgram, mapped: boolean): CommodityKernel {
  const regions: readonly ProgramRegion[] = [{ kind: 'zero', first: MEMORY / PAGE_BYTES, pages: PAGES }];
  const main = { path: null, regions, program: () => program!() };
  const executables = new Map(program === undefined ? [] : [['main', main]]);
  const switches = mapped ? SWITCHES : {};
  return new CommodityKernel({ profile: irix, executables, mapped, processors, pages, switches, ...SIZES });
}

function firstOf(kernel: CommodityKernel, guest: GuestProgram, disks: readonly KernelDisk[]): (thread: Thread) => Code {
  const { first = untilEnded, files = false } = guest;
  const services = files
    ? new FileServices(kernel, { disks, descriptors: 64, readAheadPages: 0, flushTicks: 100 })
    : null;
  return function* (thread) {
    if (services !== null) yield* services.start(thread);
    yield* first(kernel, thread);
  };
}

function* untilEnded(kernel: CommodityKernel, thread: Thread): Code {
  const process = (yield* kernel.processes.spawn(thread, 'main', [])) as Process;
  while (!process.ended) yield* kernel.firstEnded.sleep(thread);
}
