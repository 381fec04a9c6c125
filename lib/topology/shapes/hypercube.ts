/**
 * The binary hypercube: a grid with two routers in each dimension, as in the Origin 2000 (there two nodes per router).
 */

import type { AttachmentOptions } from '../attachment.js';
import { plainObject } from '../../engine/checks.js';
import { checkCount } from '../checks.js';
import { grid } from './grid.js';
import { fitted } from '../layout.js';
import type { Position } from '../layout.js';
import type { Topology } from '../topology.js';

/** The size of a hypercube, beside what its nodes and links need. */
export interface HypercubeOptions extends AttachmentOptions {
  /** Dimensions, from 0 (one router) to 16; the routers are 2 to this power. */
  readonly dimension: number;
}

/**
 * A hypercube whose routers are linked where their numbers differ in one bit, with routes that correct the lowest wrong
 * bit first (e-cube). Throws a RangeError for a dimension, a number of nodes or a timing that is out of range.
 */
export function hypercube(options: HypercubeOptions): Topology {
  plainObject(options, 'hypercube');
  const { dimension, nodesPerRouter, attach, link } = options;
  checkCount('hypercube: dimension', dimension, 0, 16);
  return grid({
    name: `hypercube of dimension ${dimension}`,
    sizes: new Array<number>(dimension).fill(2),
    wraps: false,
    nodesPerRouter,
    attach,
    link,
    routerPositions: cubePositions(dimension),
    nodeRadius: 0.15 / 2 ** Math.ceil(dimension / 2),
  });
}

/** A square copied into a square of squares and so on, each turned a little so that no link hides another. */
function cubePositions(dimension: number): Position[] {
  const points = Array.from({ length: 2 ** dimension }, (_, router): Position => {
    let x = 0;
    let y = 0;
    for (let bit = 0; bit < dimension; bit++) {
      if (((router >> bit) & 1) === 0) continue;
      const generation = bit >> 1;
      const angle = 0.2 * generation + (bit & 1 ? Math.PI / 2 : 0);
      x += 2 ** generation * Math.cos(angle);
      y += 2 ** generation * Math.sin(angle);
    }
    return [x, y];
  });
  return fitted(points, 0.2);
}
