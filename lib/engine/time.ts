/**
 * Time: integer ticks inside a simulation, picoseconds where a specification is written.
 * Nothing is rounded. What does not fit the tick is refused, with the tick that would fit.
 */

import { numberAbove, shown, wholeNumber } from './checks.js';

/** A number of ticks of the simulation at hand: a non-negative safe integer. */
export type Ticks = number;

/** The last tick that a simulation can reach: times behind it are not exact. */
export const LAST_TICK: Ticks = Number.MAX_SAFE_INTEGER;

declare const picoseconds: unique symbol;
/** A duration in whole picoseconds, made by `ps`, `ns`, `us`, `ms`. */
export type Duration = number & { readonly [picoseconds]: true };

declare const hertz: unique symbol;
/** A frequency, kept as its period in whole picoseconds; made by `MHz` or `GHz`. */
export type Frequency = number & { readonly [hertz]: true };

/** Picoseconds. Throws a RangeError unless whole and not negative. */
export function ps(value: number): Duration {
  return whole(value, 1, 'ps') as Duration;
}

/** Nanoseconds; at most three decimals. Throws a RangeError unless a whole number of picoseconds and not negative. */
export function ns(value: number): Duration {
  return whole(value, 1e3, 'ns') as Duration;
}

/** Microseconds. Throws as `ns` does. */
export function us(value: number): Duration {
  return whole(value, 1e6, 'us') as Duration;
}

/** Milliseconds. Throws as `ns` does. */
export function ms(value: number): Duration {
  return whole(value, 1e9, 'ms') as Duration;
}

/** Megahertz. Throws a RangeError unless the period is a whole number of picoseconds. */
export function MHz(value: number): Frequency {
  const period = typeof value === 'number' ? 1e6 / value : NaN;
  if (!(value > 0 && period >= 1) || Math.abs(period - Math.round(period)) > 1e-9 * period)
    throw new RangeError(
      `the period of ${shown(value)} MHz is ${period} ps, not a whole number; ${nearest(period)} MHz has one, or give the period with ps()`,
    );
  return Math.round(period) as Frequency;
}

/** Gigahertz. Throws as `MHz` does. */
export function GHz(value: number): Frequency {
  numberAbove(value, 'a frequency in GHz', 0, 1000);
  return MHz(value * 1000);
}

/** Converts between picoseconds and the ticks of one simulation. */
export class TimeBase {
  /** Length of a tick in picoseconds: a positive integer. */
  readonly tickPs: number;

  constructor(tickPs: number) {
    wholeNumber(tickPs, 'tickPs, the picoseconds of a tick,', 1);
    this.tickPs = tickPs;
  }

  /** A duration in ticks. Throws a RangeError that names the largest tick that would fit. */
  ticks(duration: Duration): Ticks {
    const ticks = duration / this.tickPs;
    if (!Number.isSafeInteger(ticks))
      throw new RangeError(
        `${duration} ps is not a whole number of ticks of ${this.tickPs} ps; a tick of ${gcd(duration, this.tickPs)} ps would fit`,
      );
    return ticks;
  }

  /** A clock domain. Throws a RangeError if its period is not a whole number of ticks. */
  clock(frequency: Frequency): Clock {
    if (frequency % this.tickPs !== 0)
      throw new RangeError(
        `a clock of ${frequency} ps does not divide into ticks of ${this.tickPs} ps; a tick of ${gcd(frequency, this.tickPs)} ps would fit`,
      );
    return new Clock(frequency, frequency / this.tickPs);
  }

  /** Ticks in nanoseconds, for reports. */
  ns(ticks: Ticks): number {
    return (ticks * this.tickPs) / 1000;
  }
}

/** Cycles of one clock domain in ticks. */
export class Clock {
  /** Length of a cycle in picoseconds. */
  readonly periodPs: number;
  /** Length of a cycle in ticks. */
  readonly period: Ticks;

  constructor(periodPs: number, period: Ticks) {
    wholeNumber(periodPs, 'a clock: periodPs', 1);
    wholeNumber(period, 'a clock: period', 1);
    this.periodPs = periodPs;
    this.period = period;
  }

  /** A whole number of cycles in ticks. Throws a RangeError for a fraction of a cycle. */
  cycles(count: number): Ticks {
    wholeNumber(count, 'a number of cycles');
    return count * this.period;
  }
}

function whole(value: number, unit: number, name: string): number {
  const exact = typeof value === 'number' ? value * unit : NaN;
  const rounded = Math.round(exact);
  if (!(value >= 0) || !Number.isSafeInteger(rounded) || Math.abs(exact - rounded) > 1e-6)
    throw new RangeError(`${shown(value)} ${name} is not a whole, non-negative number of picoseconds`);
  return rounded;
}

function nearest(period: number): number {
  return 1e6 / Math.max(1, Math.round(period));
}

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
