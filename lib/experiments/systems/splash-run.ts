/** Recorded threads under SPLASHOS on a bare machine, with a result in the form of native runs: it has no processes, disks or kernel locks. */
import { plainObject } from '../../engine/checks.js';
import { ns } from '../../engine/time.js';
import { VERSION } from '../../engine/version.js';
import type { SplashOS } from '../../guest/splash/splash-os.js';
import { buildMachine, type Machine } from '../../machine/machine.js';
import type { PhysicalLayout } from '../../machine/physical-layout.js';
import type { MachineSpecification } from '../../machine/specification/specification.js';
import { ActivitySamples } from './activity-samples.js';
import { activitiesOf, missesOf, processorsOf, servicesOf, sumOf, timeOf } from './native-figures.js';
import { SAMPLED_PARTS, type NativeResult, type SampledPart } from './native-result.js';
import { tooSmall } from './native-system.js';
import { queuesOf } from '../hardware/queues.js';
import { splashSystem, type SplashProgram } from './splash-system.js';

/** What a run of SPLASHOS is made with. */
export interface SplashRunOptions extends SplashProgram {
  readonly machine: MachineSpecification;
  readonly seed: string | number;
  /** How physical pages lie on nodes. */
  readonly layout: PhysicalLayout;
  readonly runAhead?: boolean;
}

/** How often a run looks up. */
const LOOK_NS = 100_000;

/** A run under way. */
export class SplashRun {
  readonly machine: Machine;
  readonly os: SplashOS;
  private readonly options: SplashRunOptions;
  private readonly samples: ActivitySamples<SampledPart>;
  private over = false;

  /** Throws a GuestError if the machine has too little memory, a SpecificationError if it is none. */
  constructor(options: SplashRunOptions) {
    plainObject(options, 'the options of a run of SPLASHOS');
    const { program, seed, layout, runAhead = true } = options;
    this.options = options;
    this.machine = buildMachine(options.machine, { seed, layout, runAhead, missCauses: true });
    const { machine } = this;
    try {
      const { processors, map } = machine;
      this.os = splashSystem(program, { processors: processors.length, pages: map.frames, mapped: false });
    } catch (error) {
      throw error instanceof RangeError ? tooSmall(program.name, machine, error.message) : error;
    }
    this.samples = new ActivitySamples(machine.processors, SAMPLED_PARTS);
    machine.load(this.os, this.os.boot(program.link(this.os)));
  }

  /** Simulated time so far. */
  get elapsedNs(): number {
    return this.machine.elapsedNs;
  }

  /** Simulates a further tenth of a millisecond. False when all threads have ended. */
  advance(): boolean {
    if (this.over) return false;
    const { simulation } = this.machine;
    this.over = this.machine.run({ until: simulation.now + simulation.ticks(ns(LOOK_NS)) }) === 'finished';
    this.samples.take();
    return !this.over;
  }

  /** What happened so far. */
  result(): NativeResult {
    const { machine, os, options } = this;
    const { processors, simulation } = machine;
    for (const processor of processors) processor.settle();
    const { elapsedNs } = machine;
    const elapsed = simulation.now;
    return {
      version: VERSION,
      seed: simulation.seed,
      fingerprint: simulation.fingerprint.toString(),
      partial: this.over ? null : 'stopped before its end',
      machine: machine.specification,
      layout: options.layout,
      workload: options.program.name,
      description: options.description,
      profile: 'SPLASHOS',
      elapsedNs,
      time: timeOf(processors, elapsed),
      activities: activitiesOf(processors, elapsed),
      processors: processorsOf(processors, elapsed),
      services: servicesOf(os.services, machine, elapsed),
      locks: [],
      misses: missesOf(processors),
      tlbMisses: sumOf(processors, ({ stats }) => stats.tlbMisses),
      disks: [],
      queues: queuesOf(machine, elapsed),
      scheduler: { switches: 0, migrations: 0, wakeUps: 0 },
      processes: 1,
      memory: { program: options.program.programPages * 4096 },
      samples: this.samples.report(LOOK_NS),
    };
  }
}
