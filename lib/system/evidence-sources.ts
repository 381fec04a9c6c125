/** The hardware that a policy's evidence comes from, besides the miss counters: clock interrupts and samples of misses. */
import type { PlacementPolicy } from '../placement/policy.js';
import type { Code } from './code.js';
import type { MissSample, MissSampler } from '../processor/caches/miss-sampler.js';
import type { Processor } from '../processor/processor.js';

/** Codes of the interrupts, which the owner of the policy chooses. */
export interface EvidenceCodes {
  /** An interval is over. */
  readonly interval: number;
  /** The scanner's next pass is due. */
  readonly scan: number;
  /** A processor's buffer of samples is full. */
  readonly samples: number;
}

/** Sets up what a policy wants, and nothing else. */
export class EvidenceSources {
  /** Whether interrupts come for ever, so that somebody has to end the run. */
  readonly ticking: boolean;
  private readonly policy: PlacementPolicy;
  private readonly codes: EvidenceCodes;
  private readonly samplers = new Map<Processor, MissSampler>();
  private begun = false;
  /** Codes of clock interrupts that are being served. */
  private readonly busy = new Set<number>();

  constructor(policy: PlacementPolicy, codes: EvidenceCodes) {
    this.policy = policy;
    this.codes = codes;
    this.ticking = policy.plans !== undefined || policy.wants.includes('hint-fault');
  }

  /** Sets up a processor, before the simulation starts. The first one gets the clock interrupts. */
  add(processor: Processor): void {
    const { wants, sampling, hints, plans } = this.policy;
    if (wants.includes('sampled-access') && !this.samplers.has(processor))
      this.samplers.set(processor, processor.sampleMisses(sampling!, this.codes.samples));
    if (this.begun) return;
    this.begun = true;
    if (plans !== undefined) this.every(processor, plans.intervalNs, this.codes.interval);
    if (wants.includes('hint-fault')) this.every(processor, hints!.periodNs, this.codes.scan);
  }

  /** Serves a clock interrupt. */
  *serve(code: number, handler: Code): Code {
    yield* handler;
    this.busy.delete(code);
  }

  /** Empties the buffer of a processor. */
  samplesOf(processor: Processor): readonly MissSample[] {
    return this.samplers.get(processor)?.take() ?? [];
  }

  /** A tick during the handler of the one before is lost: else a period that is too short would leave programs no time. */
  private every(processor: Processor, ns: number, code: number): void {
    processor.interruptEvery(ticks(processor, ns), code, () => {
      if (this.busy.has(code)) return true;
      this.busy.add(code);
      return false;
    });
  }
}

/** The nearest whole number of ticks, at least 1. */
function ticks({ simulation }: Processor, ns: number): number {
  return Math.max(1, Math.round((ns * 1000) / simulation.time.tickPs));
}
