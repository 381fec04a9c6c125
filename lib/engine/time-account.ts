/** Time accounting: every tick of a processor belongs to exactly one activity. */
import type { Ticks } from './time.js';

/** Splits elapsed time over activities without gap or overlap. */
export class TimeAccount {
  /** The activities, in the order of `ticks`. */
  readonly activities: readonly string[];
  /** Ticks by activity. Read-only for everybody else. */
  readonly ticks: Float64Array;
  /** Everything before this time is accounted for. */
  until: Ticks = 0;
  private from: Ticks = 0;

  constructor(activities: readonly string[]) {
    this.activities = activities;
    this.ticks = new Float64Array(activities.length);
  }

  /** Charges the time from `until` to `time` to an activity. Throws if that would be negative. */
  charge(activity: number, time: Ticks): void {
    const span = time - this.until;
    if (!(span >= 0)) throw new RangeError(`time accounted for up to ${this.until} cannot be charged up to ${time}`);
    this.ticks[activity] += span;
    this.until = time;
  }

  /** Moves part of what an activity has to another, for what is known only afterwards. */
  move(from: number, to: number, ticks: Ticks): void {
    if (!(ticks >= 0 && ticks <= this.ticks[from]))
      throw new RangeError(
        `${this.activities[from]} has ${this.ticks[from]} ticks; ${ticks} cannot move to ${this.activities[to]}`,
      );
    this.ticks[from] -= ticks;
    this.ticks[to] += ticks;
  }

  /** Throws unless the parts add up to the time accounted for, to the tick. */
  check(path: string): void {
    const sum = this.ticks.reduce((total, part) => total + part, 0);
    const passed = this.until - this.from;
    if (sum !== passed) throw new Error(`${path}: the parts of its time add up to ${sum} ticks, ${passed} have passed`);
  }

  /** Begins anew: what is accounted for so far is forgotten, and the parts add up to the time since then. */
  reset(): void {
    this.ticks.fill(0);
    this.from = this.until;
  }

  /** Ticks by name, without those that are 0. */
  report(): Record<string, Ticks> {
    const entries = this.activities.map((name, index): [string, Ticks] => [name, this.ticks[index]]);
    return Object.fromEntries(entries.filter(([, ticks]) => ticks !== 0));
  }
}
