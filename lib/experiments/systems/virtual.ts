/** Guests on the monitor: builds all of it, runs them, and says where the time and memory go. */
import { plainObject } from '../../engine/checks.js';
import { ns } from '../../engine/time.js';
import { VERSION } from '../../engine/version.js';
import { GuestError } from '../../system/guest-error.js';
import type { Machine } from '../../machine/machine.js';
import { firstTouch } from '../../placement/first-touch.js';
import type { Disco } from '../../monitor/disco.js';
import { ActivitySamples } from './activity-samples.js';
import { activitiesOf, missesOf, servicesOf, sumOf } from './native-figures.js';
import { queuesOf } from '../hardware/queues.js';
import {
  mappedCounts,
  monitorCounts,
  monitorWorkOf,
  since,
  virtualDisksOf,
  virtualTimeOf,
  type MappedCounts,
  type MonitorCounts,
} from './virtual-figures.js';
import type { GuestRun } from './virtual-guest.js';
import { virtualMemoryOf } from './virtual-memory.js';
import { VIRTUAL_SAMPLED_PARTS, type VirtualResult, type VirtualSampledPart } from './virtual-result.js';
import { guestTooSmall, virtualSystem, type VirtualOptions, type VirtualSystem } from './virtual-system.js';

export type { VirtualOptions } from './virtual-system.js';

/** Simulated time between two looks at the run. */
const LOOK_NS = 100_000;

/** A run under way. Run it, in pieces if you like, then ask for the result. */
export class VirtualRun {
  readonly machine: Machine;
  readonly disco: Disco;
  readonly guests: readonly GuestRun[];
  private readonly options: VirtualOptions;
  private readonly system: VirtualSystem;
  /** When guests were over, from the beginning of what is measured. */
  private readonly endedNs = new Map<GuestRun, number>();
  private begun = false;
  private over = false;
  private begunAt = 0;
  private samples: ActivitySamples<VirtualSampledPart>;
  private countsBefore: MonitorCounts;
  private mappedBefore: readonly MappedCounts[];

  /** Throws a GuestError, DiscoError or SpecificationError for what cannot be. */
  constructor(options: VirtualOptions) {
    plainObject(options, 'the options of a virtual run');
    this.options = options;
    this.system = virtualSystem(options, { go: () => this.begun, ready: () => this.ready });
    const { machine, disco, guests } = this.system;
    this.machine = machine;
    this.disco = disco;
    this.guests = guests;
    for (const guest of guests) guest.start(disco);
    this.samples = new ActivitySamples(machine.processors, VIRTUAL_SAMPLED_PARTS);
    this.countsBefore = monitorCounts(disco);
    this.mappedBefore = mappedCounts(this.system);
  }

  /** Simulated time of what is measured: since all guests were ready. */
  get elapsedNs(): number {
    return this.begun ? this.machine.elapsedNs - this.begunAt : 0;
  }

  /** Runs the workloads from their beginning to their end; `progress` may stop it by returning false. */
  run(progress?: (elapsedNs: number) => boolean | void): VirtualResult {
    while (this.advance()) if (progress?.(this.elapsedNs) === false) break;
    return this.result();
  }

  /**
   * Simulates a further tenth of a millisecond. False when all workloads are over. Throws a GuestError if memory is exhausted or
   * the monitor had to end a guest: the figures would mean nothing.
   */
  advance(): boolean {
    const { machine, guests } = this;
    if (this.over) return false;
    const end = machine.run({ until: machine.simulation.now + machine.simulation.ticks(ns(LOOK_NS)) });
    this.check();
    this.over = guests.every(({ phase }) => phase === 'over');
    if (end === 'finished' && !this.over)
      throw new Error(`the machine stands still while guests are at: ${guests.map(({ phase }) => phase).join(', ')}`);
    if (!this.begun) {
      if (this.ready) this.begin();
    } else {
      this.samples.take();
      for (const guest of guests)
        if (guest.phase === 'over' && !this.endedNs.has(guest)) this.endedNs.set(guest, this.elapsedNs);
      if (this.elapsedNs >= Math.max(...guests.map(({ windowNs }) => windowNs))) this.over = true;
    }
    return !this.over;
  }

  /** What happened so far. */
  result(): VirtualResult {
    const { machine, disco, options, system, guests, elapsedNs } = this;
    const { processors, simulation } = machine;
    for (const processor of processors) processor.settle();
    const elapsed = elapsedNs / simulation.time.ns(1);
    const { services, switches, system: profile, plans } = options.guests;
    const { secondLevelTlb, quantumNs, gang } = disco.options;
    const counts = monitorCounts(disco);
    return {
      version: VERSION,
      seed: simulation.seed,
      fingerprint: simulation.fingerprint.toString(),
      partial: this.over ? null : `stopped ${this.begun ? 'before its end' : 'before what is measured began'}`,
      machine: machine.specification,
      workload: plans[0]!.workload,
      profile,
      switches,
      options: { policy: (options.monitor?.policy ?? firstTouch()).name, secondLevelTlb, quantumNs, gang },
      guests: guests.map(guest => ({ ...guest.result(), endedNs: this.endedNs.get(guest) ?? null })),
      elapsedNs,
      time: virtualTimeOf(processors, elapsed),
      activities: activitiesOf(processors, elapsed),
      services: servicesOf(services, machine, elapsed),
      work: monitorWorkOf(services, machine, elapsed),
      monitor: since(counts.statistics, this.countsBefore.statistics),
      placement: since(counts.placement, this.countsBefore.placement),
      shootdown: {
        requests: counts.shootdown.requests - this.countsBefore.shootdown.requests,
        interrupts: counts.shootdown.interrupts - this.countsBefore.shootdown.interrupts,
        entries: counts.shootdown.entries - this.countsBefore.shootdown.entries,
      },
      memory: virtualMemoryOf(disco, system.guests),
      misses: missesOf(processors),
      tlbMisses: sumOf(processors, ({ stats }) => stats.tlbMisses),
      disks: virtualDisksOf(system, this.mappedBefore, elapsed),
      queues: queuesOf(machine, elapsed),
      samples: this.samples.report(LOOK_NS),
    };
  }

  /** Whether all guests are where what is measured begins. */
  private get ready(): boolean {
    return this.guests.every(({ phase }) => phase === 'ready' || phase === 'over');
  }

  /** Memory that is exhausted, and guests that the monitor has ended. */
  private check(): void {
    for (const guest of this.guests) {
      const { virtual, plan } = guest;
      if (virtual.failure !== null)
        throw new GuestError(`${virtual.name} was ended by the monitor: ${virtual.failure}`);
      const fault = guest.fault();
      if (fault !== null) throw guestTooSmall(plan, virtual, fault);
    }
  }

  /** The workloads begin: what was counted before does not count. */
  private begin(): void {
    const { machine, disco, guests } = this;
    machine.simulation.resetStatistics();
    disco.statistics.reset();
    this.samples = new ActivitySamples(machine.processors, VIRTUAL_SAMPLED_PARTS);
    this.countsBefore = monitorCounts(disco);
    this.mappedBefore = mappedCounts(this.system);
    this.begunAt = machine.elapsedNs;
    this.begun = true;
    for (const guest of guests) guest.begin();
  }
}
