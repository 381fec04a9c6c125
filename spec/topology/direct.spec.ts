import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crossbar } from '../../lib/topology/shapes/crossbar.js';
import { hops, routeLatency } from '../../lib/topology/distance.js';
import { fromMatrix } from '../../lib/topology/shapes/from-matrix.js';
import { matrices } from './arbitrary.js';
import { pairs, vertices } from './routes.js';

describe('a crossbar', () => {
  it('has one router, and two links on the way between any two nodes', () => {
    const topology = crossbar({ nodes: 5, attach: { latency: 3, ticksPerFlit: 1 } });
    expect([topology.name, topology.routers, topology.links.length]).toEqual(['crossbar 5', 1, 10]);
    expect(vertices(topology, 4, 2)).toEqual([4, 5, 2]);
  });

  it('refuses to have no nodes', () => {
    expect(() => crossbar({ nodes: 0, attach: { latency: 3, ticksPerFlit: 1 } })).toThrow('crossbar: nodes is 0');
  });
});

describe('a topology from a matrix', () => {
  it('has for each ordered pair one link of exactly that latency', () => {
    fc.assert(
      fc.property(matrices, matrix => {
        const topology = fromMatrix(matrix, 2);
        expect(topology.links).toHaveLength(matrix.length * (matrix.length - 1));
        for (const [from, to] of pairs(topology)) {
          expect(routeLatency(topology, from, to)).toBe(from === to ? 0 : matrix[from][to]);
          expect(hops(topology, from, to)).toBe(from === to ? 0 : 1);
        }
      }),
    );
  });

  it('ignores the diagonal', () => {
    const matrix = [
      [-1, 4],
      [9, NaN],
    ];
    expect(fromMatrix(matrix, 0).links).toEqual([
      { from: 0, to: 1, latency: 4, ticksPerFlit: 0 },
      { from: 1, to: 0, latency: 9, ticksPerFlit: 0 },
    ]);
  });

  it.each<[string, number[][], number]>([
    ['matrix: rows is 0', [], 1],
    ['matrix: row 1 has 1 latencies, but there are 2 rows', [[0, 1], [1]], 1],
    [
      'matrix: node 1 to node 0: a latency of -3 is not',
      [
        [0, 1],
        [-3, 0],
      ],
      1,
    ],
    [
      'matrix: node 0 to node 1: a latency of 0 is not',
      [
        [0, 0],
        [1, 0],
      ],
      0,
    ],
    [
      'matrix: node 0 to node 1: 0.5 ticks per flit is not',
      [
        [0, 1],
        [1, 0],
      ],
      0.5,
    ],
  ])('says: %s', (message, matrix, ticksPerFlit) => {
    expect(() => fromMatrix(matrix, ticksPerFlit)).toThrow(RangeError);
    expect(() => fromMatrix(matrix, ticksPerFlit)).toThrow(message);
  });
});
