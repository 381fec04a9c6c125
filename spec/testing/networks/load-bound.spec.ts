import { describe, expect, it } from '@jest/globals';
import { loadBound } from '../../../lib/testing/networks/load-bound.js';
import { measureLoad } from '../../../lib/testing/networks/load.js';
import { TRAFFIC_PATTERNS, trafficPattern, type TrafficPatternName } from '../../../lib/testing/networks/traffic.js';
import { ring } from '../../../lib/topology/shapes/ring.js';
import { torus } from '../../../lib/topology/shapes/torus.js';
import { load } from '../../interconnect/loads.js';

const attached = {
  nodesPerRouter: 1,
  attach: { latency: 3, ticksPerFlit: 1 },
  link: { latency: 4, ticksPerFlit: 1 },
};

describe('the bound of the busiest link', () => {
  // Uniform: 4/k on a mesh and 8/k on a torus, at most 1 at the node; transpose on a mesh 1/(k-1); bit complement 2/k.
  it.each<['mesh' | 'torus', number, TrafficPatternName, number]>([
    ['mesh', 8, 'uniform', 0.5],
    ['mesh', 4, 'uniform', 1],
    ['torus', 8, 'uniform', 1],
    ['mesh', 8, 'transpose', 1 / 7],
    ['mesh', 8, 'bit-complement', 1 / 4],
    ['mesh', 8, 'hotspot', 1 / 64],
    ['torus', 8, 'tornado', 1 / 3],
    ['torus', 8, 'neighbour', 1],
  ])('%s %i, %s', (kind, k, pattern, bound) => {
    const { topology, pattern: goals } = load(kind, k, pattern);
    expect(loadBound(topology, goals, true)).toBeCloseTo(bound, 9);
  });

  it('is unknown for a pattern that draws more than once', () => {
    const { topology } = load('mesh', 4, 'uniform');
    expect(loadBound(topology, (_, random) => (random.below(4) + random.below(4)) % 16, true)).toBeNull();
  });

  it('is never exceeded by a load that is called stable, however short the run', () => {
    for (const kind of ['mesh', 'torus'] as const)
      for (const pattern of TRAFFIC_PATTERNS) {
        const options = load(kind, 4, pattern, { warmUpCycles: 50, measureCycles: 100, latencyLimit: Infinity });
        const bound = loadBound(options.topology, options.pattern, true)!;
        if (bound * 1.005 > 1) continue;
        for (const routers of [options.routers, null]) {
          const row = measureLoad({ ...options, routers }, 1.005 * bound);
          expect([kind, pattern, row.bound, row.stable]).toEqual([kind, pattern, bound, false]);
        }
      }
  });

  it('refuses a pattern in which every node sends to itself', () => {
    const pairs = [
      [torus({ columns: 2, rows: 2, ...attached }), trafficPattern('tornado', { sizes: [2, 2] })],
      [ring({ routers: 8, ...attached }), trafficPattern('transpose', { sizes: [8] })],
      [torus({ columns: 1, rows: 1, ...attached }), trafficPattern('uniform', { sizes: [1, 1] })],
    ] as const;
    for (const [topology, pattern] of pairs)
      for (const toItself of [true, false])
        expect(() => measureLoad({ ...load('mesh', 4, 'uniform'), topology, pattern, toItself }, 0.1)).toThrow(
          `every node of ${topology.name} sends to itself under this pattern`,
        );
  });
});
