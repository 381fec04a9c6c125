/**
 * The fat tree in its usual form, the k-ary n-tree: n levels of k^(n-1) routers with k links up and k down each, so
 * that the bandwidth is the same at every level. Nodes hang on the lowest level, k per router in the original.
 * After Petrini and Vanneschi, k-ary n-trees: high performance networks for massively parallel architectures (1997).
 *
 * Router (level, w) is linked to (level + 1, w') where w and w', read as numbers to the base k, agree in every digit
 * but the one numbered `level`. Level 0 is the lowest.
 */

import { plainObject } from '../../engine/checks.js';
import { addPair, attachLinks, attachmentSuffix, checkAttachment } from '../attachment.js';
import type { AttachmentOptions } from '../attachment.js';
import { checkCount, MOST_VERTICES } from '../checks.js';
import type { Position } from '../layout.js';
import { routed } from '../routed.js';
import type { NextLink } from '../routed.js';
import type { Link, Topology } from '../topology.js';

/** The most links between routers, which are made one by one. */
const MOST_LINKS = 2 ** 24;

/** The size of a fat tree, beside what its nodes and links need; `nodesPerRouter` counts on the lowest level. */
export interface FatTreeOptions extends AttachmentOptions {
  /** Links up and links down of each router, the k of a k-ary n-tree: from 2 to 1024. */
  readonly arity: number;
  /** Levels of routers, the n of a k-ary n-tree: from 1 to 16. */
  readonly levels: number;
}

/** The numbers from which links and routes follow. */
interface Tree {
  readonly arity: number;
  readonly levels: number;
  /** Routers on each level. */
  readonly width: number;
  readonly nodes: number;
  readonly nodesPerRouter: number;
}

/**
 * A k-ary n-tree with routes up to the first level from which the destination is below, then down. The way up follows
 * the digits of the destination's number (D-mod-k), so each destination has one tree and destinations spread evenly.
 * Throws a RangeError for a size, a number of nodes or a timing that is out of range.
 */
export function fatTree(options: FatTreeOptions): Topology {
  plainObject(options, 'fat tree');
  const { arity, levels, nodesPerRouter } = options;
  checkCount('fat tree: arity', arity, 2, 1024);
  checkCount('fat tree: levels', levels, 1, 16);
  const width = arity ** (levels - 1);
  checkCount('fat tree: routers on each level', width, 1, MOST_VERTICES);
  checkCount('fat tree: links between routers', 2 * (levels - 1) * width * arity, 0, MOST_LINKS);
  checkAttachment('fat tree', width, options);
  const tree: Tree = { arity, levels, width, nodes: width * nodesPerRouter, nodesPerRouter };
  const links = attachLinks(tree.nodes, nodesPerRouter, options.attach);
  addTreeLinks(links, tree, options);
  return routed(
    {
      name: `${arity}-ary ${levels}-tree` + attachmentSuffix(nodesPerRouter, arity),
      nodes: tree.nodes,
      routers: levels * width,
      links,
      positions: treePositions(tree),
    },
    upThenDown(tree),
  );
}

function addTreeLinks(links: Link[], tree: Tree, { link }: FatTreeOptions): void {
  const { arity, levels, width, nodes } = tree;
  for (let level = 0; level < levels - 1; level++) {
    for (let w = 0; w < width; w++) {
      for (let digit = 0; digit < arity; digit++) {
        const above = withDigit(w, arity ** level, arity, digit);
        addPair(links, nodes + level * width + w, nodes + (level + 1) * width + above, link);
      }
    }
  }
}

function upThenDown(tree: Tree): NextLink {
  const { arity, width, nodes, nodesPerRouter } = tree;
  return (vertex, to) => {
    if (vertex < nodes) return 2 * vertex;
    const level = Math.floor((vertex - nodes) / width);
    const w = (vertex - nodes) % width;
    const leaf = Math.floor(to / nodesPerRouter);
    const weight = arity ** level;
    if (Math.floor(w / weight) !== Math.floor(leaf / weight)) {
      return upLink(tree, level, w, Math.floor(to / weight) % arity);
    }
    if (level === 0) return 2 * to + 1;
    const weightBelow = weight / arity;
    const below = withDigit(w, weightBelow, arity, Math.floor(leaf / weightBelow) % arity);
    return upLink(tree, level - 1, below, Math.floor(w / weightBelow) % arity) + 1;
  };
}

/** The link from router (level, w) to the one above that has `digit` in its place; the link down follows it. */
function upLink(tree: Tree, level: number, w: number, digit: number): number {
  return 2 * (tree.nodes + (level * tree.width + w) * tree.arity + digit);
}

function withDigit(w: number, weight: number, arity: number, digit: number): number {
  return w + (digit - (Math.floor(w / weight) % arity)) * weight;
}

/** The nodes along the bottom, each level of routers above the one below. */
function treePositions({ levels, width, nodes }: Tree): Position[] {
  const row = (count: number, height: number): Position[] =>
    Array.from({ length: count }, (_, i) => [(i + 0.5) / count, 1 - (height + 0.5) / (levels + 1)]);
  const routers = Array.from({ length: levels }, (_, level) => row(width, level + 1)).flat();
  return [...row(nodes, 0), ...routers];
}
