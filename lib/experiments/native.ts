/** A workload under the commodity kernel on a bare machine: builds both, runs them, and says where the time goes. */
import { ns } from '../engine/time.js';
import { VERSION } from '../engine/version.js';
import { FileServices, type KernelDisk } from '../guest/commodity/file-services.js';
import { makeFileSystem } from '../guest/commodity/files/make-file-system.js';
import { CommodityKernel } from '../guest/commodity/kernel.js';
import type { Process } from '../guest/commodity/process.js';
import type { Code } from '../guest/commodity/code.js';
import type { Profile } from '../guest/commodity/profile.js';
import type { Thread } from '../guest/commodity/threads.js';
import type { Disk } from '../devices/disk.js';
import { buildMachine, type Machine } from '../machine/machine.js';
import type { MachineSpecification, ResolvedSpecification } from '../machine/specification.js';
import type { PhysicalLayout } from '../machine/physical-layout.js';
import { ACTIVITIES } from '../processor/software.js';
import { MEASURE, type GuestWorkload } from '../workloads/guest-workload.js';

/** What a native run is made with. */
export interface NativeOptions {
  readonly workload: GuestWorkload;
  readonly machine: MachineSpecification;
  readonly profile: Profile;
  readonly seed: string | number;
  /** How physical pages lie on nodes. */
  readonly layout: PhysicalLayout;
  readonly runAhead?: boolean;
}

/** Time of all processors together, in percent of the elapsed time times processors. */
export interface NativeTime {
  readonly user: number;
  readonly userStall: number;
  readonly kernel: number;
  readonly kernelStall: number;
  readonly synchronisation: number;
  readonly idle: number;
}

/** The result of a native run. Plain data. */
export interface NativeResult {
  readonly version: string;
  readonly seed: string;
  readonly fingerprint: string;
  readonly partial: string | null;
  readonly machine: ResolvedSpecification;
  readonly workload: string;
  readonly profile: string;
  readonly elapsedNs: number;
  readonly time: NativeTime;
  /** Percent of the time by activity. */
  readonly activities: Readonly<Record<string, number>>;
  readonly services: readonly {
    readonly name: string;
    readonly count: number;
    readonly meanNs: number;
    /** Percent of the elapsed time times processors. */
    readonly share: number;
  }[];
  readonly locks: readonly { readonly name: string; readonly acquisitions: number; readonly contended: number }[];
  readonly misses: { readonly local: number; readonly remote: number };
  readonly tlbMisses: number;
  readonly disks: readonly {
    readonly name: string;
    readonly reads: number;
    readonly writes: number;
    readonly busy: number;
  }[];
  readonly processes: number;
}

/** Disk blocks of 4096 bytes that a file system is made with. */
const FILE_SYSTEM = { blocks: 65536, inodes: 4096 };
/** How often a run looks whether the workload has begun or ended. */
const LOOK_NS = 100_000;
/** IRIX ticks 100 times a second. */
const TICK_NS = 10_000_000;

/** A run under way. */
export class NativeRun {
  readonly machine: Machine;
  readonly kernel: CommodityKernel;
  readonly files: FileServices;
  private readonly options: NativeOptions;
  private phase: 'boot' | 'start' | 'ready' | 'over' = 'boot';
  private begunAt = 0;
  /** Calls of `measure` that are awaited. */
  private marks: number;

  constructor(options: NativeOptions) {
    this.options = options;
    const { workload, profile, seed, layout, runAhead = true } = options;
    const specification = withDisks(options.machine, workload.disks.length);
    this.machine = buildMachine(specification, { seed, layout, runAhead });
    this.marks = workload.window?.marks ?? 0;
    const { machine } = this;
    const { clockMHz } = machine.specification.processor;
    this.kernel = new CommodityKernel({
      profile,
      processors: machine.processors.length,
      pages: machine.map.frames,
      countsPerTick: (clockMHz * TICK_NS) / 2000,
      tickNs: TICK_NS,
      sliceTicks: 10,
      mostProcesses: 256,
      executables: workload.executables,
      mapped: false,
    });
    const disks = workload.disks.map(({ mount }, number): KernelDisk => {
      const { bridge, index, component } = machine.devices.get(`disk${number}`)!;
      for (const [sector, words] of makeFileSystem(FILE_SYSTEM, workload.disks[number]!.tree))
        (component as Disk).poke(sector, words);
      return { bridge, device: index, interruptTo: number % machine.processors.length, mount };
    });
    this.files = new FileServices(this.kernel, { disks, descriptors: 64, readAheadPages: 8, flushTicks: 100 });
    this.kernel.calls.set(MEASURE, () => this.mark());
    const { kernel, files } = this;
    const contexts = kernel.boot(
      function* (this: NativeRun, thread: Thread): Code {
        yield* files.start(thread);
        yield* this.warm(thread);
        this.phase = this.marks > 0 ? 'start' : 'ready';
        const running: Process[] = [];
        for (const { path, args } of workload.start) {
          const process = yield* kernel.processes.spawn(thread, path, args);
          if (typeof process === 'number') throw new Error(`${path} cannot be started: error ${process}`);
          running.push(process);
        }
        while (running.some(process => !process.ended)) yield* kernel.firstEnded.sleep(thread);
        this.phase = 'over';
      }.bind(this),
    );
    machine.load(kernel, contexts);
  }

