/**
 * The translation look-aside buffer of the MIPS R10000: fully associative entries of page pairs with address space
 * identifiers, filled by software. In front of it a small direct-mapped array answers the usual case in one comparison.
 * R10000 user's manual as summarised in docs/processor.md: 64 entries, 8-bit ASID, G bit.
 */

/** What software writes into a TLB entry: two consecutive pages, the even one first. */
export interface TlbEntry {
  /** Virtual page number of the pair, that is page >>> 1. */
  readonly pair: number;
  /** Address space, or GLOBAL for all. */
  readonly space: number;
  /** Frames of the even and the odd page, -1 where there is none. */
  readonly even: number;
  readonly odd: number;
  /** Whether stores are allowed. */
  readonly evenWritable: boolean;
  readonly oddWritable: boolean;
}

/** Matches every address space. */
export const GLOBAL = 256;

/** Pages of kseg0 and kseg1, which bypass the entries, and the physical page that they stand for (4 KB pages). */
const UNMAPPED = 0x80000;
const UNMAPPED_END = 0xc0000;
const PHYSICAL = 0x1ffff;

/** Entries of the array in front. */
const MICRO = 64;

/** A TLB. Page numbers are unsigned 20-bit. */
export class Tlb {
  /** The array in front, by hash of the page: page that may be read, page that may be written, and the frame. */
  readonly readable = new Int32Array(MICRO).fill(-1);
  readonly writable = new Int32Array(MICRO).fill(-1);
  readonly frame = new Int32Array(MICRO);
  /** The address space at hand. Change it with `enter`. */
  space = 0;
  readonly entries: number;
  /** Look-ups that the array in front could not answer. */
  slowLookups = 0;
  /** Unmapped segment: 2 * frame + writable by physical page, -1 where software has not said. Made on first use. */
  private window: Int32Array | null = null;
  private readonly keys: Int32Array;
  private readonly frames: Int32Array;
  private readonly mayWrite: Uint8Array;

  /** Throws a RangeError unless `entries` is from 1 to 1024. */
  constructor(entries: number) {
    if (!Number.isSafeInteger(entries) || entries < 1 || entries > 1024)
      throw new RangeError(`a TLB has 1 to 1024 entries, not ${entries}`);
    this.entries = entries;
    this.keys = new Int32Array(entries).fill(-1);
    this.frames = new Int32Array(2 * entries).fill(-1);
    this.mayWrite = new Uint8Array(2 * entries);
  }

  /** Where the array in front keeps a page. Hashed: regions a power of two apart would collide (spec/bench/plain-loop). */
  static slot(page: number): number {
    return (page ^ (page >>> 6)) & (MICRO - 1);
  }

  /** Brings a page into the array in front. False if the TLB does not map it: a TLB miss. */
  load(page: number): boolean {
    this.slowLookups++;
    if (page >= UNMAPPED && page < UNMAPPED_END) {
      const found = this.window === null ? -1 : this.window[page & PHYSICAL]!;
      if (found < 0) return false;
      this.set(page, found >> 1, (found & 1) === 1);
      return true;
    }
    const entry = this.probe(page >>> 1, this.space);
    if (entry < 0) return false;
    const half = 2 * entry + (page & 1);
    const frame = this.frames[half]!;
    if (frame < 0) return false;
    this.set(page, frame, this.mayWrite[half] === 1);
    return true;
  }

  /** Says where a physical page of the unmapped segments is, or with frame -1 that this is not known any more. */
  setWindow(physical: number, frame: number, writable: boolean): void {
    this.window ??= new Int32Array(PHYSICAL + 1).fill(-1);
    this.window[physical] = frame < 0 ? -1 : 2 * frame + (writable ? 1 : 0);
    this.forget(UNMAPPED | physical);
    this.forget(UNMAPPED | (PHYSICAL + 1) | physical);
  }

  private set(page: number, frame: number, writable: boolean): void {
    const slot = Tlb.slot(page);
    this.readable[slot] = page;
    this.writable[slot] = writable ? page : -1;
    this.frame[slot] = frame;
  }

  /** The entry that maps a pair in a space, or -1. */
  probe(pair: number, space: number): number {
    const { keys } = this;
    const key = (space << 19) | pair;
    const global = (GLOBAL << 19) | pair;
    for (let entry = 0; entry < keys.length; entry++) if (keys[entry] === key || keys[entry] === global) return entry;
    return -1;
  }

  /** Writes an entry. */
  write(index: number, entry: TlbEntry): void {
    this.drop(index);
    const { pair, space, even, odd, evenWritable, oddWritable } = entry;
    this.keys[index] = (space << 19) | pair;
    this.frames[2 * index] = even;
    this.frames[2 * index + 1] = odd;
    this.mayWrite[2 * index] = evenWritable ? 1 : 0;
    this.mayWrite[2 * index + 1] = oddWritable ? 1 : 0;
    // A translation that the array in front kept from before may differ from what the entry says now.
    this.forget(2 * pair);
    this.forget(2 * pair + 1);
  }

  /** Removes an entry. */
  drop(index: number): void {
    const key = this.keys[index]!;
    if (key === -1) return;
    this.keys[index] = -1;
    this.forget(2 * (key & 0x7ffff));
    this.forget(2 * (key & 0x7ffff) + 1);
  }

  /** Removes all entries of an address space. */
  dropSpace(space: number): void {
    for (let index = 0; index < this.entries; index++) if (this.keys[index]! >> 19 === space) this.drop(index);
  }

  /** Removes a page from the array in front only. */
  forget(page: number): void {
    const slot = Tlb.slot(page);
    if (this.readable[slot] === page) this.readable[slot] = this.writable[slot] = -1;
  }

  /** Switches to another address space. */
  enter(space: number): void {
    if (space === this.space) return;
    this.space = space;
    this.readable.fill(-1);
    this.writable.fill(-1);
  }

  /** Frames that some entry maps, for checks; with the page and whether it may be written. */
  *mappings(): Iterable<{
    readonly page: number;
    readonly space: number;
    readonly frame: number;
    readonly writable: boolean;
  }> {
    for (let half = 0; half < this.frames.length; half++) {
      const key = this.keys[half >> 1]!;
      if (key !== -1 && this.frames[half]! >= 0)
        yield {
          page: 2 * (key & 0x7ffff) + (half & 1),
          space: key >> 19,
          frame: this.frames[half]!,
          writable: this.mayWrite[half] === 1,
        };
    }
  }
}
