import { describe, expect, it } from '@jest/globals';
import { dropFirst, mser5 } from '../../../../lib/experiments/sweeps/statistics/warm-up.js';

describe('MSER-5', () => {
  it('finds where a step ends, to a batch', () => {
    const series = Array.from({ length: 200 }, (_, i) => (i < 30 ? 50 : 10) + (i % 5));
    expect(mser5(series)).toEqual({ drop: 30, series: series.slice(30), atEdge: false });
  });

  it('weighs error against length as defined: sums of squares over squares of what is left', () => {
    // Batch means 4, 0, 1, 0: errors 10.75 / 16, (2/3) / 9, (1/2) / 4; the least is after one batch.
    const series = [4, 0, 1, 0].flatMap(value => Array.from({ length: 5 }, () => value));
    expect(mser5(series).drop).toBe(5);
  });

  it('cuts nothing off a series that is steady', () => {
    expect(mser5(Array.from({ length: 40 }, () => 3)).drop).toBe(0);
  });

  it('says when a series is still on its way at half its length', () => {
    expect(mser5(Array.from({ length: 100 }, (_, i) => i)).atEdge).toBe(true);
  });

  it('keeps what comes after the last whole batch', () => {
    expect(mser5(Array.from({ length: 23 }, () => 3)).series).toHaveLength(23);
  });

  it('refuses series in which there is nothing to choose', () => {
    expect(() => mser5([1, 2, 3])).toThrow('give at least 20 values');
  });
});

describe('a fixed warm-up', () => {
  it('is left out', () => {
    expect(dropFirst([9, 8, 1, 2], 2)).toEqual([1, 2]);
  });

  it('leaves something', () => {
    expect(() => dropFirst([1, 2], 2)).toThrow(RangeError);
  });
});
