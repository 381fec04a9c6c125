import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomStream, streamKey, type RandomStream } from '../../lib/engine/random.js';
import { Simulation } from '../../lib/engine/simulation.js';

const simulation = (seed: string | number): Simulation => new Simulation({ tickPs: 1, seed });

function draws(stream: RandomStream, count: number): number[] {
  return Array.from({ length: count }, () => stream.next());
}

/** Pearson's r of a series with itself, one step later. */
function correlation(values: readonly number[]): number {
  const xs = values.slice(0, -1);
  const ys = values.slice(1);
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  xs.forEach((x, i) => {
    xy += (x - mx) * (ys[i] - my);
    xx += (x - mx) ** 2;
    yy += (ys[i] - my) ** 2;
  });
  return xy / Math.sqrt(xx * yy);
}

describe('random streams', () => {
  it('of neighbouring names are not correlated', () => {
    const streams = Array.from({ length: 5000 }, (_, i) => draws(randomStream('run7', `node${i}`), 10));
    for (const draw of [1, 2, 3, 5, 10])
      expect(Math.abs(correlation(streams.map(stream => stream[draw - 1])))).toBeLessThan(0.05);
    // What the check is for: a counter, or one stream drawn from with a stride, would not pass.
    expect(Math.abs(correlation(streams.map((_, i) => i)))).toBeGreaterThan(0.9);
  });

  it('are the same for the same seed and name, in whatever order they are asked for', () => {
    const one = simulation('s');
    const other = simulation('s');
    const [a, b] = [one.random('a'), one.random('b')];
    const [b2, a2] = [other.random('b'), other.random('a')];
    expect([draws(a, 20), draws(b, 20)]).toEqual([draws(a2, 20), draws(b2, 20)]);
    expect(draws(simulation('t').random('a'), 20)).not.toEqual(draws(simulation('s').random('a'), 20));
    expect(draws(simulation(7).random('a'), 5)).toEqual(draws(simulation('7').random('a'), 5));
  });

  it('of different seeds and names never share a key, whatever signs there are in them', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 's', '/', '\\'), maxLength: 6 });
    fc.assert(
      fc.property(texts, texts, texts, texts, (seed, name, otherSeed, otherName) => {
        fc.pre(seed !== otherSeed || name !== otherName);
        expect(streamKey(seed, name)).not.toBe(streamKey(otherSeed, otherName));
      }),
      { numRuns: 2000 },
    );
    // Every way to part the same text.
    fc.assert(
      fc.property(texts, texts, (seed, name) => {
        const whole = `${seed}/${name}`;
        const parts = [...whole.matchAll(/\//g)].map(({ index }) => [whole.slice(0, index), whole.slice(index + 1)]);
        expect(new Set(parts.map(([s, n]) => streamKey(s, n))).size).toBe(parts.length);
      }),
      { numRuns: 2000 },
    );
    expect(draws(simulation('a/b').random('c'), 5)).not.toEqual(draws(simulation('a').random('b/c'), 5));
  });

  it('keep what they gave in earlier versions where the name has neither slash nor backslash', () => {
    expect(streamKey('1997/mesh', 'node0.cpu0.tlb')).toBe('1997/mesh/node0.cpu0.tlb');
    // alea of '1997/node0', as in 0.4.0.
    expect(randomStream('1997', 'node0').below(2 ** 31)).toBe(962334952);
  });

  it('have one user each', () => {
    const sim = simulation(1);
    sim.random('a');
    expect(() => sim.random('a')).toThrow('the random stream "a" already has a user');
  });

  it('are uniform over the integers below a bound', () => {
    const stream = randomStream('uniform', 'below');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[stream.below(7)]++;
    // 10000 each, standard deviation 92.6; six of them.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(556);
    expect(stream.below(1)).toBe(0);
  });

  it.each([0, -1, 1.5, NaN, 2 ** 31 + 1])('refuse a bound of %p', bound => {
    expect(() => randomStream('s', 'n').below(bound)).toThrow(`an integer from 1 to 2^31, not ${bound}`);
  });
});
