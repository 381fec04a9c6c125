/**
 * Which frame of the machine each physical page is, for software that believes in a contiguous physical memory: what a
 * NUMA machine's firmware sets up. Frames are numbered node after node.
 */
import { shown, wholeNumber } from '../engine/checks.js';
import type { AddressMap } from '../messages/address-map.js';

/**
 * `linear`: page after page of one node, then of the next. `interleaved`: consecutive pages on consecutive nodes, one frame
 * after the other there, so that consecutive pages have the same place in physically indexed caches. `coloured`: on
 * consecutive nodes too, and each page keeps the place in the caches that its number gives it.
 */
export type PhysicalLayout = 'linear' | 'interleaved' | 'coloured';

const LAYOUTS: readonly PhysicalLayout[] = ['linear', 'interleaved', 'coloured'];

/**
 * The frame of each physical page. `colours` is the number of pages in a way of the second-level cache. Throws a RangeError
 * if pages cannot keep their colours: if nodes do not divide colours, or have unequal memories or no whole ways of it.
 */
export function physicalLayout(map: AddressMap, layout: PhysicalLayout, colours: number): Int32Array {
  wholeNumber(colours, 'physicalLayout: colours', 1, 2 ** 20);
  if (!LAYOUTS.includes(layout))
    throw new RangeError(`there is no layout ${shown(layout)}; there are ${LAYOUTS.join(', ')}`);
  if (layout === 'coloured') return coloured(map, colours);
  if (layout === 'linear') return Int32Array.from({ length: map.frames }, (_, page) => page);
  const next = Array.from(map.firstFrame.slice(0, map.nodes));
  const frames = new Int32Array(map.frames);
  let node = 0;
  for (let page = 0; page < map.frames; page++) {
    while (next[node] === map.firstFrame[node + 1]) node = (node + 1) % map.nodes;
    frames[page] = next[node]++;
    node = (node + 1) % map.nodes;
  }
  return frames;
}

/** Of each way of pages, every node has those of some colours, and other ones of the next way. */
function coloured({ nodes, frames, firstFrame }: AddressMap, colours: number): Int32Array {
  const perNode = frames / nodes;
  if (colours % nodes !== 0 || perNode % colours !== 0 || firstFrame.some((first, node) => first !== node * perNode))
    throw new RangeError(
      `pages of ${colours} colours cannot keep them on ${nodes} nodes with ${frames} frames in all; use the layout interleaved`,
    );
  return Int32Array.from({ length: frames }, (_, page) => {
    const colour = page % colours;
    const way = Math.floor(page / colours);
    const node = (colour + way) % nodes;
    return node * perNode + Math.floor(way / nodes) * colours + colour;
  });
}
