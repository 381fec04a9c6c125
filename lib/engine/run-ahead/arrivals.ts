/** When events that are under way reach a part of the model: what bounds the run-ahead of a processor there. */
import type { Ticks } from '../time.js';

/** Pending arrival times. Events leave in the order of time, so only the earliest is ever removed. */
export class Arrivals {
  /** The earliest, Infinity when nothing is under way. */
  first: Ticks = Infinity;
  /** The others, ascending, from `begin` to `end`. */
  private later = new Float64Array(4);
  private begin = 0;
  private end = 0;

  /** An event will arrive at `time`. */
  add(time: Ticks): void {
    const { first } = this;
    if (first === Infinity) this.first = time;
    else if (time < first) {
      this.first = time;
      this.insert(first);
    } else this.insert(time);
  }

  /** The earliest has arrived. */
  remove(): void {
    if (this.begin === this.end) {
      this.first = Infinity;
      return;
    }
    this.first = this.later[this.begin++]!;
    if (this.begin === this.end) this.begin = this.end = 0;
  }

  private insert(time: Ticks): void {
    if (this.end === this.later.length) this.makeRoom();
    const { later, begin } = this;
    let at = this.end++;
    // Later events mostly arrive later: few steps (at most the number under way to one node).
    for (; at > begin && later[at - 1] > time; at--) later[at] = later[at - 1]!;
    later[at] = time;
  }

  /** Moves the times to the beginning of the array, into a larger one if that would be needed too often. */
  private makeRoom(): void {
    const { later, begin, end } = this;
    if (2 * begin < end) this.later = new Float64Array(2 * later.length);
    this.later.set(later.subarray(begin, end));
    this.begin = 0;
    this.end = end - begin;
  }
}
