/** Whether a topology is one, and whether it has as many nodes as the machine. */
import type { Report } from './checks.js';
import { nodesOf } from './nodes.js';
import type { EdgeSpecification, MachineSpecification, TopologySpecification } from './specification.js';

const PATH = ['network', 'topology'] as const;

/** Reports a matrix that is not square or has a link that takes no time. */
export function checkTopology({ network: { topology } }: MachineSpecification, report: Report): void {
  if (topology.kind !== 'matrix') return;
  const { latencyNs, flitNs } = topology;
  const rows = latencyNs.length;
  for (const [key, matrix] of Object.entries({ latencyNs, flitNs })) {
    if (typeof matrix === 'number') continue;
    if (matrix.length !== rows) report([...PATH, key], `has ${matrix.length} rows, but latencyNs has ${rows}`);
    matrix.forEach((row, i) => {
      if (row.length !== rows)
        report(
          [...PATH, key, i],
          `has ${row.length} numbers, but there are ${rows} nodes; give each node one for each node`,
        );
    });
  }
  latencyNs.forEach((row, from) =>
    row.forEach((latency, to) => {
      if (latency < 0.001 && to !== from)
        report([...PATH, 'latencyNs', from, to], 'a link takes some time; only the diagonal may be 0');
    }),
  );
}

/** Reports a topology for another number of nodes, and a graph that does not connect the nodes. */
export function checkNodeCount(specification: MachineSpecification, report: Report): void {
  const nodes = nodesOf(specification).length;
  const { topology } = specification.network;
  const shape = shapeOf(topology);
  if (shape !== null && shape.nodes !== nodes)
    report([...PATH], `${shape.text} has ${shape.nodes} nodes, but the machine has ${nodes}`);
  if (topology.kind === 'graph') checkGraph(nodes, topology.routers, topology.edges, report);
}

/** How many nodes a topology has, and what to call it; null for one that takes any number. */
function shapeOf(topology: TopologySpecification): { readonly nodes: number; readonly text: string } | null {
  switch (topology.kind) {
    case 'mesh':
    case 'torus': {
      const { kind, columns, rows, nodesPerRouter } = topology;
      return routersTimes(columns * rows, nodesPerRouter, `a ${kind} of ${columns} by ${rows} routers`);
    }
    case 'ring':
      return routersTimes(topology.routers, topology.nodesPerRouter, `a ring of ${topology.routers} routers`);
    case 'hypercube': {
      const { dimension, nodesPerRouter } = topology;
      return routersTimes(2 ** dimension, nodesPerRouter, `a hypercube of dimension ${dimension}`);
    }
    case 'fat-tree': {
      const { arity, levels, nodesPerRouter } = topology;
      return routersTimes(arity ** (levels - 1), nodesPerRouter, `a fat tree of arity ${arity} and ${levels} levels`);
    }
    case 'matrix':
      return { nodes: topology.latencyNs.length, text: 'the matrix' };
    default:
      return null;
  }
}

function routersTimes(routers: number, perRouter: number, text: string): { nodes: number; text: string } {
  return { nodes: routers * perRouter, text: `${text} with ${perRouter} on each` };
}

function checkGraph(nodes: number, routers: number, edges: readonly EdgeSpecification[], report: Report): void {
  const vertices = nodes + routers;
  const seen = new Set<number>();
  const forwards = new Map<number, number[]>();
  const backwards = new Map<number, number[]>();
  let sound = true;
  const add = (i: number, from: number, to: number): void => {
    if (seen.has(from * vertices + to)) {
      report([...PATH, 'edges', i], `is a second link from vertex ${from} to ${to}; join them into one`);
      sound = false;
    }
    seen.add(from * vertices + to);
    push(forwards, from, to);
    push(backwards, to, from);
  };
  edges.forEach((edge, i) => {
    const [a, b] = 'a' in edge ? [edge.a, edge.b] : [edge.from, edge.to];
    if (a >= vertices || b >= vertices)
      report([...PATH, 'edges', i], `names vertex ${Math.max(a, b)} of 0 to ${vertices - 1}, nodes first`);
    else if (a === b) report([...PATH, 'edges', i], 'leads nowhere; leave it out');
    else {
      add(i, a, b);
      if ('a' in edge) add(i, b, a);
      return;
    }
    sound = false;
  });
  if (!sound) return;
  const unreached = firstUnreached(vertices, forwards);
  const stranded = firstUnreached(vertices, backwards);
  if (unreached > 0) report([...PATH, 'edges'], `vertex 0 cannot reach vertex ${unreached}; add an edge`);
  else if (stranded > 0) report([...PATH, 'edges'], `vertex ${stranded} cannot reach vertex 0; add an edge`);
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** The lowest vertex that cannot be reached from vertex 0, or -1. */
function firstUnreached(vertices: number, neighbours: ReadonlyMap<number, readonly number[]>): number {
  const reached = new Uint8Array(vertices);
  const queue = [0];
  reached[0] = 1;
  for (const vertex of queue)
    for (const next of neighbours.get(vertex) ?? []) {
      if (reached[next] === 0) queue.push(next);
      reached[next] = 1;
    }
  return reached.indexOf(0);
}
