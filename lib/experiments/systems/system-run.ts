/** A run of a system: guests on a host. Builds both, runs them, and says where the time and the memory go. */
import { finiteNumber, plainObject } from '../../engine/checks.js';
import { ns } from '../../engine/time.js';
import { VERSION } from '../../engine/version.js';
import type { Machine } from '../../machine/machine.js';
import { ActivitySamples } from './activity-samples.js';
import { bareHost } from './hosts/bare-host.js';
import { activitiesOf, disksOf, missesOf, processorsOf, servicesOf, sumOf, timeOf } from './figures.js';
import type { Host } from './hosts/host.js';
import { MonitorHost } from './hosts/monitor-host.js';
import type { CommonStart, GuestRun, SystemOptions } from './plan.js';
import { queuesOf } from '../hardware/queues.js';
import { runJob } from '../job.js';
import { GuestError } from '../../system/guest-error.js';
import type { SystemResult } from './system-result.js';

/** Simulated time between two looks at the run. */
const LOOK_NS = 100_000;

/** Builds the host that the options ask for. Throws a RangeError for a kind of host that does not exist. */
function hostFor(options: SystemOptions, common: CommonStart): Host {
  const { host } = options;
  switch (host.kind) {
    case 'bare':
      return bareHost(options, host, common);
    case 'disco':
      return new MonitorHost(options, host, common);
    default:
      throw new RangeError(`there is no host ${String((host as { kind: unknown }).kind)}; there are bare, disco`);
  }
}

/** A run under way. Run it, in pieces if you like, then ask for the result. */
export class SystemRun {
  readonly machine: Machine;
  readonly host: Host;
  /** The monitor with its virtual machines; null on a bare machine. */
  readonly monitor: MonitorHost | null;
  readonly guests: readonly GuestRun[];
  private readonly options: SystemOptions;
  /** When guests were over, from the beginning of what is measured. */
  private readonly endedNs = new Map<GuestRun, number>();
  /** When all guests were ready and their workloads went on; null before. */
  private releasedAt: number | null = null;
  private begun = false;
  private over = false;
  private begunAt = 0;
  private samples: ActivitySamples;

  /**
   * Throws a GuestError for guests that cannot be or that do not fit into memory, a DiscoError for a monitor that cannot be,
   * and a SpecificationError for a machine that is not valid.
   */
  constructor(options: SystemOptions) {
    plainObject(options, 'the options of a run');
    plainObject(options.host, 'the host of a run');
    plainObject(options.guests, 'the guests of a run');
    finiteNumber(options.warmUpNs ?? 0, 'warmUpNs', 0, 1e12);
    this.options = options;
    const common: CommonStart = {
      go: () => this.releasedAt !== null,
      ready: () => this.guests.every(guest => this.isReady(guest)),
      clientsReady: () =>
        this.guests.every(guest => (guest.plan.network?.exports.length ?? 0) > 0 || this.isReady(guest)),
    };
    this.host = hostFor(options, common);
    this.monitor = this.host instanceof MonitorHost ? this.host : null;
    this.machine = this.host.machine;
    this.guests = this.host.guests;
    this.samples = new ActivitySamples(this.machine.processors);
    for (const guest of this.guests) guest.start();
    this.beginIfWarm();
  }

  /** Simulated time of what is measured: since all guests were ready, or their window began, and the warm-up was over. */
  get elapsedNs(): number {
    return this.begun ? this.machine.elapsedNs - this.begunAt : 0;
  }

  /** Runs the workloads from their beginning to their end; `progress` may stop it by returning false. */
  run(progress?: (elapsedNs: number) => boolean | void): SystemResult {
    return runJob([() => this], () => progress?.(this.elapsedNs))[0];
  }

