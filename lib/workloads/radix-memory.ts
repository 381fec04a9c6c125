/** Where the radix sort has what in its address space: pages from a base on, each array from a page of its own. */
import { RADIX, type RadixSort } from './radix-sort.js';

const PAGE_BYTES = 4096;
const WORD_BYTES = 4;
const TABLE_BYTES = RADIX * WORD_BYTES;

/** Pages of text and of global variables, the first ones. Those after them are cleared when they are first touched. */
export const TEXT_PAGES = 1;
export const DATA_PAGES = 1;

/** The layout of one sort. All addresses are virtual. */
export class RadixMemory {
  /** Pages in all. */
  readonly pages: number;
  /** A global variable that loops read. */
  readonly limits: number;
  /** Levels of the tree of counts: a node of level n has those of 2^n threads. */
  readonly levels: number;
  private readonly text: number;
  /** The two arrays of keys, which passes read and write in turn. */
  private readonly keys: readonly [number, number];
  private readonly own: number;
  private readonly nodes: number;

  constructor(base: number, { threads, sorted }: Pick<RadixSort, 'threads' | 'sorted'>) {
    const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
    this.levels = Math.ceil(Math.log2(threads)) + 1;
    this.text = base;
    this.limits = base + TEXT_PAGES * PAGE_BYTES;
    const first = this.limits + DATA_PAGES * PAGE_BYTES;
    const second = first + pagesOf(sorted.length * WORD_BYTES);
    this.keys = [first, second];
    this.own = second + pagesOf(sorted.length * WORD_BYTES);
    this.nodes = this.own + 3 * threads * TABLE_BYTES;
    this.pages = (this.nodes + 2 * threads * this.levels * TABLE_BYTES - base) / PAGE_BYTES;
  }

  /** A line of the program's text. */
  textLine(line: number): number {
    return this.text + 64 * line;
  }

  /** A key of the array that a pass reads; that of the next pass is the one that it writes. */
  key(pass: number, place: number): number {
    return this.keys[pass & 1] + WORD_BYTES * place;
  }

  /** Table of a thread: how many of its keys have each digit. */
  counts(thread: number): number {
    return this.own + 3 * thread * TABLE_BYTES;
  }

  /** Table of a thread: how many of its keys have a digit up to each. */
  sums(thread: number): number {
    return this.counts(thread) + TABLE_BYTES;
  }

  /** Table of a thread: where its next key with each digit goes. */
  places(thread: number): number {
    return this.counts(thread) + 2 * TABLE_BYTES;
  }

  /** Tables of a node of the tree: counts, then sums, of the threads from `thread` on, 2^level of them. */
  node(thread: number, level: number): { readonly counts: number; readonly sums: number } {
    const counts = this.nodes + 2 * (level + thread * this.levels) * TABLE_BYTES;
    return { counts, sums: counts + TABLE_BYTES };
  }
}
