/**
 * The detailed network against BookSim2, run with the same settings: 4 virtual channels of 8 flits, routers of three
 * cycles, links of one, separable allocators, Bernoulli sources. BookSim's brackets are the highest rate that it called
 * stable and the lowest that it called unstable at a latency limit of 300 cycles.
 */
import { describe, expect, it } from '@jest/globals';
import { measureLoad, USUAL_ROUTERS, type LoadOptions } from '../../lib/testing/networks/load.js';
import type { TrafficPatternName } from '../../lib/testing/networks/traffic.js';
import { load } from './loads.js';

describe('an 8x8 mesh saturates where BookSim2 does, within 5 %', () => {
  it.each<[TrafficPatternName, flits: number, stable: number, unstable: number]>([
    ['uniform', 1, 0.422, 0.43],
    ['uniform', 5, 0.398, 0.406],
    ['transpose', 1, 0.148, 0.156],
    ['transpose', 5, 0.148, 0.156],
    ['hotspot', 1, 0.016, 0.016],
    ['neighbour', 5, 0.992, Infinity], // no more than one flit per cycle can be offered
  ])('%s, %i flits', (pattern, flits, stable, unstable) => {
    // One node takes little in a cycle, so the hot spot takes longer to show.
    const window =
      pattern === 'hotspot'
        ? { measureCycles: 40_000, drainCycles: 20_000 }
        : { measureCycles: pattern === 'uniform' ? 4000 : 8000, drainCycles: 1500 };
    const below = measureLoad(load('mesh', 8, pattern, { flits, ...window }), 0.95 * stable);
    expect([below.rate, below.stable]).toEqual([0.95 * stable, true]);
    expect(Math.abs(below.accepted / below.rate - 1)).toBeLessThan(0.02);
    if (unstable === Infinity) return;
    const above = measureLoad(load('mesh', 8, pattern, { flits, ...window }), 1.05 * unstable);
    expect([above.rate, above.stable]).toEqual([1.05 * unstable, false]);
  });
});

describe('a torus saturates where BookSim2 does, within 5 %', () => {
  // BookSim2: dimension order, ties drawn, a dateline between the last and the first router of each ring.
  it.each<[k: number, pattern: TrafficPatternName, virtualChannels: number, stable: number]>([
    [4, 'transpose', 4, 0.609],
    [8, 'uniform', 2, 0.352],
  ])('%i routers along each dimension, %s, %i virtual channels', (k, pattern, virtualChannels, stable) => {
    const options = load('torus', k, pattern, {
      routers: { ...USUAL_ROUTERS, virtualChannels },
      measureCycles: 6000,
      drainCycles: 3000,
    });
    const below = measureLoad(options, 0.95 * stable);
    expect([below.rate, below.stable]).toEqual([0.95 * stable, true]);
    const above = measureLoad(options, 1.05 * stable);
    expect([above.rate, above.stable]).toEqual([1.05 * stable, false]);
  });

  it('takes more with 16 virtual channels than with 2', () => {
    const accepted = (virtualChannels: number): number =>
      measureLoad(
        load('torus', 8, 'uniform', {
          routers: { ...USUAL_ROUTERS, virtualChannels },
          ...{ warmUpCycles: 500, measureCycles: 1000, drainCycles: 0 },
        }),
        0.6,
      ).accepted;
    expect(accepted(16)).toBeGreaterThan(1.5 * accepted(2));
  });
});

describe('in a long run nothing is above its bound', () => {
  // One link takes 7 flows of a transposition routed along rows first; one node takes a flit per cycle.
  it.each<[TrafficPatternName, bound: number, cycles: number]>([
    ['transpose', 1 / 7, 30_000],
    ['hotspot', 1 / 64, 60_000],
  ])('%s', (pattern, bound, cycles) => {
    const options = load('mesh', 8, pattern, {
      warmUpCycles: cycles,
      measureCycles: cycles / 3,
      drainCycles: cycles / 3,
    });
    const row = measureLoad(options, 1.04 * bound);
    expect(row.stable).toBe(false);
    if (pattern === 'hotspot') expect(row.accepted).toBeLessThanOrEqual(bound);
  });
});

describe('a torus under overload', () => {
  const overload = (changes: Partial<LoadOptions>): number =>
    measureLoad(
      load('torus', 8, 'uniform', { flits: 5, warmUpCycles: 3000, measureCycles: 2000, drainCycles: 0, ...changes }),
      1,
    ).accepted;

  it('goes on, and stands still without classes of virtual channels', () => {
    expect(overload({})).toBeGreaterThan(0.3);
    const tight = { ...USUAL_ROUTERS, virtualChannels: 2, bufferFlits: 2 };
    expect(overload({ routers: tight })).toBeGreaterThan(0.05);
    expect(overload({ routers: tight, faults: { noClasses: true } })).toBe(0);
  });
});
