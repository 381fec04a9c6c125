/**
 * Which frame of the machine each physical page is, for software that believes in a contiguous physical memory: what a
 * NUMA machine's firmware sets up. Frames are numbered node after node.
 */
import type { AddressMap } from '../coherence/address-map.js';

/** `linear`: page after page of one node, then of the next. `interleaved`: consecutive pages on consecutive nodes. */
export type PhysicalLayout = 'linear' | 'interleaved';

/** The frame of each physical page. */
export function physicalLayout(map: AddressMap, layout: PhysicalLayout): Int32Array {
  if (layout === 'linear') return Int32Array.from({ length: map.frames }, (_, page) => page);
  const next = Array.from(map.firstFrame.slice(0, map.nodes));
  const frames = new Int32Array(map.frames);
  let node = 0;
  for (let page = 0; page < map.frames; page++) {
    while (next[node] === map.firstFrame[node + 1]) node = (node + 1) % map.nodes;
    frames[page] = next[node]!++;
    node = (node + 1) % map.nodes;
  }
  return frames;
}
