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

/** What `translate` answers where there is no frame: no entry for the page, or one that forbids a store. */
export const Untranslated = { Missing: -1, Forbidden: -2 } as const;

/** Lists that the entries hang on, by hash of the pair. */
const LISTS = 64;

/** A TLB. Page numbers are unsigned 20-bit. */
export class Tlb {
  /**
   * The array in front: four words from `place(page)` on. The page, or -1, by kind of reference that it may be used for
   * (ReferenceKind), then its frame. One array, so that a look-up stays in one line of the host's cache.
   */
  readonly front = new Int32Array(4 * MICRO).fill(-1);
  /** The address space at hand. Change it with `enter`. */
  space = 0;
  readonly entries: number;
  /** Look-ups that the array in front could not answer. */
  slowLookups = 0;
  /** Unmapped segment: 2 * frame + writable by physical page, -1 where software has not said. Made on first use. */
  private window: Int32Array | null = null;
  private readonly keys: Int32Array;
  /** Entries in lists by hash of their pair, each ascending: the first of a list, and the next of an entry, or -1. */
  private readonly lists = new Int16Array(LISTS).fill(-1);
  private readonly next: Int16Array;
  private readonly frames: Int32Array;
  private readonly mayWrite: Uint8Array;

  /** Throws a RangeError unless `entries` is from 1 to 1024. */
  constructor(entries: number) {
    if (!Number.isSafeInteger(entries) || entries < 1 || entries > 1024)
      throw new RangeError(`a TLB has 1 to 1024 entries, not ${entries}`);
    this.entries = entries;
    this.keys = new Int32Array(entries).fill(-1);
    this.next = new Int16Array(entries).fill(-1);
    this.frames = new Int32Array(2 * entries).fill(-1);
    this.mayWrite = new Uint8Array(2 * entries);
  }

  /** Where the array in front keeps a page. Hashed: regions a power of two apart would collide (spec/bench/plain-loop). */
  static place(page: number): number {
    return ((page ^ (page >>> 6)) & (MICRO - 1)) << 2;
  }

  /** The frame of a page for a kind of reference, or why there is none. */
  translate(page: number, kind: number): number {
    const place = Tlb.place(page);
    if (this.front[place + kind] === page) return this.front[place + 3]!;
    if (this.front[place] !== page && !this.load(page)) return Untranslated.Missing;
    return this.front[place + kind] === page ? this.front[place + 3]! : Untranslated.Forbidden;
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
    const { front } = this;
    const place = Tlb.place(page);
    front[place] = page;
    front[place + 1] = writable ? page : -1;
    front[place + 2] = page;
    front[place + 3] = frame;
  }

  /** The entry that maps a pair in a space, or -1. */
  probe(pair: number, space: number): number {
    const { keys, next } = this;
    const key = (space << 19) | pair;
    const global = (GLOBAL << 19) | pair;
    let entry = this.lists[listOf(pair)]!;
    while (entry >= 0 && keys[entry] !== key && keys[entry] !== global) entry = next[entry]!;
    return entry;
  }

  /** Writes an entry. */
  write(index: number, entry: TlbEntry): void {
    this.drop(index);
    const { pair, space, even, odd, evenWritable, oddWritable } = entry;
    this.keys[index] = (space << 19) | pair;
    this.link(index, listOf(pair));
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
    const pair = key & 0x7ffff;
    this.keys[index] = -1;
    this.unlink(index, listOf(pair));
    this.forget(2 * pair);
    this.forget(2 * pair + 1);
  }

  /** Removes all entries of an address space. */
  dropSpace(space: number): void {
    for (let index = 0; index < this.entries; index++) if (this.keys[index]! >> 19 === space) this.drop(index);
  }

  /** Removes a page from the array in front only. */
  forget(page: number): void {
    const { front } = this;
    const place = Tlb.place(page);
    if (front[place] === page) front[place] = front[place + 1] = front[place + 2] = -1;
  }

  /** Switches to another address space. */
  enter(space: number): void {
    if (space === this.space) return;
    this.space = space;
    this.front.fill(-1);
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

  private link(entry: number, list: number): void {
    const { lists, next } = this;
    let before = -1;
    let behind = lists[list]!;
    while (behind >= 0 && behind < entry) {
      before = behind;
      behind = next[behind]!;
    }
    next[entry] = behind;
    if (before < 0) lists[list] = entry;
    else next[before] = entry;
  }

  private unlink(entry: number, list: number): void {
    const { lists, next } = this;
    if (lists[list] === entry) {
      lists[list] = next[entry]!;
      return;
    }
    let before = lists[list]!;
    while (next[before] !== entry) before = next[before]!;
    next[before] = next[entry]!;
  }
}

function listOf(pair: number): number {
  return (pair ^ (pair >>> 6)) & (LISTS - 1);
}
