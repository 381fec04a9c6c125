/** The hardware that a policy's evidence comes from, besides the miss counters: clock interrupts and samples of misses. */
import type { PlacementPolicy } from '../placement/policy.js';
import type { MissSample, MissSampler } from '../processor/caches/miss-sampler.js';
import type { Processor } from '../processor/processor.js';
import type { Code } from './code.js';

/** Codes of the interrupts, which the owner of the policy chooses. */
export interface EvidenceCodes {
  /** An interval is over. */
  readonly interval: number;
  /** The scanner's next pass is due. */
  readonly scan: number;
  /** A processor's buffer of samples is full. */
  readonly samples: number;
}

/** A clock that interrupts one processor at each multiple of its period while there are programs. */
class PolicyClock {
  private readonly timer: { after(delay: number): void };
  private readonly period: number;
  private armed = false;
  /** Its interrupt is being served. */
  private serving = false;

  /** `goesOn` says whether there are programs. */
  constructor(processor: Processor, ns: number, code: number, goesOn: () => boolean) {
    // The nearest whole number of ticks, at least 1.
    this.period = Math.max(1, Math.round((ns * 1000) / processor.simulation.time.tickPs));
    this.timer = processor.timer(() => {
      this.armed = false;
      if (!goesOn()) return;
      this.start(processor.simulation.now);
      // A tick during the handler of the one before is lost: else a period that is too short would leave programs no time.
      if (this.serving) return;
      this.serving = true;
      processor.interrupt(code);
    });
  }

  start(now: number): void {
    if (this.armed) return;
    this.armed = true;
    this.timer.after(this.period - (now % this.period));
  }

  *serve(handler: Code): Code {
    yield* handler;
    this.serving = false;
  }
}

/** Sets up what a policy wants, and nothing else. */
export class EvidenceSources {
  private readonly policy: PlacementPolicy;
  private readonly codes: EvidenceCodes;
  private readonly goesOn: () => boolean;
  private readonly samplers = new Map<Processor, MissSampler>();
  private readonly clocks = new Map<number, PolicyClock>();
  private begun = false;

  /** `goesOn` says whether there are programs: clocks stand still when there are none. */
  constructor(policy: PlacementPolicy, codes: EvidenceCodes, goesOn: () => boolean) {
    this.policy = policy;
    this.codes = codes;
    this.goesOn = goesOn;
  }

  /** Whether there are clocks. */
  get ticking(): boolean {
    return this.clocks.size > 0;
  }

  /** Sets up a processor, before the simulation starts. The first one gets the clock interrupts. */
  add(processor: Processor): void {
    const { wants, sampling, hints, plans } = this.policy;
    if (wants.includes('sampled-access') && !this.samplers.has(processor))
      this.samplers.set(processor, processor.sampleMisses(sampling!, this.codes.samples));
    if (this.begun) return;
    this.begun = true;
    const { interval, scan } = this.codes;
    if (plans !== undefined) this.clocks.set(interval, this.clock(processor, plans.intervalNs, interval));
    if (wants.includes('hint-fault')) this.clocks.set(scan, this.clock(processor, hints!.periodNs, scan));
  }

  /** Starts the clocks, or starts them again after there were no programs. `now` is the present in ticks. */
  start(now: number): void {
    for (const clock of this.clocks.values()) clock.start(now);
  }

  /** Serves a clock interrupt of that code. */
  serve(code: number, handler: Code): Code {
    return this.clocks.get(code)!.serve(handler);
  }

  /** Empties the buffer of a processor. */
  samplesOf(processor: Processor): readonly MissSample[] {
    return this.samplers.get(processor)?.take() ?? [];
  }

  private clock(processor: Processor, ns: number, code: number): PolicyClock {
    return new PolicyClock(processor, ns, code, this.goesOn);
  }
}
