/** Latency against load: idle networks against the formula, and what a measurement promises. */
import { describe, expect, it } from '@jest/globals';
import {
  latencyAgainstLoad,
  measureLoad,
  USUAL_ROUTERS,
  type LoadOptions,
} from '../../../lib/testing/networks/load.js';
import type { TrafficPatternName } from '../../../lib/testing/networks/traffic.js';
import { load } from '../../interconnect/loads.js';

const QUIET = 0.002;

describe('an idle network', () => {
  it.each<[kind: 'mesh' | 'torus' | 'hypercube', k: number, pattern: TrafficPatternName]>([
    ...(
      ['uniform', 'transpose', 'bit-complement', 'bit-reverse', 'shuffle', 'tornado', 'neighbour', 'hotspot'] as const
    ).flatMap(pattern => [
      ['mesh', 8, pattern] as ['mesh', number, TrafficPatternName],
      ['torus', 4, pattern] as ['torus', number, TrafficPatternName],
    ]),
    ['torus', 8, 'uniform'],
    ['hypercube', 5, 'uniform'],
  ])('takes 6 + 4 H + (L - 1) cycles: %s %i, %s', (kind, k, pattern) => {
    // One node takes all that goes to the hot spot, so much less of it is nearly nothing.
    const rate = pattern === 'hotspot' ? QUIET / 10 : QUIET;
    for (const flits of [1, 5]) {
      const row = measureLoad(load(kind, k, pattern, { flits, measureCycles: 4 / rate }), rate);
      const expected = 6 + 4 * row.meanLinks + (flits - 1);
      expect(Math.abs(row.meanLatency / expected - 1)).toBeLessThan(0.01);
      expect(row.stable).toBe(true);
    }
  });

  // Patterns in which all packets go equally far, so that there is no error of sampling. BookSim2: 30.02, 14.0, 14.0.
  it.each<['mesh' | 'torus', number, TrafficPatternName, number]>([
    ['torus', 8, 'tornado', 30],
    ['torus', 8, 'neighbour', 14],
    ['torus', 4, 'bit-complement', 14],
  ])('takes exactly that: %s %i, %s', (kind, k, pattern, cycles) => {
    const row = measureLoad(load(kind, k, pattern), QUIET);
    expect(row.medianLatency).toBe(cycles);
    expect(Math.abs(row.meanLatency / cycles - 1)).toBeLessThan(0.002);
  });

  // BookSim2 measured 26.88 where hops make 27: the mean over all pairs is 2 (k^2 - 1) / (3 k) = 5.25 links.
  it('crosses as many links as the mean over all pairs', () => {
    const row = measureLoad(load('mesh', 8, 'uniform', { measureCycles: 40_000 }), QUIET);
    expect(Math.abs(row.meanLinks - 5.25)).toBeLessThan(0.1);
  });
});

describe('a measurement', () => {
  it('is the same for the same seed, and another for another', () => {
    const options = load('torus', 4, 'uniform', { flits: 3, measureCycles: 1000 });
    const rates = [0.1, 0.5];
    const rows = latencyAgainstLoad(options, rates);
    expect(latencyAgainstLoad(options, rates)).toEqual(rows);
    expect(latencyAgainstLoad({ ...options, seed: 'other' }, rates).map(row => row.fingerprint)).not.toEqual(
      rows.map(row => row.fingerprint),
    );
  });

  it('goes up with the load, on routers more than on links that are booked', () => {
    const rates = [0.1, 0.25, 0.4];
    const means = (routers: LoadOptions['routers']): number[] =>
      latencyAgainstLoad(load('mesh', 8, 'uniform', { routers, measureCycles: 3000 }), rates).map(
        row => row.meanLatency,
      );
    const [low, middle, high] = means(USUAL_ROUTERS);
    const booked = means(null);
    expect(low).toBeLessThan(middle);
    expect(middle).toBeLessThan(high);
    expect(booked[2]).toBeLessThan(high);
    expect(booked[0] / low).toBeGreaterThan(0.95);
  });

  it.each([0, -1, 1.1, NaN])('refuses a rate of %p', rate => {
    expect(() => measureLoad(load('mesh', 4, 'uniform'), rate)).toThrow(
      `the rate of a load is ${rate}; give a number above 0`,
    );
  });
});
