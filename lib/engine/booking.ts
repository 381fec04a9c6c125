/**
 * Contention is booking: something that serves one request at a time knows when it is next free, and waiting is
 * arithmetic. Used for controllers, memory banks and links.
 */
import type { Ticks } from './time.js';

/** A server with one queue, first come first served by the order of booking. */
export class Booking {
  /** Requests served. */
  served = 0;
  /** Ticks spent serving. */
  busyTicks = 0;
  /** Ticks that requests waited before they were served, summed up. */
  waitedTicks = 0;
  /** The most requests that ever waited at once, the one being booked included. */
  largestQueue = 0;
  /** When it is next free. */
  freeAt: Ticks = 0;
  /** Starts of those that wait, ascending: a ring. */
  private starts = new Float64Array(4);
  private head = 0;
  private size = 0;

  /** Books `duration` ticks from `at` on; returns the tick at which service starts. */
  book(at: Ticks, duration: Ticks): Ticks {
    this.served++;
    this.busyTicks += duration;
    if (this.freeAt <= at) {
      this.freeAt = at + duration;
      return at;
    }
    const start = this.freeAt;
    this.freeAt = start + duration;
    this.waitedTicks += start - at;
    this.enqueue(at, start);
    return start;
  }

  /** Sets the statistics to 0; what is booked stays booked. */
  reset(): void {
    this.served = this.busyTicks = this.waitedTicks = this.largestQueue = 0;
  }

  private enqueue(at: Ticks, start: Ticks): void {
    while (this.size > 0 && this.starts[this.head]! <= at) {
      this.head = (this.head + 1) & (this.starts.length - 1);
      this.size--;
    }
    if (this.size === this.starts.length) {
      const larger = new Float64Array(2 * this.size);
      for (let i = 0; i < this.size; i++) larger[i] = this.starts[(this.head + i) & (this.size - 1)]!;
      this.starts = larger;
      this.head = 0;
    }
    this.starts[(this.head + this.size++) & (this.starts.length - 1)] = start;
    if (this.size > this.largestQueue) this.largestQueue = this.size;
  }
}
