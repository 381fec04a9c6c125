/**
 * Contention is booking: something that serves one request at a time keeps a calendar, and waiting is arithmetic. Used
 * for controllers, memory banks, wires and links. Requests may be booked ahead of their arrival, so a later booking may
 * fall into a gap before an earlier one, as it would if both had been booked on arrival.
 */
import type { Ticks } from './time.js';

/** A server of one request at a time. Equal durations are served in the order of arrival. */
export class Booking {
  /** Requests served. */
  served = 0;
  /** Ticks spent serving. */
  busyTicks = 0;
  /** Ticks that requests waited before they were served, summed up. */
  waitedTicks = 0;
  /** The most requests that ever waited at once, as far as they were known at the time of booking. */
  largestQueue = 0;
  /** Busy spans, ascending, apart from each other: start and end at 2i and 2i + 1. */
  private spans = new Float64Array(8);
  private head = 0;
  private end = 0;
  /** Requests that wait: arrival and start of service at 2i and 2i + 1, in no order. */
  private waiting = new Float64Array(0);
  private waitingEnd = 0;

  /** Books `duration` ticks, at least 1, for a request that arrives at `at`, not before `now`; returns when it is served. */
  book(now: Ticks, at: Ticks, duration: Ticks): Ticks {
    this.served++;
    this.busyTicks += duration;
    const { spans } = this;
    while (this.head < this.end && spans[this.head + 1]! <= now) this.head += 2;
    if (this.head === this.end) this.head = this.end = 0;
    else if (this.end === spans.length) this.makeRoom();
    if (this.end === 0 || this.spans[this.end - 1]! < at) {
      this.spans[this.end] = at;
      this.spans[this.end + 1] = at + duration;
      this.end += 2;
      return at;
    }
    const start = this.place(at, duration);
    if (start > at) this.wait(now, at, start);
    return start;
  }

  /** Sets the statistics to 0; what is booked stays booked. */
  reset(): void {
    this.served = this.busyTicks = this.waitedTicks = this.largestQueue = 0;
  }

  /** The first gap at or behind `at` that is long enough. */
  private place(at: Ticks, duration: Ticks): Ticks {
    const { spans } = this;
    let span = this.head;
    while (spans[span + 1]! < at) span += 2;
    let start = at;
    for (; span < this.end; span += 2) {
      if (start + duration <= spans[span]!) break;
      if (spans[span + 1]! > start) start = spans[span + 1]!;
    }
    const touchesBefore = span > this.head && spans[span - 1] === start;
    const touchesAfter = span < this.end && spans[span] === start + duration;
    if (touchesBefore && touchesAfter) {
      spans[span - 1] = spans[span + 1]!;
      spans.copyWithin(span, span + 2, this.end);
      this.end -= 2;
    } else if (touchesBefore) spans[span - 1] = start + duration;
    else if (touchesAfter) spans[span] = start;
    else {
      spans.copyWithin(span + 2, span, this.end);
      this.end += 2;
      spans[span] = start;
      spans[span + 1] = start + duration;
    }
    return start;
  }

  private makeRoom(): void {
    if (this.head > 0) {
      this.spans.copyWithin(0, this.head, this.end);
      this.end -= this.head;
      this.head = 0;
      return;
    }
    const larger = new Float64Array(2 * this.spans.length);
    larger.set(this.spans);
    this.spans = larger;
  }

  private wait(now: Ticks, at: Ticks, start: Ticks): void {
    this.waitedTicks += start - at;
    let { waiting } = this;
    let kept = 0;
    let queue = 1;
    for (let i = 0; i < this.waitingEnd; i += 2) {
      if (waiting[i + 1]! <= now) continue;
      if (waiting[i]! <= at && waiting[i + 1]! > at) queue++;
      waiting[kept] = waiting[i]!;
      waiting[kept + 1] = waiting[i + 1]!;
      kept += 2;
    }
    if (kept === waiting.length) {
      waiting = new Float64Array(Math.max(8, 2 * kept));
      waiting.set(this.waiting);
      this.waiting = waiting;
    }
    waiting[kept] = at;
    waiting[kept + 1] = start;
    this.waitingEnd = kept + 2;
    if (queue > this.largestQueue) this.largestQueue = queue;
  }
}
