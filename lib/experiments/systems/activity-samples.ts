/** Where the time of processors goes as it passes: slices of simulated time, made longer as a run gets longer. */
import type { Processor } from '../../processor/processor.js';
import { ACTIVITIES, Activity } from '../../processor/software.js';
import { SAMPLED_PARTS, type SampledPart, type Samples } from './system-result.js';

/** At most so many slices are kept; then two become one. */
const MOST_SLICES = 400;

/** The part that each activity belongs to; what is not here is the kernel's. */
const PART: Partial<Record<number, SampledPart>> = {
  [Activity.User]: 'user',
  [Activity.Cache]: 'user stall',
  [Activity.LocalStall]: 'user stall',
  [Activity.RemoteStall]: 'user stall',
  [Activity.Synchronisation]: 'synchronisation',
  [Activity.Monitor]: 'monitor',
  [Activity.Idle]: 'idle',
};

/** The part of each activity, by number. */
const PART_OF: readonly number[] = ACTIVITIES.map((_, activity) => SAMPLED_PARTS.indexOf(PART[activity] ?? 'kernel'));

/** Takes samples at equal distances. */
export class ActivitySamples {
  private readonly processors: readonly Processor[];
  /** Ticks by part of the slices that are complete, of the one at hand, and of all at the last sample. */
  private slices: Float64Array[] = [];
  private current: Float64Array;
  private last: Float64Array;
  private perSlice = 1;
  private inCurrent = 0;

  /** Begins at the present. */
  constructor(processors: readonly Processor[]) {
    this.processors = processors;
    this.current = new Float64Array(SAMPLED_PARTS.length);
    this.last = this.sums();
  }

  /** Takes a sample at the present. */
  take(): void {
    const now = this.sums();
    now.forEach((ticks, part) => (this.current[part] += ticks - this.last[part]));
    this.last = now;
    if (++this.inCurrent < this.perSlice) return;
    this.slices.push(this.current);
    this.current = new Float64Array(SAMPLED_PARTS.length);
    this.inCurrent = 0;
    if (this.slices.length === MOST_SLICES) this.halve();
  }

  /** Slices so far, for samples that were `stepNs` apart. */
  report(stepNs: number): Samples {
    const slices = this.inCurrent === 0 ? this.slices : [...this.slices, this.current];
    const percent = (part: number): number[] =>
      slices.map(slice => {
        const whole = slice.reduce((sum, ticks) => sum + ticks, 0);
        return whole === 0 ? 0 : (100 * slice[part]) / whole;
      });
    return {
      sliceNs: stepNs * this.perSlice,
      parts: Object.fromEntries(SAMPLED_PARTS.map((part, index) => [part, percent(index)])) as Record<
        SampledPart,
        number[]
      >,
    };
  }

  private sums(): Float64Array {
    const sums = new Float64Array(SAMPLED_PARTS.length);
    for (const processor of this.processors) {
      processor.settle();
      processor.account.ticks.forEach((ticks, activity) => (sums[PART_OF[activity]] += ticks));
    }
    return sums;
  }

  private halve(): void {
    const pairs = this.slices.length / 2;
    this.slices = Array.from({ length: pairs }, (_, pair) =>
      this.slices[2 * pair].map((ticks, part) => ticks + this.slices[2 * pair + 1][part]),
    );
    this.perSlice *= 2;
  }
}
