/**
 * First touch: a page lives where it is used first.
 * The rule of Linux's "local" memory policy: the node of the processor that faults, else the nearest by distance.
 */
import { wholeNumber } from '../../../engine/checks.js';
import { place, stay } from '../../decision.js';
import type { Decision } from '../../decision.js';
import type { PlacementPolicy } from '../../policy.js';
import type { MemoryView } from '../../views.js';

/** A policy that places a page with {@link placeNear} on the node that touches it first and never moves it. Keeps no state. */
export function firstTouch(): PlacementPolicy {
  return {
    name: 'first-touch',
    wants: [],
    needs: [],
    decide(evidence, _page, memory) {
      if (evidence.kind === 'first-touch') return placeNear(evidence.node, memory);
      throw new Error(`first-touch was given '${evidence.kind}' evidence; it decides on 'first-touch' only`);
    },
  };
}

/**
 * Places a page on `node` or, if that has no free frame, on the nearest node by `latencyNs` that has one, of several
 * the lowest numbered. Answers `stay` with the reason 'no free frame anywhere' if none has, which the host takes as out
 * of memory.
 */
export function placeNear(node: number, memory: MemoryView): Decision {
  wholeNumber(node, 'placeNear: node', 0, memory.nodes - 1);
  if (memory.freeFrames(node) > 0) return place(node, 'first touch');
  let nearest = -1;
  for (let other = 0; other < memory.nodes; other++) {
    if (memory.freeFrames(other) === 0) continue;
    if (nearest < 0 || memory.latencyNs(node, other) < memory.latencyNs(node, nearest)) nearest = other;
  }
  return nearest < 0 ? stay('no free frame anywhere') : place(nearest, 'nearest with room');
}
