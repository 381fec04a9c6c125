/**
 * A grid of routers in any number of dimensions, with or without wrap-around: what meshes, tori, rings and hypercubes
 * have in common. Routed in dimension order, the first dimension first, which cannot close a cycle on a mesh.
 * After Dally and Towles, Principles and Practices of Interconnection Networks, chapters 5 and 8.
 */

import { addPair, attachLinks, attachmentSuffix, checkAttachment } from '../attachment.js';
import type { AttachmentOptions } from '../attachment.js';
import { around } from '../layout.js';
import type { Position } from '../layout.js';
import { routed } from '../routed.js';
import type { NextLink } from '../routed.js';
import type { Link, Topology } from '../topology.js';

/** A grid's extent and looks, beside what its nodes and links need. */
export interface GridOptions extends AttachmentOptions {
  /** What the grid is, for reports and errors: `mesh 4x4`. */
  readonly name: string;
  /** Routers along each dimension, each at least 1. Routers are numbered with the first dimension varying fastest. */
  readonly sizes: readonly number[];
  /** Whether the last router of a dimension links to the first; in a dimension of 2 that would repeat a link. */
  readonly wraps: boolean;
  /** A position for each router. */
  readonly routerPositions: readonly Position[];
  /** Distance of the nodes from their router in a drawing. */
  readonly nodeRadius: number;
}

/**
 * A grid routed in dimension order, within a wrapping dimension the shorter way round; at equal distance `route` goes
 * upwards, and `routes` has both ways.
 * Throws a RangeError for a bad timing or number of nodes; the sizes are the caller's to check.
 */
export function grid(options: GridOptions): Topology {
  const { name, sizes, nodesPerRouter, routerPositions } = options;
  const routers = sizes.reduce((product, size) => product * size, 1);
  checkAttachment(name, routers, options);
  const nodes = routers * nodesPerRouter;
  const links = attachLinks(nodes, nodesPerRouter, options.attach);
  const datelines: number[] = [];
  const outgoing = addGridLinks(links, datelines, nodes, routers, options);
  const positions = [...around(routerPositions, nodesPerRouter, options.nodeRadius), ...routerPositions];
  return routed(
    { name: name + attachmentSuffix(nodesPerRouter, 1), nodes, routers, links, positions, datelines },
    dimensionOrder(nodes, outgoing, options, false),
    options.wraps ? dimensionOrder(nodes, outgoing, options, true) : undefined,
  );
}

/**
 * Adds the links between routers, and to `datelines` those from the last router of a dimension to the first and back;
 * returns the link of router r up its dimension d of D at 2(rD + d), down after it.
 */
function addGridLinks(
  links: Link[],
  datelines: number[],
  nodes: number,
  routers: number,
  options: GridOptions,
): Int32Array {
  const { sizes, link } = options;
  const outgoing = new Int32Array(2 * routers * sizes.length).fill(-1);
  for (let router = 0; router < routers; router++) {
    let stride = 1;
    for (let d = 0; d < sizes.length; d++) {
      const neighbour = upwards(router, stride, sizes[d], options.wraps);
      if (neighbour !== router) {
        const up = addPair(links, nodes + router, nodes + neighbour, link);
        outgoing[2 * (router * sizes.length + d)] = up;
        outgoing[2 * (neighbour * sizes.length + d) + 1] = up + 1;
        if (neighbour < router) datelines.push(up, up + 1);
      }
      stride *= sizes[d];
    }
  }
  return outgoing;
}

/** The next router up one dimension, or the same at the edge. */
function upwards(router: number, stride: number, size: number, wraps: boolean): number {
  if (Math.floor(router / stride) % size < size - 1) return router + stride;
  return wraps && size > 2 ? router - (size - 1) * stride : router;
}

/** The next link in dimension order; or, if only `ties` are asked for, the one the other way round where both are as long, else -1. */
function dimensionOrder(nodes: number, outgoing: Int32Array, options: GridOptions, ties: boolean): NextLink {
  const { sizes, wraps, nodesPerRouter } = options;
  return (vertex, to) => {
    if (vertex < nodes) return ties ? -1 : 2 * vertex;
    let here = vertex - nodes;
    let there = Math.floor(to / nodesPerRouter);
    const first = 2 * here * sizes.length;
    for (let d = 0; d < sizes.length; d++) {
      const size = sizes[d];
      const ahead = (there % size) - (here % size);
      if (ahead !== 0) {
        if (ties) return size > 2 && 2 * Math.abs(ahead) === size ? outgoing[first + 2 * d + 1] : -1;
        return outgoing[first + 2 * d + (goesUp(ahead, size, wraps) ? 0 : 1)];
      }
      here = Math.floor(here / size);
      there = Math.floor(there / size);
    }
    return ties ? -1 : 2 * to + 1;
  };
}

function goesUp(ahead: number, size: number, wraps: boolean): boolean {
  return wraps && size > 2 ? 2 * ((ahead + size) % size) <= size : ahead > 0;
}
