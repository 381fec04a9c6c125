/**
 * The crossbar: every node on one switch, so that only messages from one node or to one node share a link.
 */

import { plainObject } from '../../engine/checks.js';
import { attachLinks } from '../attachment.js';
import { checkCount, checkTiming, MOST_VERTICES } from '../checks.js';
import { onCircle } from '../layout.js';
import { routed } from '../routed.js';
import type { LinkTiming, Topology } from '../topology.js';

/** The size and links of a crossbar. */
export interface CrossbarOptions {
  /** Nodes on the switch, at least 1. */
  readonly nodes: number;
  /** Each link between a node and the switch, in either direction: a message takes two of them. */
  readonly attach: LinkTiming;
}

/** A crossbar, the switch being its only router. Throws a RangeError for a size or a timing that is out of range. */
export function crossbar(options: CrossbarOptions): Topology {
  plainObject(options, 'crossbar');
  const { nodes, attach } = options;
  checkCount('crossbar: nodes', nodes, 1, MOST_VERTICES);
  checkTiming('crossbar: attach', attach);
  const links = attachLinks(nodes, nodes, attach);
  const positions = [...onCircle(nodes, 0.45), [0.5, 0.5] as const];
  return routed({ name: `crossbar ${nodes}`, nodes, routers: 1, links, positions }, (vertex, to) =>
    vertex < nodes ? 2 * vertex : 2 * to + 1,
  );
}
