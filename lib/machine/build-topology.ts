/** The topology of a specification, in ticks. */
import type { TimeBase } from '../engine/time.js';
import { ns } from '../engine/time.js';
import { crossbar } from '../topology/shapes/crossbar.js';
import { fatTree } from '../topology/shapes/fat-tree.js';
import { fromMatrix } from '../topology/shapes/from-matrix.js';
import { graph } from '../topology/graph.js';
import { hypercube } from '../topology/shapes/hypercube.js';
import { mesh } from '../topology/shapes/mesh.js';
import { ring } from '../topology/shapes/ring.js';
import type { LinkTiming, Topology } from '../topology/topology.js';
import { torus } from '../topology/shapes/torus.js';
import type { LinkSpecification, MatrixSpecification, ResolvedSpecification } from './specification/specification.js';

/** Makes the topology of a specification that `resolve` returned. */
export function buildTopology({ nodes, network }: ResolvedSpecification, time: TimeBase): Topology {
  const { topology } = network;
  const timing = ({ latencyNs, flitNs }: LinkSpecification): LinkTiming => ({
    latency: time.ticks(ns(latencyNs)),
    ticksPerFlit: time.ticks(ns(flitNs)),
  });
  switch (topology.kind) {
    case 'crossbar':
      return crossbar({ nodes: nodes.length, attach: timing(topology.attach) });
    case 'graph': {
      const edges = topology.edges.map(edge => ({ ...edge, ...timing(edge) }));
      return graph({ nodes: nodes.length, routers: topology.routers, edges });
    }
    case 'matrix':
      return matrix(topology, time);
    default:
  }
  const attached = { ...topology, attach: timing(topology.attach), link: timing(topology.link) };
  switch (attached.kind) {
    case 'mesh':
      return mesh(attached);
    case 'torus':
      return torus(attached);
    case 'ring':
      return ring(attached);
    case 'hypercube':
      return hypercube(attached);
    case 'fat-tree':
      return fatTree(attached);
    default:
      throw new Error('there is no such topology');
  }
}

function matrix({ latencyNs, flitNs }: MatrixSpecification, time: TimeBase): Topology {
  const ticks = (value: number): number => time.ticks(ns(value));
  const latencies = latencyNs.map((row, from) => row.map((value, to) => (to === from ? 0 : ticks(value))));
  if (typeof flitNs === 'number') return fromMatrix(latencies, ticks(flitNs));
  const topology = fromMatrix(latencies, 0);
  const links = topology.links.map(link => ({ ...link, ticksPerFlit: ticks(flitNs[link.from][link.to]) }));
  return { ...topology, links };
}