  /**
   * Simulates a further tenth of a millisecond. False when all workloads are over. A guest that the monitor ended is over, too,
   * such as one that needs a page when the machine has none left; the others continue, and the result says so. Throws a GuestError if memory is exhausted, if all guests were ended, or if their
   * workloads were over before the warm-up was: the figures would mean nothing.
   */
  advance(): boolean {
    const { machine, guests, host } = this;
    if (this.over) return false;
    const end = machine.run({ until: machine.simulation.now + machine.simulation.ticks(ns(LOOK_NS)) });
    host.check();
    if (end === 'finished') for (const guest of guests) guest.finished();
    this.over = guests.every(guest => guest.phase === 'over' || host.failureOf(guest) !== null);
    if (end === 'finished' && !this.over)
      throw new Error(`the machine stands still while guests are at: ${guests.map(({ phase }) => phase).join(', ')}`);
    if (!this.begun) {
      this.beginIfWarm();
      if (this.over && !this.begun)
        throw new GuestError(
          `the workload was over before its warm-up of ${this.warmUpNs / 1e6} ms; give a shorter one`,
        );
      return !this.over;
    }
    this.samples.take();
    for (const guest of guests)
      if (guest.phase === 'over' && !this.endedNs.has(guest)) this.endedNs.set(guest, this.elapsedNs);
    if (this.elapsedNs >= Math.max(...guests.map(({ windowNs }) => windowNs))) this.over = true;
    return !this.over;
  }

  /** What happened so far. */
  result(): SystemResult {
    const { machine, host, elapsedNs, guests } = this;
    const { processors, simulation } = machine;
    for (const processor of processors) processor.settle();
    const elapsed = elapsedNs / simulation.time.ns(1);
    const { services, switches, system, plans } = this.options.guests;
    return {
      version: VERSION,
      seed: simulation.seed,
      fingerprint: simulation.fingerprint.toString(),
      partial: this.partial(),
      machine: machine.specification,
      layout: host.layout,
      workload: plans[0].workload,
      system,
      switches,
      guests: guests.map(guest => ({
        ...guest.result(),
        endedNs: this.endedNs.get(guest) ?? null,
        failure: host.failureOf(guest),
      })),
      elapsedNs,
      time: timeOf(processors, elapsed),
      activities: activitiesOf(processors, elapsed),
      processors: processorsOf(processors, elapsed),
      services: servicesOf(services, machine, elapsed),
      misses: missesOf(processors),
      tlbMisses: sumOf(processors, ({ stats }) => stats.tlbMisses),
      disks: disksOf(host, elapsed),
      queues: queuesOf(machine, elapsed),
      samples: this.samples.report(LOOK_NS),
      monitor: host.monitorResult(services, elapsed),
    };
  }

  /** Why the figures are not those of a whole run; null if they are. */
  private partial(): string | null {
    if (!this.over) return `stopped ${this.begun ? 'before its end' : 'before what is measured began'}`;
    const failures = this.guests.flatMap(guest => {
      const failure = this.host.failureOf(guest);
      return failure === null ? [] : [`${guest.result().name}: ${failure}`];
    });
    return failures.length === 0
      ? null
      : `the monitor ended ${failures.length} of ${this.guests.length} guests: ${failures.join('; ')}`;
  }

  /** Whether a guest is where what is measured begins, or will not come there. */
  private isReady(guest: GuestRun): boolean {
    return guest.phase === 'ready' || guest.phase === 'over' || this.host.failureOf(guest) !== null;
  }

  private get warmUpNs(): number {
    return this.options.warmUpNs ?? 0;
  }

  /** Lets the workloads go on when all guests are ready, and counts from the end of the warm-up. */
  private beginIfWarm(): void {
    const { elapsedNs } = this.machine;
    if (this.releasedAt === null && this.guests.every(guest => this.isReady(guest))) this.releasedAt = elapsedNs;
    if (this.releasedAt !== null && elapsedNs - this.releasedAt >= this.warmUpNs) this.begin();
  }

  /** What was counted before does not count. */
  private begin(): void {
    const { machine, host } = this;
    machine.simulation.resetStatistics();
    this.samples = new ActivitySamples(machine.processors);
    host.begin();
    this.begunAt = machine.elapsedNs;
    this.begun = true;
  }
}
