/** When events that are under way reach a part of the model: what bounds the run-ahead of a processor there. */
import type { Ticks } from './time.js';

/** Pending arrival times, ascending. Events leave in the order of time, so only the earliest is ever removed. */
export class Arrivals {
  /** The earliest, Infinity when nothing is under way. */
  first: Ticks = Infinity;
  private times = new Float64Array(16);
  private head = 0;
  private size = 0;

  /** An event will arrive at `time`. */
  add(time: Ticks): void {
    if (this.size === this.times.length) this.grow();
    const { times } = this;
    const mask = times.length - 1;
    let at = this.head + this.size++;
    // Later events mostly arrive later: few steps (at most the number under way to one node).
    while (at > this.head && times[(at - 1) & mask]! > time) {
      times[at & mask] = times[(at - 1) & mask]!;
      at--;
    }
    times[at & mask] = time;
    this.first = times[this.head & mask]!;
  }

  /** The earliest has arrived. */
  remove(): void {
    this.head = (this.head + 1) & (this.times.length - 1);
    this.first = --this.size === 0 ? Infinity : this.times[this.head]!;
  }

  private grow(): void {
    const { times, head } = this;
    const larger = new Float64Array(2 * times.length);
    for (let i = 0; i < times.length; i++) larger[i] = times[(head + i) & (times.length - 1)]!;
    this.times = larger;
    this.head = 0;
  }
}
