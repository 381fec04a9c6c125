import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crossbar } from '../../lib/topology/shapes/crossbar.js';
import { mesh } from '../../lib/topology/shapes/mesh.js';
import { regularTopologies, topologies } from './arbitrary.js';
import { pairs, vertices } from './routes.js';

const FAST = { latency: 1, ticksPerFlit: 1 };

describe('every topology', () => {
  it('has routes that lead from one node to the other without a vertex twice', () => {
    fc.assert(
      fc.property(topologies, topology => {
        for (const [from, to] of pairs(topology)) {
          const visited = vertices(topology, from, to);
          expect(visited[visited.length - 1]).toBe(to);
          expect(new Set(visited).size).toBe(visited.length);
        }
      }),
    );
  });

  it('routes through routers only, unless it is a graph', () => {
    fc.assert(
      fc.property(regularTopologies, topology => {
        for (const [from, to] of pairs(topology)) {
          expect(
            vertices(topology, from, to)
              .slice(1, -1)
              .every(vertex => vertex >= topology.nodes),
          ).toBe(true);
        }
      }),
    );
  });

  it('gives the same array each time, and an empty one to the node itself', () => {
    fc.assert(
      fc.property(topologies, topology => {
        for (const [from, to] of pairs(topology)) expect(topology.route(from, to)).toBe(topology.route(from, to));
        expect(topology.route(0, 0)).toEqual(new Int32Array(0));
      }),
    );
  });

  it('gives the same routes whatever was asked before', () => {
    fc.assert(
      fc.property(fc.clone(regularTopologies, 2), ([one, other]) => {
        const all = pairs(one);
        const forwards = all.map(([from, to]) => one.route(from, to));
        const backwards = all.toReversed().map(([from, to]) => other.route(from, to));
        expect(backwards.toReversed()).toEqual(forwards);
      }),
    );
  });

  it('has its links between its own vertices, and a position for each vertex in the unit square', () => {
    fc.assert(
      fc.property(topologies, ({ nodes, routers, links, positions }) => {
        expect(links.every(({ from, to }) => from !== to && Math.max(from, to) < nodes + routers)).toBe(true);
        expect(positions).toHaveLength(nodes + routers);
        expect(positions.flat().every(coordinate => coordinate >= 0 && coordinate <= 1)).toBe(true);
      }),
    );
  });

  it('draws no two vertices in one place', () => {
    fc.assert(
      fc.property(topologies, ({ positions }) => {
        const rounded = positions.map(([x, y]) => `${x.toFixed(6)} ${y.toFixed(6)}`);
        expect(new Set(rounded).size).toBe(positions.length);
      }),
    );
  });

  it.each([
    [-1, 0],
    [0, 4],
    [4, 4],
    [0.5, 0],
    [0, NaN],
  ])('refuses a route from %p to %p', (from, to) => {
    expect(() => crossbar({ nodes: 4, attach: FAST }).route(from, to)).toThrow(RangeError);
  });

  it('names itself and its nodes when a node does not exist', () => {
    const topology = mesh({ columns: 4, rows: 2, nodesPerRouter: 1, attach: FAST, link: FAST });
    expect(() => topology.route(0, 8)).toThrow('node 8 does not exist: mesh 4x2 has nodes 0 to 7');
  });
});
