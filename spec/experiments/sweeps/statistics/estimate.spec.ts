import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomStream, type RandomStream } from '../../../../lib/engine/random.js';
import { estimate, pairedDifference, quantile } from '../../../../lib/experiments/sweeps/statistics/estimate.js';
import { studentQuantile } from '../../../../lib/experiments/sweeps/statistics/student.js';

const SEED = 'coverage 1997';

/** Values with exactly this mean and sample deviation. */
function valuesWith(n: number, mean: number, deviation: number): number[] {
  const half = deviation * Math.sqrt((n - 1) / (n - (n % 2)));
  return Array.from({ length: n }, (_, i) => (n % 2 === 1 && i === 0 ? mean : mean + (i % 2 === 0 ? half : -half)));
}

/** Box and Muller. */
function normal(stream: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - stream.next())) * Math.cos(2 * Math.PI * stream.next());
}

describe('an interval', () => {
  it('is that of NIST/SEMATECH, e-Handbook of Statistical Methods, 1.3.5.2: ZARR13.DAT', () => {
    // Printed there: N = 195, mean 9.261460, standard deviation 0.022789, lower limit 9.258242, upper limit 9.264679.
    const { n, mean, deviation, low, high } = estimate(valuesWith(195, 9.26146, 0.022789));
    expect(n).toBe(195);
    expect(mean).toBeCloseTo(9.26146, 9);
    expect(deviation).toBeCloseTo(0.022789, 9);
    expect(low).toBeCloseTo(9.258242, 5);
    expect(high).toBeCloseTo(9.264679, 5);
  });

  it('is that of Law, Simulation Modeling and Analysis, example 4.26: ten observations, 90 percent', () => {
    // Printed there: mean 1.34, variance of the mean 0.017 (0.17 / 10), interval 1.34 +- 0.24.
    const { mean, halfWidth } = estimate([1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.5, 1.09], 0.9);
    expect(mean.toFixed(2)).toBe('1.34');
    expect(halfWidth!.toFixed(2)).toBe('0.24');
  });

  it.each([
    // Quantiles as tables of the t distribution print them: NIST/SEMATECH 1.3.6.7.2.
    [0.975, 1, 12.706],
    [0.975, 4, 2.776],
    [0.975, 9, 2.262],
    [0.975, 30, 2.042],
    [0.95, 9, 1.833],
    [0.995, 10, 3.169],
  ])('takes quantiles of the t distribution: %d with %d degrees of freedom', (probability, freedom, printed) => {
    expect(studentQuantile(probability, freedom).toFixed(3)).toBe(printed.toFixed(3));
  });

  it('covers the true mean in 93 to 97 percent of 2,000 experiments of five replications', () => {
    const stream = randomStream(SEED, 'normal');
    let covered = 0;
    for (let experiment = 0; experiment < 2000; experiment++) {
      const { low, high } = estimate(Array.from({ length: 5 }, () => 10 + 3 * normal(stream)));
      if (low! <= 10 && 10 <= high!) covered++;
    }
    const share = (100 * covered) / 2000;
    if (share < 93 || share > 97) throw new Error(`${share} % are covered, with seed ${SEED}`);
  });

  it('does not exist for one replication', () => {
    expect(estimate([3])).toEqual({
      n: 1,
      mean: 3,
      deviation: null,
      halfWidth: null,
      low: null,
      high: null,
      level: 0.95,
    });
  });

  it('moves with its values, and is as wide', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.integer({ min: -1000, max: 1000 }), (some, by) => {
        const [here, there] = [estimate(some), estimate(some.map(value => value + by))];
        expect(there.mean).toBeCloseTo(here.mean + by, 6);
        expect(there.halfWidth).toBeCloseTo(here.halfWidth!, 6);
      }),
    );
  });

  it.each([[[]], [[1, NaN]], [[1, Infinity]], [['1']], [null], [7]])('is not made of %p', values => {
    expect(() => estimate(values as number[])).toThrow(RangeError);
  });
});

describe('a paired difference', () => {
  it('tells a small effect from noise that both sides share', () => {
    const noise = [120, 80, 95, 140, 60];
    const { mean, distinct, n } = pairedDifference(
      noise.map((value, i) => value + 2 + 0.1 * i),
      noise,
    );
    expect(mean).toBeCloseTo(2.2, 9);
    expect([n, distinct]).toEqual([5, true]);
  });

  it('is not distinct if its interval has 0', () => {
    expect(pairedDifference([1, 2, 3], [2, 1, 3]).distinct).toBe(false);
    expect(pairedDifference([5], [1]).distinct).toBe(false);
  });

  it('takes as many values of both', () => {
    expect(() => pairedDifference([1, 2], [1])).toThrow('2 and 1 values');
  });
});

describe('a quantile', () => {
  it('is the value in the middle, or the mean of two', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect([quantile([4, 1, 3], 0), quantile([4, 1, 3], 1)]).toEqual([1, 4]);
  });
});
