/**
 * Weighted interleaving, as in Linux since 6.9: weights of 5 and 2 give five pages on one node, then two on the other, for
 * tiers of different bandwidth. From the description of its commit.
 */
import { list, wholeNumber } from '../../../engine/checks.js';
import type { PlacementPolicy } from '../../policy.js';
import { allNodes, checkOptions, notWanted, placeFrom } from '../support.js';

/** Options of `weightedInterleave`. */
export interface WeightedInterleaveOptions {
  /** Pages that a node gets in a row, by node; 0 for none. Nodes without a weight get none. */
  readonly weights: readonly number[];
}

/** A policy that deals pages over nodes by weight and never moves them. Its state is the place in the round. */
export function weightedInterleave(options: WeightedInterleaveOptions): PlacementPolicy {
  checkOptions('weighted-interleave', options, {});
  const { weights } = options;
  list(weights, 'weighted-interleave: weights');
  for (const weight of weights) wholeNumber(weight, 'weighted-interleave: a weight', 0, 65535);
  const round = weights.flatMap((weight, node) => new Array<number>(weight).fill(node));
  if (round.length === 0) throw new RangeError('weighted-interleave: all weights are 0; give one node a weight');
  let next = 0;
  return {
    name: 'weighted-interleave',
    wants: [],
    needs: [],
    decide({ kind }, _page, memory) {
      if (kind !== 'first-touch') throw notWanted('weighted-interleave', kind);
      const node = round[next++ % round.length];
      return placeFrom(node, allNodes(memory), memory, 'by weight');
    },
  };
}
