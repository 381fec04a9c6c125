import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { routeLatency } from '../../lib/topology/distance.js';
import { graph } from '../../lib/topology/graph.js';
import type { GraphOptions } from '../../lib/topology/graph.js';
import { graphOptions } from './arbitrary.js';
import { allLatencies, pairs, vertices } from './routes.js';

function edge(a: number, b: number, latency = 1) {
  return { a, b, latency, ticksPerFlit: 1 };
}

function oneWay(from: number, to: number, latency = 1) {
  return { from, to, latency, ticksPerFlit: 1 };
}

describe('a graph', () => {
  it('makes two links of an edge and one of a link, in their order', () => {
    const { name, links } = graph({ nodes: 2, routers: 1, edges: [edge(0, 2, 3), oneWay(2, 1, 4), oneWay(1, 2, 5)] });
    expect(name).toBe('graph of 2 nodes and 1 routers');
    expect(links).toEqual([oneWay(0, 2, 3), oneWay(2, 0, 3), oneWay(2, 1, 4), oneWay(1, 2, 5)]);
  });

  it('routes at the least latency there is', () => {
    fc.assert(
      fc.property(graphOptions, options => {
        const topology = graph(options);
        const least = allLatencies(topology);
        for (const [from, to] of pairs(topology)) expect(routeLatency(topology, from, to)).toBe(least[from][to]);
      }),
    );
  });

  it('routes over the fewest links of that latency', () => {
    fc.assert(
      fc.property(graphOptions, options => {
        const topology = graph(options);
        // A thousandth of a tick per link tells paths of equal latency apart.
        const links = topology.links.map(link => ({ ...link, latency: 1000 * link.latency + 1 }));
        const least = allLatencies({ ...topology, links });
        for (const [from, to] of pairs(topology)) expect(topology.route(from, to)).toHaveLength(least[from][to] % 1000);
      }),
    );
  });

  it('prefers fewer links at equal latency', () => {
    const topology = graph({ nodes: 3, routers: 0, edges: [edge(0, 1), edge(1, 2), edge(0, 2, 2)] });
    expect(vertices(topology, 0, 2)).toEqual([0, 2]);
  });

  it('prefers the lower next vertex at equal latency and links', () => {
    const topology = graph({ nodes: 2, routers: 2, edges: [edge(0, 3), edge(3, 1), edge(0, 2), edge(2, 1)] });
    expect(vertices(topology, 0, 1)).toEqual([0, 2, 1]);
    expect(vertices(topology, 1, 0)).toEqual([1, 2, 0]);
  });

  it('gives the same routes in whatever order the edges come', () => {
    fc.assert(
      fc.property(graphOptions, options => {
        const [one, other] = [graph(options), graph({ ...options, edges: options.edges.toReversed() })];
        for (const [from, to] of pairs(one)) expect(vertices(other, from, to)).toEqual(vertices(one, from, to));
      }),
    );
  });

  it('sends messages through nodes where there are no routers', () => {
    const topology = graph({ nodes: 3, routers: 0, edges: [oneWay(0, 1), oneWay(1, 2), oneWay(2, 0)] });
    expect(vertices(topology, 1, 0)).toEqual([1, 2, 0]);
  });

  it.each<[string, GraphOptions]>([
    ['graph: nodes is 0', { nodes: 0, routers: 1, edges: [] }],
    ['graph: routers is -1', { nodes: 1, routers: -1, edges: [] }],
    ['graph of 2 nodes: node 0 cannot reach node 1', { nodes: 2, routers: 0, edges: [] }],
    ['graph of 2 nodes: node 1 cannot reach node 0', { nodes: 2, routers: 0, edges: [oneWay(0, 1)] }],
    [
      'graph of 4 nodes: node 0 cannot reach node 2; add the missing edge',
      { nodes: 4, routers: 0, edges: [edge(0, 1), edge(2, 3)] },
    ],
    ['node 0 cannot reach router 0 (vertex 2)', { nodes: 2, routers: 1, edges: [edge(0, 1)] }],
    ['edges[1] names vertex 2; the vertices are 0 to 1', { nodes: 2, routers: 0, edges: [edge(0, 1), edge(1, 2)] }],
    ['edges[0] from node 1 to node 1 leads nowhere', { nodes: 2, routers: 0, edges: [edge(1, 1)] }],
    ['two links lead from node 1 to node 0', { nodes: 2, routers: 0, edges: [edge(0, 1), oneWay(1, 0)] }],
    [
      'edges[0] from node 0 to router 0 (vertex 1): a latency of 0 is not',
      { nodes: 1, routers: 1, edges: [edge(0, 1, 0)] },
    ],
  ])('says: %s', (message, options) => {
    expect(() => graph(options)).toThrow(message);
  });
});
