/** When events that are under way reach a part of the model: what bounds the run-ahead of a processor there. */
import { Rows } from './rows.js';
import type { Ticks } from './time.js';

/** A row of arrivals: the earliest, where the pending times begin and end in the row, and the times, ascending. */
const FIRST = 0;
const BEGIN = 1;
const END = 2;
const TIMES = 3;

/** Makes the array in which the arrivals of one simulation stand side by side. */
export function arrivalTimes(): Rows {
  return new Rows(8);
}

/** Pending arrival times. Events leave in the order of time, so only the earliest is ever removed. */
export class Arrivals {
  private readonly rows: Rows;
  private readonly row: number;

  constructor(rows: Rows = arrivalTimes()) {
    this.rows = rows;
    this.row = rows.add();
    const row = this.row * rows.width;
    rows.values[row + FIRST] = Infinity;
    rows.values[row + BEGIN] = rows.values[row + END] = TIMES;
  }

  /** The earliest, Infinity when nothing is under way. */
  get first(): Ticks {
    return this.rows.values[this.row * this.rows.width + FIRST]!;
  }

  /** An event will arrive at `time`. */
  add(time: Ticks): void {
    const { rows } = this;
    if (rows.values[this.row * rows.width + END] === rows.width) this.makeRoom();
    const { values, width } = rows;
    const row = this.row * width;
    const begin = row + values[row + BEGIN]!;
    let at = row + values[row + END]!;
    values[row + END]! += 1;
    // Later events mostly arrive later: few steps (at most the number under way to one node).
    for (; at > begin && values[at - 1]! > time; at--) values[at] = values[at - 1]!;
    values[at] = time;
    if (time < values[row + FIRST]!) values[row + FIRST] = time;
  }

  /** The earliest has arrived. */
  remove(): void {
    const { values, width } = this.rows;
    const row = this.row * width;
    const begin = values[row + BEGIN]! + 1;
    if (begin === values[row + END]) {
      values[row + BEGIN] = values[row + END] = TIMES;
      values[row + FIRST] = Infinity;
      return;
    }
    values[row + BEGIN] = begin;
    values[row + FIRST] = values[row + begin]!;
  }

  /** Moves the times to the beginning of the row, or makes all rows wider if that would be needed too often. */
  private makeRoom(): void {
    const { values, width } = this.rows;
    const row = this.row * width;
    const begin = values[row + BEGIN]!;
    if (2 * (begin - TIMES) < width - TIMES) {
      this.rows.widen();
      return;
    }
    values.copyWithin(row + TIMES, row + begin, row + width);
    values[row + BEGIN] = TIMES;
    values[row + END] = TIMES + width - begin;
  }
}
