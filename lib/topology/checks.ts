/**
 * What every topology refuses: counts, link timings and node numbers that make no machine.
 */

import { plainObject, shown, wholeNumber } from '../engine/checks.js';
import type { LinkTiming } from './topology.js';

/** The most nodes of a topology, and the most routers but for the levels of a fat tree: beyond it is a mistake. */
export const MOST_VERTICES = 2 ** 20;

/** Throws a RangeError unless `count` is a whole number from `least` to `most`; `what` names it in the message. */
export function checkCount(what: string, count: number, least: number, most: number): void {
  wholeNumber(count, what, least, most);
}

/** Throws a RangeError unless the latency is a positive and the time per flit a non-negative whole number of ticks. */
export function checkTiming(where: string, timing: LinkTiming): void {
  plainObject(timing, where);
  const { latency, ticksPerFlit } = timing;
  if (!Number.isSafeInteger(latency) || latency < 1) {
    throw new RangeError(
      `${where}: a latency of ${shown(latency)} is not a positive whole number of ticks; ` +
        'every link takes at least one tick, and a finer tick makes fractions whole',
    );
  }
  if (!Number.isSafeInteger(ticksPerFlit) || ticksPerFlit < 0) {
    throw new RangeError(
      `${where}: ${shown(ticksPerFlit)} ticks per flit is not a whole number of at least 0; ` +
        'use 0 for a link that never queues, and a finer tick to make fractions whole',
    );
  }
}

/** Throws a RangeError unless `node` is one of the topology's nodes. */
export function checkNode(topology: { readonly name: string; readonly nodes: number }, node: number): void {
  if (Number.isInteger(node) && node >= 0 && node < topology.nodes) return;
  throw new RangeError(`node ${shown(node)} does not exist: ${topology.name} has nodes 0 to ${topology.nodes - 1}`);
}
