/** Virtual machines that run the commodity kernel with programs of a spec's own. */
import { CommodityKernel } from '../../../lib/guest/commodity/kernel.js';
import type { KernelOptions } from '../../../lib/guest/commodity/kernel-options.js';
import type { Code } from '../../../lib/system/code.js';
import type { Thread } from '../../../lib/guest/commodity/processes/threads.js';
import type { DeviceSpecification } from '../../../lib/machine/specification/device-specification.js';
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import type { MachineSpecification } from '../../../lib/machine/specification/specification.js';
import { Disco } from '../../../lib/monitor/disco.js';
import type { DiscoOptions } from '../../../lib/monitor/options.js';
import type { VirtualMachine, VirtualMachineSpecification } from '../../../lib/monitor/virtual-machine.js';
import type { Program } from '../../../lib/processor/operations.js';
import { executable, SHORT } from '../../guest/commodity/running.js';

/** One guest. */
export interface GuestSetup {
  readonly programs: Readonly<Record<string, (args: readonly string[]) => Program>>;
  readonly processors?: number;
  readonly pages?: number;
  readonly kernel?: Partial<KernelOptions>;
  readonly machine?: Partial<VirtualMachineSpecification>;
  /** What the first thread does; it starts the program `main` and waits for it unless given. */
  readonly first?: (kernel: CommodityKernel, thread: Thread) => Code;
  readonly prepare?: (kernel: CommodityKernel, machine: VirtualMachine) => void;
}

/** What a spec runs. */
export interface VirtualSetup {
  /** Of the machine, one on each node. */
  readonly processors?: number;
  readonly framesPerNode?: number;
  readonly guests: readonly GuestSetup[];
  readonly disco?: DiscoOptions;
  readonly seed?: string | number;
  readonly runAhead?: boolean;
  readonly devices?: readonly DeviceSpecification[];
  readonly specification?: Partial<MachineSpecification>;
}

/** Built and started, not yet run. */
export interface VirtualRunning {
  readonly machine: Machine;
  readonly disco: Disco;
  readonly guests: readonly { readonly kernel: CommodityKernel; readonly virtual: VirtualMachine }[];
}

/** Builds all of it and starts the guests. */
export function withGuests(setup: VirtualSetup): VirtualRunning {
  const { processors = 1, framesPerNode = 4096, guests, seed = 1, runAhead = true, devices = [] } = setup;
  const preset = presets['disco-1997']({ nodes: processors });
  const nodes = { count: processors, processors: 1, memoryBytes: framesPerNode * 4096 };
  const machine = buildMachine({ ...preset, nodes, devices, ...setup.specification }, { seed, runAhead });
  const disco = new Disco(machine, setup.disco);
  return { machine, disco, guests: guests.map((guest, number) => startGuest(disco, guest, number)) };
}

/** Makes a virtual machine with a kernel, and starts it. */
export function startGuest(disco: Disco, guest: GuestSetup, number: number): VirtualRunning['guests'][number] {
  const { processors = 1, pages = 2048, programs, kernel: options, first = startMain } = guest;
  const virtual = disco.create({
    ...{ name: `guest ${number}`, processors, memoryBytes: pages * 4096 },
    ...guest.machine,
  });
  const kernel = new CommodityKernel({
    profile: SHORT,
    processors,
    pages,
    countsPerTick: 2_000_000,
    tickNs: 10e6,
    sliceTicks: 10,
    mostProcesses: 64,
    executables: new Map(Object.entries(programs).map(([path, program]) => [path, executable(program)])),
    mapped: true,
    ...options,
  });
  guest.prepare?.(kernel, virtual);
  disco.start(
    virtual,
    kernel,
    kernel.boot(thread => first(kernel, thread)),
  );
  return { kernel, virtual };
}

/** The first thread starts `main` and waits for it to end. */
export function* startMain(kernel: CommodityKernel, thread: Thread): Code {
  const main = yield* kernel.processes.spawn(thread, 'main', []);
  if (typeof main === 'number') throw new Error(`main cannot be started: ${main}`);
  while (kernel.processes.count > 0) yield* kernel.firstEnded.sleep(thread);
}

/** Runs it until all guests have stopped. Throws what one of them has thrown. */
export function runGuests(setup: VirtualSetup): VirtualRunning {
  const running = withGuests(setup);
  running.machine.run();
  for (const { virtual } of running.guests) rethrow(virtual);
  return running;
}

/** Throws what a guest has thrown: the monitor has only ended it. */
export function rethrow({ thrown, failure, name }: VirtualMachine): void {
  if (thrown !== undefined) throw thrown instanceof Error ? thrown : new Error(`${name}: ${failure}`);
}
