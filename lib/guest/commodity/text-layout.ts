/**
 * Where the text of each step lies. What a service executes is not one piece: it goes from function to function all over the kernel. Counted
 * on Linux 6.1 on MIPS (docs/guest.md), page faults and short calls execute 3.0 to 3.9 lines of 128 bytes of each page that they touch, and
 * touch 1.1 to 1.2 pages of each pair that a TLB entry maps. So a step has its lines in short runs, far from each other, and many
 * steps share a page.
 */
import { LINE_BYTES, PAGE_BYTES } from './address-layout.js';

/** Lines of a step in a page that it touches. */
const LINES_PER_PAGE = 3.3;
/** One run in so many lies in the other page of the pair of the run before: 1.2 pages to a pair. */
const NEIGHBOURS = 6;
/** Lines that a run may take, and runs that a page has room for. */
const SLOT_LINES = Math.ceil(LINES_PER_PAGE);
const SLOTS = PAGE_BYTES / LINE_BYTES / SLOT_LINES;
/** How far the next run is away, as a share of all pages: the golden section, which spreads runs evenly. */
const STRIDE = 0.618;

/** The text of a kernel, from an address on. Steps are placed one after the other. */
export class TextLayout {
  private readonly base: number;
  /** Runs of each page. */
  private readonly used: Uint8Array;
  private readonly stride: number;
  private runs = 0;
  private page = 0;

  constructor(base: number, pages: number) {
    this.base = base;
    this.used = new Uint8Array(pages);
    this.stride = Math.max(1, Math.round(pages * STRIDE));
    while (divisor(this.stride, pages) > 1) this.stride++;
  }

  /** Addresses of the lines of the next step, in the order in which it executes them. Throws a RangeError if they do not fit. */
  place(lines: number): number[] {
    const addresses: number[] = [];
    for (let run = 1; addresses.length < lines; run++) {
      const end = Math.min(lines, Math.ceil(run * LINES_PER_PAGE));
      const start = this.nextRun();
      for (let offset = 0; addresses.length < end; offset++) addresses.push(start + offset * LINE_BYTES);
    }
    return addresses;
  }

  private nextRun(): number {
    const { used, stride } = this;
    const { length } = used;
    if (this.runs === length * SLOTS)
      throw new RangeError(`the steps of a profile do not fit into ${length} pages of text; give it more textBytes`);
    this.page = ++this.runs % NEIGHBOURS === 0 ? (this.page ^ 1) % length : (this.page + stride) % length;
    while (used[this.page] === SLOTS) this.page = (this.page + stride) % length;
    // Pages begin with different slots, so that the first runs of all do not meet in few sets of a cache.
    const slot = (used[this.page]++ + (Math.imul(this.page, 0x9e3779b1) >>> 8)) % SLOTS;
    return this.base + this.page * PAGE_BYTES + slot * SLOT_LINES * LINE_BYTES;
  }
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
