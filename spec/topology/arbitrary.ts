/**
 * Random topologies of every kind, small enough to check by brute force.
 */

import fc from 'fast-check';
import { crossbar } from '../../lib/topology/shapes/crossbar.js';
import { fatTree } from '../../lib/topology/shapes/fat-tree.js';
import { fromMatrix } from '../../lib/topology/shapes/from-matrix.js';
import { graph } from '../../lib/topology/graph.js';
import type { Edge, GraphOptions } from '../../lib/topology/graph.js';
import { hypercube } from '../../lib/topology/shapes/hypercube.js';
import { mesh } from '../../lib/topology/shapes/mesh.js';
import { ring } from '../../lib/topology/shapes/ring.js';
import type { Link, Topology } from '../../lib/topology/topology.js';
import { torus } from '../../lib/topology/shapes/torus.js';

/** A link's timing, with few enough latencies for ties to be common. */
export const timings = fc.record({ latency: fc.integer({ min: 1, max: 6 }), ticksPerFlit: fc.nat({ max: 3 }) });

const attachment = { nodesPerRouter: fc.integer({ min: 1, max: 3 }), attach: timings, link: timings };

/** Any mesh, torus, ring, hypercube, fat tree or crossbar. */
export const regularTopologies: fc.Arbitrary<Topology> = fc.oneof(
  fc.record({ columns: fc.integer({ min: 1, max: 5 }), rows: fc.integer({ min: 1, max: 5 }), ...attachment }).map(mesh),
  fc
    .record({ columns: fc.integer({ min: 1, max: 5 }), rows: fc.integer({ min: 1, max: 5 }), ...attachment })
    .map(torus),
  fc.record({ routers: fc.integer({ min: 1, max: 9 }), ...attachment }).map(ring),
  fc.record({ dimension: fc.nat({ max: 4 }), ...attachment }).map(hypercube),
  fc
    .record({ arity: fc.integer({ min: 2, max: 3 }), levels: fc.integer({ min: 1, max: 3 }), ...attachment })
    .map(fatTree),
  fc.record({ nodes: fc.integer({ min: 1, max: 9 }), attach: timings }).map(crossbar),
);

/** Any square matrix of latencies, not symmetric. */
export const matrices: fc.Arbitrary<number[][]> = fc
  .integer({ min: 1, max: 7 })
  .chain(n => fc.array(fc.array(fc.integer({ min: 1, max: 50 }), row(n)), row(n)));

/** Any graph in which every vertex can reach every other: a tree of edges and more links, one way and both ways. */
export const graphOptions: fc.Arbitrary<GraphOptions> = fc
  .record({ nodes: fc.integer({ min: 1, max: 7 }), routers: fc.nat({ max: 5 }) })
  .chain(({ nodes, routers }) => {
    const count = nodes + routers;
    const vertex = fc.nat({ max: count - 1 });
    return fc
      .record({
        parents: fc.array(fc.tuple(fc.nat(), timings), row(count - 1)),
        extra: fc.array(fc.tuple(vertex, vertex, timings), { maxLength: 14 }),
      })
      .map(({ parents, extra }) => ({ nodes, routers, edges: connect(parents, extra) }));
  });

/** Any topology at all. */
export const topologies: fc.Arbitrary<Topology> = fc.oneof(
  { weight: 3, arbitrary: regularTopologies },
  { weight: 2, arbitrary: graphOptions.map(graph) },
  { weight: 1, arbitrary: matrices.map(matrix => fromMatrix(matrix, 1)) },
);

type Timing = Pick<Link, 'latency' | 'ticksPerFlit'>;

function row(length: number): { minLength: number; maxLength: number } {
  return { minLength: length, maxLength: length };
}

function connect(parents: [number, Timing][], extra: [number, number, Timing][]): (Edge | Link)[] {
  const tree = parents.map(([parent, timing], i): Edge => ({ a: i + 1, b: parent % (i + 1), ...timing }));
  const seen = new Set(tree.flatMap(({ a, b }) => [`${a} ${b}`, `${b} ${a}`]));
  const others = extra.flatMap(([from, to, timing]): Link[] => {
    if (from === to || seen.has(`${from} ${to}`)) return [];
    seen.add(`${from} ${to}`);
    return [{ from, to, ...timing }];
  });
  return [...tree, ...others];
}
