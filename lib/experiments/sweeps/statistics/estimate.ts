/**
 * Means with Student intervals, quantiles, and differences under common random numbers.
 * After Law, Simulation Modeling and Analysis, chapters 4 and 10.
 */
import { quantile as quantileOf, mean as meanOf, sampleStandardDeviation } from 'simple-statistics';
import { finiteNumber, list, numberAbove } from '../../../engine/checks.js';
import { studentQuantile } from './student.js';

/** A mean over independent replications, and how far it is to be trusted. Plain data. */
export interface Estimate {
  /** Replications. */
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; null for one replication. */
  readonly deviation: number | null;
  /** Half of the width of the interval; null for one replication. */
  readonly halfWidth: number | null;
  /** Ends of the interval; null for one replication. */
  readonly low: number | null;
  readonly high: number | null;
  /** Probability with which such an interval covers the true mean. */
  readonly level: number;
}

/** The mean of `a - b`, pair by pair. */
export interface PairedDifference extends Estimate {
  /** The interval excludes 0: the difference is more than noise at this level. */
  readonly distinct: boolean;
}

/**
 * The mean of independent replications with its Student interval. The values must be about normal, or many; values of one run are not
 * independent. Throws a RangeError for no values, and for values that are no finite numbers.
 */
export function estimate(values: readonly number[], level = 0.95): Estimate {
  finiteNumbers(values, 'the values of an estimate');
  numberAbove(level, 'the level of an interval', 0, 0.999_999);
  const n = values.length;
  const mean = meanOf([...values]);
  if (n === 1) return { n, mean, deviation: null, halfWidth: null, low: null, high: null, level };
  const deviation = sampleStandardDeviation([...values]);
  const halfWidth = (studentQuantile((1 + level) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { n, mean, deviation, halfWidth, low: mean - halfWidth, high: mean + halfWidth, level };
}

/** The value below which a part of the values lies, from 0 to 1: between two values, their mean. Throws a RangeError as `estimate`. */
export function quantile(values: readonly number[], part: number): number {
  finiteNumbers(values, 'the values of a quantile');
  finiteNumber(part, 'the part of a quantile', 0, 1);
  return quantileOf([...values], part);
}

/**
 * Compares two configurations that ran with the same seeds, in the same order: what the seeds make alike in both cancels. Throws a
 * RangeError for lists of different lengths.
 */
export function pairedDifference(a: readonly number[], b: readonly number[], level = 0.95): PairedDifference {
  finiteNumbers(a, 'the first values of a paired difference');
  finiteNumbers(b, 'the second values of a paired difference');
  if (a.length !== b.length)
    throw new RangeError(
      `a paired difference is of ${a.length} and ${b.length} values; give as many of both, seed by seed`,
    );
  const difference = estimate(
    a.map((value, i) => value - b[i]),
    level,
  );
  const { low, high } = difference;
  return { ...difference, distinct: low !== null && high !== null && (low > 0 || high < 0) };
}

/** Throws a RangeError unless `values` is a list of finite numbers, at least one. */
export function finiteNumbers(values: readonly number[], name: string): void {
  list(values, name);
  if (values.length === 0) throw new RangeError(`${name} is an array of 0; give at least one`);
  for (const [i, value] of values.entries()) finiteNumber(value, `${name}: ${i}`, -Number.MAX_VALUE);
}
