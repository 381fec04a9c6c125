/**
 * Round robin: pages are dealt over the nodes like cards, whoever touches them.
 * Disco, section 5.4, lays out the pages of bare IRIX this way to break up hot spots.
 */
import { place, stay } from '../../decision.js';
import type { PlacementPolicy } from '../../policy.js';

/**
 * A policy that gives the next page to the next node with a free frame, from node 0, and never moves it. Each policy
 * object has a cursor of its own. Answers `stay` with the reason 'no free frame anywhere' if no node has room.
 */
export function roundRobin(): PlacementPolicy {
  let next = 0;
  return {
    name: 'round-robin',
    wants: [],
    needs: [],
    decide(evidence, _page, memory) {
      if (evidence.kind !== 'first-touch') {
        throw new Error(`round-robin was given '${evidence.kind}' evidence; it decides on 'first-touch' only`);
      }
      for (let tried = 0; tried < memory.nodes; tried++) {
        const node = (next + tried) % memory.nodes;
        if (memory.freeFrames(node) === 0) continue;
        next = node + 1;
        return place(node, 'next in turn');
      }
      return stay('no free frame anywhere');
    },
  };
}
