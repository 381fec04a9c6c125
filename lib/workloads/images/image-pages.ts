/**
 * The pages that user references touch, and what each seems to be: found from how and where it is used, since a trace does
 * not say what a page was mapped from. Pages have 4 KB.
 */
import { ReferenceKind, type References } from '../../processor/references.js';

/**
 * What a page is, for an operating system that has to lay it out:
 * `text` is fetched from; `constants` are only read, from the file of the program or of a mapping; `data` belongs to a
 * module (a program or library) and is written, so it is a private copy of a page of the file, or cleared; `heap` belongs to
 * no module, or to the cleared part of a large one, and is cleared on demand; `stack` is too.
 */
export type PageKind = 'text' | 'constants' | 'data' | 'heap' | 'stack';

/** A virtual page. */
export interface ImagePage {
  /** Virtual page number. */
  readonly page: number;
  readonly kind: PageKind;
  readonly fetches: number;
  readonly loads: number;
  readonly stores: number;
  /** Streams that touch it, and that store to it. */
  readonly users: number;
  readonly writers: number;
  /** Whether the first load or store is a store: what was there before does not matter to the window. */
  readonly storedFirst: boolean;
}

/** Pages of one kind that lie close together. Untouched pages between them are included. */
export interface ImageRegion {
  readonly kind: PageKind;
  readonly firstPage: number;
  readonly pages: number;
  /** Pages of it that are touched. */
  readonly touched: number;
}

type Counted = Omit<ImagePage, 'kind'>;

const PAGES = 2 ** 19;
/** Touched pages of a module are at most so far apart. MIPS aligns the segments of a module to 64 KB, which is 16 pages. */
const NEAR = 64;
/** Pages of a region are at most so far apart: what a page of a page table maps. */
const REGION_NEAR = 1024;

/**
 * All pages that the streams of one address space touch, in order of first touch: by the first stream, then what the second
 * adds, and so on. Throws a RangeError at an address from 0x80000000 up.
 */
export function imagePages(streams: readonly References[]): ImagePage[] {
  const counted = countPages(streams);
  const kinds = classify(counted.toSorted((a, b) => a.page - b.page));
  return counted.map(page => ({ ...page, kind: kinds.get(page.page)! }));
}

/** Merges pages into regions, by address. */
export function imageRegions(pages: readonly ImagePage[]): ImageRegion[] {
  const regions: { kind: PageKind; firstPage: number; pages: number; touched: number }[] = [];
  for (const { page, kind } of pages.toSorted((a, b) => a.page - b.page)) {
    const last = regions.at(-1);
    if (last?.kind === kind && page - (last.firstPage + last.pages - 1) <= REGION_NEAR) {
      last.pages = page - last.firstPage + 1;
      last.touched++;
    } else regions.push({ kind, firstPage: page, pages: 1, touched: 1 });
  }
  return regions;
}

function countPages(streams: readonly References[]): Counted[] {
  const by = [ReferenceKind.Load, ReferenceKind.Store, ReferenceKind.Fetch].map(() => new Uint32Array(PAGES));
  const users = new Uint16Array(PAGES);
  const writers = new Uint16Array(PAGES);
  const storedFirst = new Uint8Array(PAGES);
  const order: number[] = [];
  for (const { words } of streams) {
    const seen = new Uint8Array(PAGES);
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      if (word < 0) throw new RangeError(`a user reference to 0x${((word & ~3) >>> 0).toString(16)}, kernel memory`);
      const page = word >>> 12;
      const kind = word & 3;
      const bit = 1 << kind;
      if ((seen[page] & bit) === 0) {
        if (seen[page] === 0 && ++users[page] === 1) order.push(page);
        if (kind === ReferenceKind.Store) {
          writers[page]++;
          if (by[ReferenceKind.Load][page] === 0) storedFirst[page] = 1;
        }
        seen[page] |= bit;
      }
      by[kind][page]++;
    }
  }
  return order.map(page => ({
    page,
    fetches: by[ReferenceKind.Fetch][page],
    loads: by[ReferenceKind.Load][page],
    stores: by[ReferenceKind.Store][page],
    users: users[page],
    writers: writers[page],
    storedFirst: storedFirst[page] === 1,
  }));
}

/** `pages` by address. */
function classify(pages: readonly Counted[]): Map<number, PageKind> {
  const kinds = new Map<number, PageKind>();
  let from = 0;
  for (let to = 1; to <= pages.length; to++) {
    if (to < pages.length && pages[to].page - pages[to - 1].page <= NEAR) continue;
    classifyCluster(pages.slice(from, to), kinds);
    from = to;
  }
  markStack(pages, kinds);
  return kinds;
}

/** Pages close together: a module from its first text page on, with what lies below it; or a mapping without text. */
function classifyCluster(pages: readonly Counted[], kinds: Map<number, PageKind>): void {
  const text = pages.findIndex(({ fetches }) => fetches > 0);
  const below = text < 0 ? pages : pages.slice(0, text);
  const rest: PageKind = below.some(({ stores }) => stores > 0) ? 'heap' : 'constants';
  for (const { page } of below) kinds.set(page, rest);
  let onlyRead: number[] = [];
  let behindData = false;
  for (const { page, fetches, stores } of pages.slice(below.length)) {
    kinds.set(page, stores > 0 ? 'data' : fetches > 0 ? 'text' : 'constants');
    if (stores > 0) {
      // What is only read between two pages of data is data that the window does not write.
      if (behindData) for (const between of onlyRead) kinds.set(between, 'data');
      behindData = true;
    } else if (fetches > 0) behindData = false;
    else {
      onlyRead.push(page);
      continue;
    }
    onlyRead = [];
  }
}

/** The stack is the highest cluster of pages that are written. */
function markStack(pages: readonly Counted[], kinds: Map<number, PageKind>): void {
  let top = -1;
  for (let i = pages.length - 1; i >= 0; i--) {
    const { page, stores, fetches } = pages[i];
    if (top >= 0 && (top - page > NEAR || fetches > 0)) return;
    if (top < 0 && (stores === 0 || fetches > 0)) continue;
    top = page;
    kinds.set(page, 'stack');
  }
}
