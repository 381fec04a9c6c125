/**
 * The same references with another heap: a process that takes one variant after the other touches fresh pages in every
 * round, as a program that allocates does. Variants are made once for an image and shared by all its processes; each costs
 * four bytes a reference.
 */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import type { References } from '../../processor/references.js';
import type { ImageRegion } from './image-pages.js';
import type { UserImage } from './user-image.js';

/** Variants of an image. */
export interface HeapVariants {
  /** The image itself first. Gaps are shared. */
  readonly references: readonly References[];
  /** Where the heaps of the others are, one behind the other; null if there is none. */
  readonly region: ImageRegion | null;
  /** What the variants take beyond the image. */
  readonly bytes: number;
}

const USER_PAGES = 2 ** 19;

/**
 * Makes `count` variants, the image included; from 1 up. Pairs of pages stay pairs, for the sake of the TLB, and holes between
 * them close. The heaps lie in the largest unused part of the address space; a RangeError if they do not fit.
 */
export function heapVariants(image: UserImage, count: number): HeapVariants {
  plainObject(image, 'heapVariants: image');
  wholeNumber(count, `${image.name}: the number of variants`, 1, 65536);
  const heap = image.pages.filter(({ kind }) => kind === 'heap').map(({ page }) => page);
  const pairs = new Map(heap.map(page => [page >>> 1, 0]));
  [...pairs.keys()].sort((a, b) => a - b).forEach((pair, i) => pairs.set(pair, i));
  const pages = 2 * pairs.size;
  if (count === 1 || pages === 0) return { references: [image.stream], region: null, bytes: 0 };
  const { firstPage, room } = largestHole(image.regions);
  if (pages * (count - 1) > room)
    throw new RangeError(`${image.name}: ${count} heaps of ${pages} pages do not fit into the address space`);
  const references: References[] = [image.stream];
  const moved = new Int32Array(USER_PAGES);
  for (let variant = 1; variant < count; variant++) {
    const base = firstPage + (variant - 1) * pages;
    for (let page = 0; page < USER_PAGES; page++) moved[page] = page;
    for (const page of heap) moved[page] = base + 2 * pairs.get(page >>> 1)! + (page & 1);
    references.push(move(image.stream, moved));
  }
  return {
    references,
    region: { kind: 'heap', firstPage, pages: pages * (count - 1), touched: heap.length * (count - 1) },
    bytes: 4 * image.stream.words.length * (count - 1),
  };
}

function move({ words, gaps }: References, moved: Int32Array): References {
  const copy = new Int32Array(words.length);
  for (let i = 0; i < words.length; i++) copy[i] = (moved[words[i] >>> 12] << 12) | (words[i] & 0xfff);
  return { words: copy, gaps };
}

/** The largest part without regions, as whole pairs of pages. Page 0 is nobody's. */
function largestHole(regions: readonly ImageRegion[]): { readonly firstPage: number; readonly room: number } {
  let end = 2;
  let best = { firstPage: 2, room: 0 };
  for (const { firstPage, pages } of [...regions, { firstPage: USER_PAGES, pages: 0 }]) {
    const room = (firstPage & ~1) - end;
    if (room > best.room) best = { firstPage: end, room };
    end = (firstPage + pages + 1) & ~1;
  }
  return best;
}
