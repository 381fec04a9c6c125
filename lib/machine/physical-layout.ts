/**
 * Which frame of the machine each physical page is, for software that believes in a contiguous physical memory: what a
 * NUMA machine's firmware sets up. Frames are numbered node after node.
 */
import type { AddressMap } from '../coherence/address-map.js';

/**
 * `linear`: page after page of one node, then of the next. `interleaved`: consecutive pages on consecutive nodes; pages that
 * are N apart on N nodes then lie in the same place of physically indexed caches. `coloured`: interleaved, one node left
 * out after every 128 pages, so that page and frame are equal in their last seven bits: how far away memory is changes, and not
 * what conflicts with what. Pages that no whole round on all nodes is left for are interleaved.
 */
export type PhysicalLayout = 'linear' | 'interleaved' | 'coloured';

/** Pages that differ in their place in a cache: those of a way of 512 KB. */
const COLOURS = 128;

/** The frame of each physical page. */
export function physicalLayout(map: AddressMap, layout: PhysicalLayout): Int32Array {
  if (layout === 'linear') return Int32Array.from({ length: map.frames }, (_, page) => page);
  const next = Array.from(map.firstFrame.slice(0, map.nodes));
  const frames = new Int32Array(map.frames);
  const whole = layout === 'coloured' ? wholeRounds(map) : 0;
  for (let page = 0; page < whole; page++) {
    const turn = Math.floor(page / COLOURS);
    const node = (page + turn) % map.nodes;
    frames[page] = map.firstFrame[node]! + COLOURS * Math.floor(turn / map.nodes) + (page % COLOURS);
  }
  for (let node = 0; node < map.nodes; node++) next[node] += whole / map.nodes;
  let node = 0;
  for (let page = whole; page < map.frames; page++) {
    while (next[node] === map.firstFrame[node + 1]) node = (node + 1) % map.nodes;
    frames[page] = next[node]!++;
    node = (node + 1) % map.nodes;
  }
  return frames;
}

/** Pages that can be laid out in rounds of 128 on each node: as many on each. */
function wholeRounds({ nodes, firstFrame }: AddressMap): number {
  let least = Infinity;
  for (let node = 0; node < nodes; node++) least = Math.min(least, firstFrame[node + 1]! - firstFrame[node]!);
  return COLOURS % nodes === 0 ? nodes * COLOURS * Math.floor(least / COLOURS) : 0;
}
