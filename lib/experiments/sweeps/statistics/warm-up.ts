/**
 * Removes what is measured before a simulation has reached its steady state.
 * MSER-5: White, An Effective Truncation Heuristic for Bias Reduction in Simulation Output, Simulation 69(6), 1997.
 */
import { wholeNumber } from '../../../engine/checks.js';
import { finiteNumbers } from './estimate.js';

/** Where a series is to be cut. */
export interface WarmUp {
  /** Values to leave out from the beginning: whole batches. */
  readonly drop: number;
  /** The rest. */
  readonly series: readonly number[];
  /** The minimum lies at the end of the range that is looked at: the series is too short to tell where the warm-up ends. */
  readonly atEdge: boolean;
}

const BATCH = 5;
/** With fewer batches there is nothing to choose between. */
const LEAST = 4 * BATCH;

/**
 * Cuts a series where the standard error of the mean of the rest is least, over means of five values each; at most half is cut.
 * Values after the last whole batch are kept, but not looked at. Throws a RangeError for fewer than 20 values.
 */
export function mser5(series: readonly number[]): WarmUp {
  finiteNumbers(series, 'the series of mser5');
  if (series.length < LEAST)
    throw new RangeError(
      `the series of mser5 is an array of ${series.length}; give at least ${LEAST} values, or use dropFirst`,
    );
  const batches = Array.from({ length: Math.floor(series.length / BATCH) }, (_, batch) => meanFrom(series, batch));
  const last = Math.floor(batches.length / 2);
  let best = 0;
  let least = Infinity;
  for (let cut = 0; cut <= last; cut++) {
    const error = squaredError(batches.slice(cut));
    if (error >= least) continue;
    least = error;
    best = cut;
  }
  return { drop: BATCH * best, series: series.slice(BATCH * best), atEdge: best === last };
}

/** The series without its first `n` values. Throws a RangeError if nothing would be left. */
export function dropFirst(series: readonly number[], n: number): readonly number[] {
  finiteNumbers(series, 'the series of dropFirst');
  wholeNumber(n, 'n, the values to drop,', 0, series.length - 1);
  return series.slice(n);
}

function meanFrom(series: readonly number[], batch: number): number {
  return series.slice(BATCH * batch, BATCH * (batch + 1)).reduce((sum, value) => sum + value, 0) / BATCH;
}

/** The square of the standard error of the mean, but for a constant. */
function squaredError(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length ** 2;
}
