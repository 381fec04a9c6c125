/** A workload under the commodity kernel on a bare machine: builds both, runs them, and says where the time goes. */
import { plainObject } from '../../engine/checks.js';
import { ns } from '../../engine/time.js';
import { VERSION } from '../../engine/version.js';
import type { Code } from '../../system/code.js';
import type { FileServices } from '../../guest/commodity/file-services.js';
import type { CommodityKernel } from '../../guest/commodity/kernel.js';
import type { Process } from '../../guest/commodity/process.js';
import type { Thread } from '../../guest/commodity/threads.js';
import { GuestError } from '../../system/guest-error.js';
import type { Machine } from '../../machine/machine.js';
import { compute } from '../../processor/operations.js';
import { MEASURE } from '../../workloads/guest-workload.js';
import { ActivitySamples } from './activity-samples.js';
import {
  activitiesOf,
  disksOf,
  lockCounts,
  locksOf,
  missesOf,
  processorsOf,
  servicesOf,
  sumOf,
  timeOf,
} from './native-figures.js';
import { SAMPLED_PARTS, type NativeResult, type SampledPart } from './native-result.js';
import { nativeSystem, tooSmall, type NativeOptions } from './native-system.js';
import { queuesOf } from '../hardware/queues.js';
import { warm } from './warm.js';

export type { NativeOptions } from './native-system.js';

/** Simulated time between two looks at the run. */
const LOOK_NS = 100_000;
/** How often the kernel looks whether the measurement has begun. */
const LOOK_CYCLES = 100;
/** Booting, the start of the workload that is not measured, what is measured, and all that comes after. */
type Phase = 'boot' | 'start' | 'ready' | 'over';

/** A run under way. Run it, in pieces if you like, then ask for the result. */
export class NativeRun {
  readonly machine: Machine;
  readonly kernel: CommodityKernel;
  readonly files: FileServices;
  private readonly options: NativeOptions;
  private phase: Phase = 'boot';
  private begunAt = 0;
  /** Calls of `measure` so far: they begin and end the window of measurement. */
  private marks = 0;
  private begun = false;
  private readonly running: Process[] = [];
  private samples: ActivitySamples<SampledPart>;
  private locksBefore: ReturnType<typeof lockCounts> = new Map();
  private schedulerBefore = { switches: 0, migrations: 0, wakeUps: 0 };

  /** Throws a GuestError if the machine has too little memory, a SpecificationError if it is none. */
  constructor(options: NativeOptions) {
    plainObject(options, 'the options of a native run');
    this.options = options;
    const { machine, kernel, files } = nativeSystem(options);
    this.machine = machine;
    this.kernel = kernel;
    this.files = files;
    this.kernel.calls.set(MEASURE, thread => this.mark(thread));
    this.samples = new ActivitySamples(this.machine.processors, SAMPLED_PARTS);
    const contexts = this.kernel.boot(thread => this.first(thread));
    this.machine.load(this.kernel, contexts);
  }

  /** Simulated time of what is measured: since the workload, or its window, began. */
  get elapsedNs(): number {
    return this.begun ? this.machine.elapsedNs - this.begunAt : 0;
  }

  /** Runs the workload from its beginning to its end; `progress` may stop it by returning false. */
  run(progress?: (elapsedNs: number) => boolean | void): NativeResult {
    while (this.advance()) if (progress?.(this.elapsedNs) === false) break;
    return this.result();
  }

  /**
   * Simulates a further tenth of a millisecond. False when the workload is over. Throws a GuestError if memory is exhausted:
   * programs would fail one after the other, and the figures mean nothing.
   */
  advance(): boolean {
    const { machine, phase, kernel } = this;
    if (phase === 'over') return false;
    const end = machine.run({ until: machine.simulation.now + machine.simulation.ticks(ns(LOOK_NS)) });
    if (kernel.physical.statistics.refused > 0)
      throw tooSmall(this.options.workload.name, machine, 'memory is exhausted; give the machine more memory');
    const now = this.reached();
    if (end === 'finished' && now !== 'over')
      throw new Error(`the machine stands still while it ${phase === 'boot' ? 'boots' : 'runs the workload'}`);
    if (this.begun) this.samples.take();
    else if (now === 'ready' || now === 'over') this.begin();
    if (now === 'over' && this.marks < (this.options.workload.window?.marks ?? 0))
      throw new GuestError(`${this.options.workload.name} ended before what is to be measured began`);
    const { ns: window = Infinity } = this.options.workload.window ?? {};
    if (this.elapsedNs >= window) this.phase = 'over';
    return this.reached() !== 'over';
  }

