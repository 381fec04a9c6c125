/**
 * Any interconnect, given link by link. Nodes may be linked to each other without routers, and then pass messages on.
 */

import { list, plainObject, shown } from '../engine/checks.js';
import { adjacency } from './adjacency.js';
import { addPair } from './attachment.js';
import { checkCount, checkTiming, MOST_VERTICES } from './checks.js';
import { checkConnected, vertexName } from './connected.js';
import { onCircle } from './layout.js';
import { routed } from './routed.js';
import type { NextLink } from './routed.js';
import { nextLinksTo } from './shortest-path.js';
import type { Link, LinkTiming, Topology } from './topology.js';

/** Two links, one each way, alike in timing. */
export interface Edge extends LinkTiming {
  /** One vertex. */
  readonly a: number;
  /** The other vertex. */
  readonly b: number;
}

/** The vertices and connections of a graph. */
export interface GraphOptions {
  /** Number of nodes, at least 1: vertices 0 to `nodes - 1`. */
  readonly nodes: number;
  /** Number of routers, possibly 0: the vertices after the nodes. */
  readonly routers: number;
  /** An edge (`a`, `b`) goes both ways; a link (`from`, `to`) goes one way, and two of them make unequal directions. */
  readonly edges: readonly (Edge | Link)[];
}

/**
 * A graph routed along least latency, ties by fewest links, then by the lowest next vertex. The links come in the order
 * of `edges`. Throws a RangeError for a bad number or timing, an Error for a self-edge, a repeated link or two vertices
 * that cannot reach each other.
 */
export function graph(options: GraphOptions): Topology {
  plainObject(options, 'graph');
  const { nodes, routers } = options;
  checkCount('graph: nodes', nodes, 1, MOST_VERTICES);
  checkCount('graph: routers', routers, 0, MOST_VERTICES);
  list(options.edges, 'graph: edges');
  const links = toLinks(options);
  const name = routers === 0 ? `graph of ${nodes} nodes` : `graph of ${nodes} nodes and ${routers} routers`;
  const positions = [...onCircle(nodes, 0.45), ...onCircle(routers, routers === 1 ? 0 : 0.25)];
  const shape = { name, nodes, routers, links, positions };
  checkConnected(shape);
  return routed(shape, shortestPath(nodes, nodes + routers, links));
}

function toLinks({ nodes, routers, edges }: GraphOptions): Link[] {
  const links: Link[] = [];
  edges.forEach((edge, i) => {
    plainObject(edge, `graph: edges[${i}]`);
    const [a, b] = 'a' in edge ? [edge.a, edge.b] : [edge.from, edge.to];
    checkVertex(i, a, nodes + routers);
    checkVertex(i, b, nodes + routers);
    const where = `graph: edges[${i}] from ${vertexName(nodes, a)} to ${vertexName(nodes, b)}`;
    if (a === b) throw new Error(`${where} leads nowhere; a message to its own node uses no link, so leave it out`);
    checkTiming(where, edge);
    if ('a' in edge) addPair(links, a, b, edge);
    else links.push({ from: a, to: b, latency: edge.latency, ticksPerFlit: edge.ticksPerFlit });
  });
  checkDistinct(links, nodes, nodes + routers);
  return links;
}

function checkVertex(i: number, vertex: number, vertices: number): void {
  if (Number.isInteger(vertex) && vertex >= 0 && vertex < vertices) return;
  throw new RangeError(
    `graph: edges[${i}] names vertex ${shown(vertex)}; the vertices are 0 to ${vertices - 1}, nodes first`,
  );
}

function checkDistinct(links: readonly Link[], nodes: number, vertices: number): void {
  const seen = new Set<number>();
  for (const { from, to } of links) {
    if (seen.has(from * vertices + to)) {
      throw new Error(
        `graph: two links lead from ${vertexName(nodes, from)} to ${vertexName(nodes, to)}, and routes would use only ` +
          'one; give one link the ticksPerFlit of both together',
      );
    }
    seen.add(from * vertices + to);
  }
}

/** One table per destination, made when first needed. */
function shortestPath(nodes: number, vertices: number, links: readonly Link[]): NextLink {
  const incoming = adjacency(vertices, links, 'to');
  const tables: (Int32Array | undefined)[] = new Array<Int32Array | undefined>(nodes).fill(undefined);
  return (vertex, to) => {
    const table = (tables[to] ??= nextLinksTo(to, links, incoming));
    return table[vertex];
  };
}
