/** A machine that runs the commodity kernel with programs of a spec's own. */
import type { Context } from '../../../lib/processor/context.js';
import { CommodityKernel } from '../../../lib/guest/commodity/kernel.js';
import type { KernelOptions } from '../../../lib/guest/commodity/kernel-options.js';
import type { Executable, ProgramRegion } from '../../../lib/guest/commodity/processes/process.js';
import type { Profile } from '../../../lib/guest/commodity/profile.js';
import type { Code } from '../../../lib/system/code.js';
import type { Thread } from '../../../lib/guest/commodity/processes/threads.js';
import type { DeviceSpecification } from '../../../lib/machine/specification/device-specification.js';
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import type { Program } from '../../../lib/processor/operations.js';
import type { SystemSoftware } from '../../../lib/processor/software.js';

const step = (instructions: number, textLines: number) => ({
  instructions,
  textLines,
  touches: [
    { area: 'stack', lines: 2, loads: 8, stores: 8 },
    { area: 'processor', lines: 1, loads: 2, stores: 1 },
    { area: 'memory', lines: 2, loads: 2, stores: 1 },
  ] as const,
});

/** A profile whose steps are short, so that specs are about what the kernel does. */
export const SHORT: Profile = {
  name: 'short',
  source: 'specs',
  steps: Object.fromEntries(
    ['entry', 'exit', 'exit path', 'page alloc', 'page free', 'demand zero', 'quick fault', 'switch', 'setrun'].map(
      (name, i) => [name, step(40 + i, 2)],
    ),
  ),
  textBytes: 8192,
  copyLineCycles: 20,
  zeroLineCycles: 10,
  refillCycles: 4,
  doubleMissCycles: 4,
  lazyTables: true,
  tablesAtExec: false,
  wiredTables: 0,
  spinCycles: 4,
};

/** Where the programs of specs have their text, heap and stack: pages. */
export const TEXT = 0x400;
export const HEAP = 0x10000;
export const STACK = 0x7fff0;
const REGIONS: readonly ProgramRegion[] = [
  { kind: 'text', first: TEXT, pages: 16 },
  { kind: 'zero', first: HEAP, pages: 256, heap: true },
  { kind: 'zero', first: STACK, pages: 8 },
];

/** An executable without a file. */
export const executable = (program: (args: readonly string[]) => Program): Executable => ({
  path: null,
  regions: REGIONS,
  program,
});

/** What a spec runs. */
export interface Setup {
  readonly processors?: number;
  readonly programs: Readonly<Record<string, (args: readonly string[]) => Program>>;
  readonly kernel?: Partial<KernelOptions>;
  readonly seed?: string | number;
  readonly runAhead?: boolean;
  /** What the first thread does; it starts the program `main` and waits for it unless given. */
  readonly first?: (kernel: CommodityKernel, thread: Thread) => Code;
  /** Adds to the kernel before it runs. */
  readonly prepare?: (running: Running) => void;
  readonly devices?: readonly DeviceSpecification[];
  /** What stands between the machine and the kernel. */
  readonly software?: (kernel: CommodityKernel, machine: Machine) => SystemSoftware;
}

/** A machine with its kernel. */
export interface Running {
  readonly machine: Machine;
  readonly kernel: CommodityKernel;
  readonly contexts: readonly Context[];
}

/** Builds both, ready to run: the first thread starts `main` and waits for it to end. */
export function withKernel({
  processors = 1,
  programs,
  kernel: options = {},
  seed = 1,
  runAhead = true,
  first = startMain,
  prepare,
  software,
  devices = [],
}: Setup): Running {
  const specification = { ...presets['disco-1997']({ nodes: processors }), devices };
  const machine = buildMachine(specification, { seed, layout: 'interleaved', runAhead });
  const kernel = new CommodityKernel({
    profile: SHORT,
    processors,
    pages: 2048,
    countsPerTick: 2_000_000,
    tickNs: 10e6,
    sliceTicks: 10,
    mostProcesses: 64,
    executables: new Map(Object.entries(programs).map(([path, program]) => [path, executable(program)])),
    mapped: false,
    ...options,
  });
  const contexts = kernel.boot(thread => first(kernel, thread));
  machine.load(software?.(kernel, machine) ?? kernel, contexts);
  const running = { machine, kernel, contexts };
  prepare?.(running);
  return running;
}

function* startMain(kernel: CommodityKernel, thread: Thread): Code {
  const main = yield* kernel.processes.spawn(thread, 'main', []);
  if (typeof main === 'number') throw new Error(`main cannot be started: ${main}`);
  while (kernel.processes.count > 0) yield* kernel.firstEnded.sleep(thread);
}

/** Runs it until the kernel has stopped. */
export function runKernel(setup: Setup): Running {
  const running = withKernel(setup);
  running.machine.run();
  return running;
}