  /** What happened so far. */
  result(): NativeResult {
    const { machine, kernel, options } = this;
    const { processors, simulation } = machine;
    for (const processor of processors) processor.settle();
    const elapsedNs = this.elapsedNs;
    const elapsed = elapsedNs / simulation.time.ns(1);
    const { switches, migrations, wakeUps } = kernel.scheduler.statistics;
    const before = this.schedulerBefore;
    const { pageBytes } = kernel;
    return {
      version: VERSION,
      seed: simulation.seed,
      fingerprint: simulation.fingerprint.toString(),
      partial:
        this.phase === 'over' ? null : `stopped ${this.begun ? 'before its end' : 'before what is measured began'}`,
      machine: machine.specification,
      layout: options.layout,
      workload: options.workload.name,
      description: options.workload.description,
      profile: options.profile.name,
      elapsedNs,
      time: timeOf(processors, elapsed),
      activities: activitiesOf(processors, elapsed),
      processors: processorsOf(processors, elapsed),
      services: servicesOf(kernel.services, machine, elapsed),
      locks: locksOf(kernel, this.locksBefore),
      misses: missesOf(processors),
      tlbMisses: sumOf(processors, ({ stats }) => stats.tlbMisses),
      disks: disksOf(
        machine,
        options.workload.disks.map(({ mount }) => mount),
        elapsed,
      ),
      queues: queuesOf(machine, elapsed),
      scheduler: {
        switches: switches - before.switches,
        migrations: migrations - before.migrations,
        wakeUps: wakeUps - before.wakeUps,
      },
      processes: kernel.processes.statistics.made,
      memory: Object.fromEntries(
        Object.entries(kernel.physical.census()).map(([use, pages]) => [use, pages * pageBytes]),
      ),
      samples: this.samples.report(LOOK_NS),
    };
  }

  /** A method, because the compiler does not know that a run changes it. */
  private reached(): Phase {
    return this.phase;
  }

  /** The workload begins: what was counted before does not count. */
  private begin(): void {
    const { machine, kernel } = this;
    machine.simulation.resetStatistics();
    this.begunAt = machine.elapsedNs;
    this.begun = true;
    this.samples = new ActivitySamples(machine.processors, SAMPLED_PARTS);
    this.locksBefore = lockCounts(kernel);
    this.schedulerBefore = { ...kernel.scheduler.statistics };
  }

  /** What the kernel's first thread does. */
  private *first(thread: Thread): Code {
    const { kernel, running } = this;
    yield* this.files.start(thread);
    yield* warm(thread, this.options.workload, this.files, 1);
    if (this.options.workload.window === undefined) {
      this.phase = 'ready';
      // Until the next look at the run: nothing of the workload is to come before that.
      while (!this.begun) yield compute(LOOK_CYCLES);
    } else this.phase = 'start';
    for (const { path, args } of this.options.workload.start) {
      const process = yield* kernel.processes.spawn(thread, path, args);
      if (typeof process === 'number') throw new GuestError(`${path} cannot be started: error ${process}`);
      running.push(process);
    }
    while (running.some(process => !process.ended)) yield* kernel.firstEnded.sleep(thread);
    const failed = running.find(({ status }) => status !== 0);
    if (failed !== undefined) throw new GuestError(`${failed.name} ended with status ${failed.status}, not 0`);
    this.phase = 'over';
  }

  /** A program says that it is where what is measured begins or ends. */
  private *mark(thread: Thread): Code<number> {
    const { window } = this.options.workload;
    this.marks++;
    if (this.marks === window?.marks) this.phase = 'ready';
    if (this.marks === window?.endMarks) this.phase = 'over';
    yield* this.kernel.work('system call', thread.record);
    return 0;
  }
}
