/**
 * How nodes hang on routers, the same in every regular topology: node `n` on router `floor(n / nodesPerRouter)`, by a
 * link each way. These links come first: `2n` leaves node `n`, `2n + 1` enters it.
 */

import { plainObject } from '../engine/checks.js';
import { checkCount, checkTiming, MOST_VERTICES } from './checks.js';
import type { Link, LinkTiming } from './topology.js';

/** Vertices are numbered below this: nodes, and the routers of every level of a fat tree. */
const MOST_PLACES = 2 ** 26;

/** What every network of routers with nodes attached needs to know. */
export interface AttachmentOptions {
  /** Nodes on each router that has any, at least 1: two on the Origin 2000. */
  readonly nodesPerRouter: number;
  /** Each link between a node and its router, in either direction. */
  readonly attach: LinkTiming;
  /** Each link between two routers. The delay of a router itself belongs to the links that leave it. */
  readonly link: LinkTiming;
}

/** Throws a RangeError that names `place` unless so many routers can be given nodes and links like these. */
export function checkAttachment(place: string, routers: number, options: AttachmentOptions): void {
  plainObject(options, place);
  checkCount(`${place}: routers`, routers, 1, MOST_VERTICES);
  checkCount(`${place}: nodesPerRouter`, options.nodesPerRouter, 1, Math.floor(MOST_VERTICES / routers));
  checkTiming(`${place}: attach`, options.attach);
  checkTiming(`${place}: link`, options.link);
}

/** The links of all nodes to and from their routers, a fresh array to which the links between routers are added. */
export function attachLinks(nodes: number, nodesPerRouter: number, timing: LinkTiming): Link[] {
  checkCount('attachLinks: nodes', nodes, 1, MOST_VERTICES);
  checkCount('attachLinks: nodesPerRouter', nodesPerRouter, 1, MOST_VERTICES);
  checkTiming('attachLinks: timing', timing);
  const links: Link[] = [];
  for (let node = 0; node < nodes; node++) {
    addPair(links, node, nodes + Math.floor(node / nodesPerRouter), timing);
  }
  return links;
}

/** Adds a link each way between two vertices and returns the index of the one from `a` to `b`; the other follows it. */
export function addPair(links: Link[], a: number, b: number, timing: LinkTiming): number {
  checkCount('addPair: a', a, 0, MOST_PLACES);
  checkCount('addPair: b', b, 0, MOST_PLACES);
  checkTiming('addPair: timing', timing);
  const { latency, ticksPerFlit } = timing;
  return links.push({ from: a, to: b, latency, ticksPerFlit }, { from: b, to: a, latency, ticksPerFlit }) - 2;
}

/** How a name ends: with the nodes per router, unless they are as usual. */
export function attachmentSuffix(nodesPerRouter: number, usual: number): string {
  checkCount('attachmentSuffix: nodesPerRouter', nodesPerRouter, 1, MOST_VERTICES);
  checkCount('attachmentSuffix: usual', usual, 1, MOST_VERTICES);
  return nodesPerRouter === usual ? '' : `, ${nodesPerRouter} nodes per router`;
}
