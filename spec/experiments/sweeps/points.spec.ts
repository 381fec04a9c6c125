import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical, type Json } from '../../../lib/experiments/sweeps/store/json.js';
import { gridPoints, seedsFrom, type Grid } from '../../../lib/experiments/sweeps/points.js';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

/** The same value with the names of every object in the opposite order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, Json>).reverse();
  return Object.fromEntries(entries.map(([name, part]) => [name, reversed(part)]));
}

describe('the points of a grid', () => {
  it('are all combinations with all seeds, the last axis first and the seeds before that', () => {
    const points = gridPoints({ policy: ['a', 'b'], nodes: [1, 2] }, { fixed: { scale: 1 }, seeds: ['x', 'y'] });
    expect(points.map(({ parameters, seed }) => `${parameters.policy}${parameters.nodes}${seed}`).join(' ')).toBe(
      'a1x a1y a2x a2y b1x b1y b2x b2y',
    );
    expect(points[0]).toEqual({ parameters: { scale: 1, policy: 'a', nodes: 1 }, seed: 'x' });
  });

  it('are as many as the product of the axes and the seeds, all different', () => {
    const axis = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 });
    const grids = fc.dictionary(fc.string({ minLength: 1 }), axis, { maxKeys: 3 });
    fc.assert(
      fc.property(grids, fc.integer({ min: 1, max: 3 }), (grid: Grid, seeds) => {
        const points = gridPoints(grid, { seeds });
        const product = Object.values(grid).reduce((size, values) => size * values.length, seeds);
        expect(points).toHaveLength(product);
        expect(new Set(points.map(({ parameters, seed }) => canonical([parameters, seed]))).size).toBe(product);
      }),
    );
  });

  it('are one for each seed without axes', () => {
    expect(gridPoints({}, { seeds: 3 }).map(({ seed }) => seed)).toEqual(['1997', '1997.2', '1997.3']);
    expect(seedsFrom('7', 2)).toEqual(['7', '7.2']);
  });

  const bad: [what: string, grid: unknown, options: unknown, message: string][] = [
    ['no values', { a: [] }, { seeds: 1 }, 'grid: a is an array of 0'],
    ['a value that is no list', { a: 1 }, { seeds: 1 }, 'grid: a is 1; give an array'],
    [
      'a value twice',
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
      { seeds: 1 },
      'grid: a has {"x":1,"y":2} twice',
    ],
    ['what JSON cannot hold', { a: [{ b: [undefined] }] }, { seeds: 1 }, 'grid: a: 0: b: 0 is undefined'],
    ['NaN', { a: [NaN] }, { seeds: 1 }, 'grid: a: 0 is NaN'],
    ['an axis that is fixed', { a: [1] }, { fixed: { a: 2 }, seeds: 1 }, 'a is in grid and in fixed'],
    ['no seeds', {}, { seeds: [] }, 'seeds is an array of 0'],
    ['a seed twice', {}, { seeds: ['x', 'x'] }, '"x" is there twice'],
    ['a number as seed', {}, { seeds: [1] }, 'seeds: 0 is 1; give a string'],
    ['half a seed', {}, { seeds: 0.5 }, '0.5'],
  ];
  it.each(bad)('are not made of %s', (_, grid, options, message) => {
    expect(() => gridPoints(grid as Grid, options as { seeds: number })).toThrow(message);
  });
});

describe('the canonical text', () => {
  it('does not depend on the order of names, and is the value', () => {
    fc.assert(
      fc.property(json, value => {
        expect(canonical(reversed(value))).toBe(canonical(value));
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
