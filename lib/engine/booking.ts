/**
 * Contention is booking: something that serves one request at a time keeps a calendar, and waiting is arithmetic. Used
 * for controllers, memory banks, wires and links. Requests may be booked ahead of their arrival, so a later booking may
 * fall into a gap before an earlier one, as it would if both had been booked on arrival.
 */
import { Rows } from './rows.js';
import type { Ticks } from './time.js';

/** A row of a calendar: statistics, the end of the last span, the number of values behind, and the busy spans. */
const SERVED = 0;
const BUSY = 1;
const WAITED = 2;
const LARGEST = 3;
const LAST = 4;
const USED = 5;
/** Busy spans, ascending, apart from each other: start and end. Those that are over go when their place is needed. */
const SPANS = 6;

/** Makes the array in which the calendars of one simulation stand side by side. */
export function calendars(): Rows {
  return new Rows(16);
}

/** Sets the statistics of all calendars of a simulation to 0; what is booked stays booked. */
export function resetCalendars({ values, width }: Rows): void {
  for (let row = 0; row < values.length; row += width) values.fill(0, row, row + LAST);
}

/** A server of one request at a time. Equal durations are served in the order of arrival. */
export class Booking {
  private readonly rows: Rows;
  private readonly row: number;
  /** Requests that wait: arrival and start of service at 2i and 2i + 1, in no order. Made for the first that waits. */
  private waiting: Float64Array | null = null;
  private waitingEnd = 0;

  constructor(rows: Rows = calendars()) {
    this.rows = rows;
    this.row = rows.add();
    rows.values[this.row * rows.width + LAST] = -1;
  }

  /** Requests served. */
  get served(): number {
    return this.rows.values[this.row * this.rows.width + SERVED]!;
  }

  /** Ticks spent serving. */
  get busyTicks(): Ticks {
    return this.rows.values[this.row * this.rows.width + BUSY]!;
  }

  /** Ticks that requests waited before they were served, summed up. */
  get waitedTicks(): Ticks {
    return this.rows.values[this.row * this.rows.width + WAITED]!;
  }

  /** The most requests that ever waited at once, as far as they were known at the time of booking. */
  get largestQueue(): number {
    return this.rows.values[this.row * this.rows.width + LARGEST]!;
  }

  /** Books `duration` ticks, at least 1, for a request that arrives at `at`, not before `now`; returns when it is served. */
  book(now: Ticks, at: Ticks, duration: Ticks): Ticks {
    const { rows } = this;
    const { values } = rows;
    const row = this.row * rows.width;
    values[row + SERVED]! += 1;
    values[row + BUSY]! += duration;
    const last = values[row + LAST]!;
    if (last <= now) {
      // Nothing is booked any more: the usual case touches the beginning of the row only.
      values[row + LAST] = at + duration;
      values[row + USED] = SPANS + 2;
      values[row + SPANS] = at;
      values[row + SPANS + 1] = at + duration;
      return at;
    }
    if (last === at) {
      values[row + LAST] = at + duration;
      values[row + values[row + USED]! - 1] = at + duration;
      return at;
    }
    if (values[row + USED]! + 2 > rows.width) this.makeRoom(now);
    if (last < at) {
      this.append(at, at + duration);
      return at;
    }
    const start = this.place(at, duration);
    if (start > at) this.wait(now, at, start);
    return start;
  }

  private append(start: Ticks, end: Ticks): void {
    const { values, width } = this.rows;
    const row = this.row * width;
    const used = values[row + USED]!;
    values[row + used] = start;
    values[row + used + 1] = end;
    values[row + USED] = used + 2;
    values[row + LAST] = end;
  }

  /** The first gap at or behind `at` that is long enough. */
  private place(at: Ticks, duration: Ticks): Ticks {
    const { values, width } = this.rows;
    const row = this.row * width;
    const first = row + SPANS;
    let end = row + values[row + USED]!;
    let span = first;
    while (values[span + 1]! < at) span += 2;
    let start = at;
    for (; span < end; span += 2) {
      if (start + duration <= values[span]!) break;
      if (values[span + 1]! > start) start = values[span + 1]!;
    }
    const touchesBefore = span > first && values[span - 1] === start;
    const touchesAfter = span < end && values[span] === start + duration;
    if (touchesBefore && touchesAfter) {
      values[span - 1] = values[span + 1]!;
      values.copyWithin(span, span + 2, end);
      end -= 2;
    } else if (touchesBefore) values[span - 1] = start + duration;
    else if (touchesAfter) values[span] = start;
    else {
      values.copyWithin(span + 2, span, end);
      end += 2;
      values[span] = start;
      values[span + 1] = start + duration;
    }
    values[row + USED] = end - row;
    values[row + LAST] = values[end - 1]!;
    return start;
  }

  /** Removes the spans that are over; if there are none, all rows become wider. */
  private makeRoom(now: Ticks): void {
    const { values, width } = this.rows;
    const row = this.row * width;
    const end = row + values[row + USED]!;
    let kept = row + SPANS;
    while (values[kept + 1]! <= now) kept += 2;
    if (kept === row + SPANS) {
      this.rows.widen();
      return;
    }
    values.copyWithin(row + SPANS, kept, end);
    values[row + USED] = SPANS + end - kept;
  }

  private wait(now: Ticks, at: Ticks, start: Ticks): void {
    const { values, width } = this.rows;
    const row = this.row * width;
    values[row + WAITED]! += start - at;
    let waiting = (this.waiting ??= new Float64Array(8));
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
      waiting = new Float64Array(2 * kept);
      waiting.set(this.waiting);
      this.waiting = waiting;
    }
    waiting[kept] = at;
    waiting[kept + 1] = start;
    this.waitingEnd = kept + 2;
    if (queue > values[row + LARGEST]!) values[row + LARGEST] = queue;
  }
}
