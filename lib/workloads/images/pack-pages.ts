/**
 * The same program with its regions close together. Programs of Linux are spread over their address space, at random; those of
 * IRIX 5.3 were linked to lie close together from 4 MB on. The fewer page tables a program needs, the fewer TLB entries the tables
 * themselves take.
 */
import { imageRegions, type ImagePage } from './image-pages.js';
import type { ImageSpace, ThreadImages, UserImage } from './user-image.js';

/** Where programs of IRIX begin: page 0x400. A page table of the kernel model maps 1024 pages from there. */
const FIRST = 0x400;
const USER_PAGES = 2 ** 19;

/**
 * Puts the touched pages of an image behind each other, region by region: the regions with most references to a page
 * come first. Pairs of pages stay pairs, for the sake of the TLB.
 */
export function packImage(image: UserImage): UserImage {
  const moved = places(image);
  const pages = movePages(image.pages, moved);
  return {
    ...image,
    stream: { ...image.stream, words: moveWords(image.stream.words, moved) },
    heap: image.heap.map(segment => segment.map(page => moved[page])),
    pages,
    regions: imageRegions(pages),
  };
}

/**
 * The same for threads, which go on sharing what they share. Text keeps the pages between those touched, and has them among its
 * pages, untouched: what all processors execute should lie in the caches as it does in the file of the program.
 */
export function packThreads(images: ThreadImages): ThreadImages {
  const whole = withText(images);
  const moved = places(whole);
  const pages = movePages(whole.pages, moved);
  const threads = images.threads.map(thread => ({ ...thread, words: moveWords(thread.words, moved) }));
  return { ...images, threads, pages, regions: imageRegions(pages) };
}

/** The untouched pages of text behind the others. */
function withText({ pages, regions }: ImageSpace): ImageSpace {
  const touched = new Set(pages.map(({ page }) => page));
  const between = regions
    .filter(({ kind }) => kind === 'text')
    .flatMap(({ firstPage, pages: count }) => Array.from({ length: count }, (_, i) => firstPage + i))
    .filter(page => !touched.has(page));
  const none = { kind: 'text', fetches: 0, loads: 0, stores: 0, users: 0, writers: 0, storedFirst: false } as const;
  return { pages: [...pages, ...between.map(page => ({ ...none, page }))], regions };
}

/** Where each page goes. */
function places({ pages, regions }: ImageSpace): Int32Array {
  const moved = new Int32Array(USER_PAGES);
  const taken = new Set<number>();
  let next = FIRST;
  for (const { pages: touched } of byUse(pages, regions))
    for (const { page } of touched) {
      const pair = page >>> 1;
      if (taken.has(pair)) continue;
      taken.add(pair);
      moved[2 * pair] = next++;
      moved[2 * pair + 1] = next++;
    }
  return moved;
}

interface Use {
  readonly pages: readonly ImagePage[];
  readonly perPage: number;
}

/** The pages of each region by address, the region most used first. */
function byUse(pages: readonly ImagePage[], regions: ImageSpace['regions']): Use[] {
  const ordered = pages.toSorted((a, b) => a.page - b.page);
  const uses = regions.map(({ kind, firstPage, pages: count }): Use => {
    const own = ordered.filter(page => page.kind === kind && page.page >= firstPage && page.page < firstPage + count);
    const references = own.reduce((sum, { fetches, loads, stores }) => sum + fetches + loads + stores, 0);
    return { pages: own, perPage: references / Math.max(1, own.length) };
  });
  return uses.toSorted((a, b) => b.perPage - a.perPage);
}

function movePages(pages: readonly ImagePage[], moved: Int32Array): ImagePage[] {
  return pages.map(page => ({ ...page, page: moved[page.page] }));
}

function moveWords(words: Int32Array, moved: Int32Array): Int32Array {
  return words.map(word => (moved[word >>> 12] << 12) | (word & 0xfff));
}