  /** Runs the workload, and measures its window or all of it; `progress` may stop it by returning false. */
  run(progress?: (elapsedNs: number) => boolean | void): NativeResult {
    this.runWhile('boot');
    this.runWhile('start');
    this.machine.simulation.resetStatistics();
    this.begunAt = this.machine.elapsedNs;
    const { ns: length = Infinity } = this.options.workload.window ?? {};
    let stopped = false;
    this.runWhile('ready', elapsedNs => {
      stopped = progress?.(elapsedNs) === false;
      return !stopped && elapsedNs < length;
    });
    for (const processor of this.machine.processors) processor.settle();
    return this.result(stopped ? 'stopped before the end' : null);
  }

  /** Reads the programs into memory: the paper excludes the effects of a cold start. */
  private *warm(thread: Thread): Code {
    for (const { path } of this.options.workload.executables.values()) {
      if (path === null) continue;
      const file = yield* this.files.mounts.lookup(thread, path);
      if (typeof file === 'number') throw new Error(`${path} is not on any disk of the workload: error ${file}`);
      for (let index = 0; index * 4096 < file.size; index++) {
        const page = yield* file.page(thread, index);
        if (typeof page === 'number') throw new Error(`${path} cannot be read: error ${page}`);
        yield* file.release(thread, index, page, false);
      }
      yield* file.closed(thread);
    }
  }

  private *mark(): Code<number> {
    if (--this.marks === 0) this.phase = 'ready';
    return 0;
  }

  private runWhile(phase: string, progress?: (elapsedNs: number) => boolean | void): boolean {
    const { machine } = this;
    const step = machine.simulation.ticks(ns(LOOK_NS));
    while (this.phase === phase) {
      const end = machine.run({ until: machine.simulation.now + step });
      if (end === 'finished' && this.phase === phase)
        throw new Error(`the machine stands still while it should ${phase}`);
      if (progress?.(machine.elapsedNs - this.begunAt) === false) return false;
    }
    return true;
  }

  private result(partial: string | null): NativeResult {
    const { machine, kernel, options } = this;
    const elapsedNs = machine.elapsedNs - this.begunAt;
    const { processors } = machine;
    const total = (elapsedNs / machine.simulation.time.ns(1)) * processors.length;
    const sum = (f: (processor: Machine['processors'][number]) => number): number =>
      processors.reduce((all, processor) => all + f(processor), 0);
    const percent = (ticks: number): number => (100 * ticks) / total;
    const activity = (name: string): number => sum(({ account }) => account.ticks[ACTIVITIES.indexOf(name as never)]!);
    const kernelActivities = ['kernel', 'tlb refill', 'page fault', 'page moving', 'interrupt'];
    const stalls = sum(({ systemStalls }) =>
      kernelActivities.reduce((all, name) => {
        const at = 2 * ACTIVITIES.indexOf(name as never);
        return all + systemStalls[at]! + systemStalls[at + 1]!;
      }, 0),
    );
    const kernelTicks = kernelActivities.reduce((all, name) => all + activity(name), 0);
    const nsPerTick = machine.simulation.time.ns(1);
    return {
      version: VERSION,
      seed: machine.simulation.seed,
      fingerprint: machine.simulation.fingerprint.toString(),
      partial,
      machine: machine.specification,
      workload: options.workload.name,
      profile: options.profile.name,
      elapsedNs,
      time: {
        user: percent(activity('user')),
        userStall: percent(activity('cache') + activity('local stall') + activity('remote stall')),
        kernel: percent(kernelTicks - stalls),
        kernelStall: percent(stalls),
        synchronisation: percent(activity('synchronisation')),
        idle: percent(activity('idle')),
      },
      activities: Object.fromEntries(ACTIVITIES.map(name => [name, percent(activity(name))])),
      services: kernel.services.flatMap((name, number) => {
        const count = sum(({ services }) => services!.counts[number]!);
        const ticks = sum(({ services }) => services!.account.ticks[number]!);
        return ticks === 0 && count === 0
          ? []
          : [{ name, count, meanNs: count === 0 ? 0 : (ticks * nsPerTick) / count, share: percent(ticks) }];
      }),
      locks: kernel
        .lockStatistics()
        .filter(({ statistics }) => statistics.acquisitions > 0)
        .map(({ name, statistics }) => ({ name, ...statistics })),
      misses: {
        local: sum(({ stats }) => stats.localMisses),
        remote: sum(({ stats }) => stats.remoteMisses),
      },
      tlbMisses: sum(({ stats }) => stats.tlbMisses),
      disks: [...machine.devices.values()]
        .filter(({ kind }) => kind === 'disk')
        .map(({ name, component }) => {
          const { stats } = component as Disk;
          return {
            name,
            reads: stats.reads,
            writes: stats.writes,
            busy: (100 * stats.busyTicks * nsPerTick) / elapsedNs,
          };
        }),
      processes: kernel.processes.statistics.made,
    };
  }
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
