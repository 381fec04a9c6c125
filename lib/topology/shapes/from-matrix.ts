/**
 * A machine known only by its latencies: a link of its own for every ordered pair of nodes, and no routers.
 */

import { list } from '../../engine/checks.js';
import { checkCount, checkTiming, MOST_VERTICES } from '../checks.js';
import { onCircle } from '../layout.js';
import { routed } from '../routed.js';
import type { Link, Topology } from '../topology.js';

/**
 * Nodes linked directly, `latencies[from][to]` being the time one way in ticks; the diagonal is ignored and the matrix
 * need not be symmetric. Throws a RangeError for a matrix that is not square or a timing that is out of range.
 */
export function fromMatrix(latencies: readonly (readonly number[])[], ticksPerFlit: number): Topology {
  list(latencies, 'matrix: latencies');
  const nodes = latencies.length;
  checkCount('matrix: rows', nodes, 1, MOST_VERTICES);
  const links: Link[] = [];
  for (let from = 0; from < nodes; from++) addRow(links, from, latencies[from], nodes, ticksPerFlit);
  const positions = onCircle(nodes, 0.45);
  return routed(
    { name: `matrix ${nodes}x${nodes}`, nodes, routers: 0, links, positions },
    // A row has no link for the diagonal.
    (vertex, to) => vertex * (nodes - 1) + (to > vertex ? to - 1 : to),
  );
}

function addRow(links: Link[], from: number, row: readonly number[], nodes: number, ticksPerFlit: number): void {
  list(row, `matrix: row ${from}`);
  if (row.length !== nodes) {
    throw new RangeError(
      `matrix: row ${from} has ${row.length} latencies, but there are ${nodes} rows; give each node one for each node`,
    );
  }
  for (let to = 0; to < nodes; to++) {
    if (to === from) continue;
    const link = { from, to, latency: row[to], ticksPerFlit };
    checkLink(link);
    links.push(link);
  }
}

function checkLink(link: Link): void {
  // The name is made only for an error: there are as many links as pairs.
  if (Number.isSafeInteger(link.latency) && link.latency > 0 && link.ticksPerFlit === 0) return;
  checkTiming(`matrix: node ${link.from} to node ${link.to}`, link);
}
