import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { diameter, hops, routeLatency } from '../../lib/topology/distance.js';
import { fromMatrix } from '../../lib/topology/shapes/from-matrix.js';
import { graph } from '../../lib/topology/graph.js';
import { leastLatencies, leastLatencyInto } from '../../lib/topology/least-latency.js';
import { mesh } from '../../lib/topology/shapes/mesh.js';
import type { Topology } from '../../lib/topology/topology.js';
import { graphOptions, topologies } from './arbitrary.js';

const attach = { latency: 2, ticksPerFlit: 1 };
const link = { latency: 5, ticksPerFlit: 3 };

function trueLeast(topology: Topology, to: number): number {
  const others = Array.from({ length: topology.nodes }, (_, from) => from).filter(from => from !== to);
  return Math.min(...others.map(from => routeLatency(topology, from, to)));
}

describe('distances', () => {
  it('add up the links of a route', () => {
    const topology = mesh({ columns: 4, rows: 4, nodesPerRouter: 1, attach, link });
    expect([routeLatency(topology, 0, 15), hops(topology, 0, 15)]).toEqual([2 + 6 * 5 + 2, 8]);
    expect([routeLatency(topology, 3, 3), hops(topology, 3, 3)]).toEqual([0, 0]);
    expect(diameter(topology)).toBe(34);
  });

  it('refuse a node that does not exist', () => {
    const topology = fromMatrix([[0]], 1);
    expect(() => hops(topology, 0, 1)).toThrow(RangeError);
    expect(() => routeLatency(topology, -1, 0)).toThrow(RangeError);
    expect(() => leastLatencyInto(topology, 1)).toThrow('node 1 does not exist: matrix 1x1 has nodes 0 to 0');
  });
});

describe('the least latency into a node', () => {
  it('is at least 1 and never more than the quickest route', () => {
    fc.assert(
      fc.property(topologies, topology => {
        for (let to = 0; to < topology.nodes; to++) {
          const least = leastLatencyInto(topology, to);
          expect(least).toBeGreaterThanOrEqual(1);
          expect(least).toBeLessThanOrEqual(trueLeast(topology, to));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is exactly the quickest route of a graph', () => {
    fc.assert(
      fc.property(graphOptions, options => {
        const topology = graph(options);
        for (let to = 0; to < topology.nodes; to++)
          expect(leastLatencyInto(topology, to)).toBe(trueLeast(topology, to));
      }),
    );
  });

  it('is the same one at a time and all at once', () => {
    fc.assert(
      fc.property(topologies, topology => {
        const each = Array.from({ length: topology.nodes }, (_, node) => leastLatencyInto(topology, node));
        expect(leastLatencies(topology)).toEqual(each);
      }),
    );
  });

  it.each([
    [1, 2 + 5 + 2],
    [2, 2 + 2],
  ])('with %p nodes per router of a mesh is %p', (nodesPerRouter, expected) => {
    expect(leastLatencyInto(mesh({ columns: 3, rows: 3, nodesPerRouter, attach, link }), 4)).toBe(expected);
  });

  it('of a node alone is infinite', () => {
    expect(leastLatencyInto(fromMatrix([[0]], 1), 0)).toBe(Infinity);
  });
});
