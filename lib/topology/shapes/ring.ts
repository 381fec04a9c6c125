/**
 * The ring: routers in a circle, with a link each way between neighbours.
 */

import type { AttachmentOptions } from '../attachment.js';
import { plainObject } from '../../engine/checks.js';
import { checkCount, MOST_VERTICES } from '../checks.js';
import { grid } from './grid.js';
import { onCircle } from '../layout.js';
import type { Topology } from '../topology.js';

/** The size of a ring, beside what its nodes and links need. */
export interface RingOptions extends AttachmentOptions {
  /** Routers around the ring, at least 1. */
  readonly routers: number;
}

/**
 * A ring with routes the shorter way round and, where both are equal, towards higher numbers. A ring of two routers has
 * one link each way, not two. Throws a RangeError for a size, a number of nodes or a timing that is out of range.
 */
export function ring(options: RingOptions): Topology {
  plainObject(options, 'ring');
  const { routers, nodesPerRouter, attach, link } = options;
  checkCount('ring: routers', routers, 1, MOST_VERTICES);
  return grid({
    name: `ring ${routers}`,
    sizes: [routers],
    wraps: true,
    nodesPerRouter,
    attach,
    link,
    routerPositions: onCircle(routers, 0.35),
    nodeRadius: Math.min(0.1, 1 / routers),
  });
}
