/**
 * Contention is booking: something that serves one request at a time keeps a calendar, and waiting is arithmetic. Used
 * for controllers, memory banks, wires and links. Requests may be booked ahead of their arrival, so a later booking may
 * fall into a gap before an earlier one, as it would if both had been booked on arrival.
 */
import type { Ticks } from './time.js';

/** Numbers of spans from which on past ones are looked for. */
const MANY = 8;

/** Makes the list of the calendars of one simulation. */
export function calendars(): Booking[] {
  return [];
}

/**
 * A server of one request at a time. Equal durations are served in the order of arrival. Nearly all requests come when
 * nothing is booked, or behind what is booked last: those touch fields only (spec/bench/processor).
 */
export class Booking {
  /** Requests served. */
  served = 0;
  /** Ticks spent serving. */
  busyTicks: Ticks = 0;
  /** Ticks that requests waited before they were served, summed up. */
  waitedTicks: Ticks = 0;
  /** The most requests that ever waited at once, as far as they were known at the time of booking. */
  largestQueue = 0;
  /** The last busy span. */
  private start: Ticks = -1;
  private end: Ticks = -1;
  /** Busy spans before it, ascending, apart from each other: start and end at 2i and 2i + 1. Those that are over may stay. */
  private readonly spans: Ticks[] = [];
  private spansEnd = 0;
  /** Requests that wait: arrival and start of service at 2i and 2i + 1, in no order. Made for the first that waits. */
  private waiting: Float64Array | null = null;
  private waitingEnd = 0;

  /** Joins a list of calendars, for `resetStatistics`. */
  constructor(list: Booking[] = calendars()) {
    list.push(this);
  }

  /** Books `duration` ticks, at least 1, for a request that arrives at `at`, not before `now`; returns when it is served. */
  book(now: Ticks, at: Ticks, duration: Ticks): Ticks {
    this.served++;
    this.busyTicks += duration;
    const { end } = this;
    if (end <= now) {
      this.start = at;
      this.end = at + duration;
      this.spansEnd = 0;
      return at;
    }
    if (end === at) {
      this.end = at + duration;
      return at;
    }
    return this.bookAmongOthers(now, at, duration);
  }

  /** Sets the statistics to 0; what is booked stays booked. */
  resetStatistics(): void {
    this.served = this.busyTicks = this.waitedTicks = this.largestQueue = 0;
  }

  private bookAmongOthers(now: Ticks, at: Ticks, duration: Ticks): Ticks {
    const { end } = this;
    if (end < at) {
      this.append(now, this.start, end);
      this.start = at;
      this.end = at + duration;
      return at;
    }
    let start = end;
    if (at >= this.start) this.end = end + duration;
    else start = this.place(now, at, duration);
    if (start > at) this.wait(now, at, start);
    return start;
  }

  /** Adds a span behind the others but the last. Before there are many, those that are over go. */
  private append(now: Ticks, start: Ticks, end: Ticks): void {
    const { spans } = this;
    if (this.spansEnd >= MANY && this.spansEnd === spans.length) this.removePast(now);
    spans[this.spansEnd] = start;
    spans[this.spansEnd + 1] = end;
    this.spansEnd += 2;
  }

  /** Takes the first gap at or behind `at` that is long enough. */
  private place(now: Ticks, at: Ticks, duration: Ticks): Ticks {
    // With the last span among the others there is one case.
    this.append(now, this.start, this.end);
    const { spans } = this;
    let end = this.spansEnd;
    let span = 0;
    while (spans[span + 1] < at) span += 2;
    let start = at;
    for (; span < end; span += 2) {
      if (start + duration <= spans[span]) break;
      if (spans[span + 1] > start) start = spans[span + 1]!;
    }
    const touchesBefore = span > 0 && spans[span - 1] === start;
    const touchesAfter = span < end && spans[span] === start + duration;
    if (touchesBefore && touchesAfter) {
      spans[span - 1] = spans[span + 1]!;
      for (end -= 2; span < end; span++) spans[span] = spans[span + 2]!;
    } else if (touchesBefore) spans[span - 1] = start + duration;
    else if (touchesAfter) spans[span] = start;
    else {
      if (end === spans.length) spans.push(0, 0);
      for (let to = end + 1; to > span + 1; to--) spans[to] = spans[to - 2]!;
      end += 2;
      spans[span] = start;
      spans[span + 1] = start + duration;
    }
    this.spansEnd = end - 2;
    this.start = spans[end - 2]!;
    this.end = spans[end - 1]!;
    return start;
  }

  private removePast(now: Ticks): void {
    const { spans } = this;
    let over = 0;
    while (over < this.spansEnd && spans[over + 1] <= now) over += 2;
    if (over > 0) spans.copyWithin(0, over, this.spansEnd);
    this.spansEnd -= over;
  }

  private wait(now: Ticks, at: Ticks, start: Ticks): void {
    this.waitedTicks += start - at;
    let waiting = (this.waiting ??= new Float64Array(8));
    let kept = 0;
    let queue = 1;
    for (let i = 0; i < this.waitingEnd; i += 2) {
      if (waiting[i + 1] <= now) continue;
      if (waiting[i] <= at && waiting[i + 1] > at) queue++;
      waiting[kept] = waiting[i]!;
      waiting[kept + 1] = waiting[i + 1]!;
      kept += 2;
    }
    if (kept === waiting.length) {
      waiting = new Float64Array(2 * kept);
      waiting.set(this.waiting);
      this.waiting = waiting;
    }
    waiting[kept] = at;
    waiting[kept + 1] = start;
    this.waitingEnd = kept + 2;
    if (queue > this.largestQueue) this.largestQueue = queue;
  }
}
