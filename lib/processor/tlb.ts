/**
 * The translation look-aside buffer of the MIPS R10000: fully associative entries of page pairs with address space
 * identifiers, filled by software. In front of it a small direct-mapped array for each mode answers the usual case in
 * one comparison. R10000 user's manual as summarised in docs/processor.md: 64 entries, 8-bit ASID, G bit.
 */
import { shown } from '../engine/checks.js';
import { machineFrame, type MachineFrame, type PhysicalPage } from '../messages/addresses.js';
import { ASID_MASK, EntryLo, Mode, PFN_SHIFT } from './registers.js';
import { KSEG0_PAGE, KSSEG_PAGE, UNMAPPED_PAGES, permits } from './segments.js';

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

/** Entries of the array in front. */
const MICRO = 64;

/** What `translate` answers where there is no frame. */
export const Untranslated = {
  /** No entry for the pair. */
  Missing: -1,
  /** The entry forbids a store. */
  Forbidden: -2,
  /** There is an entry for the pair, and it says that the page is not valid. */
  Invalid: -3,
  /** The mode may not use the segment. */
  Denied: -4,
  /** No memory at the physical page. */
  Absent: -5,
} as const;

/** The pair in a key. */
const PAIR_MASK = 0x7ffff;

/** Lists that the entries hang on, by hash of the pair. */
const LISTS = 64;

/** A TLB. Page numbers are unsigned 20-bit. */
export class Tlb {
  /**
   * The array in front: four words from `place(page)` on. The page, or -1, by kind of reference that it may be used for
   * (ReferenceKind), then its frame. One array, so that a look-up stays in one line of the host's cache.
   */
  front: Int32Array;
  /** The address space at hand. Change it with `enter`. */
  space = 0;
  private mode: number = Mode.Kernel;
  /** The array in front, by mode: what the kernel has looked up is not there for the user. */
  private readonly fronts: readonly Int32Array[] = Object.values(Mode).map(() => new Int32Array(4 * MICRO).fill(-1));
  readonly entries: number;
  /** Look-ups that the array in front could not answer. */
  slowLookups = 0;
  /** Unmapped segment: 2 * frame + writable by physical page, -1 where software has not said. Made on first use. */
  private window: Int32Array | null = null;
  private readonly keys: Int32Array;
  /** Entries in lists by hash of their pair, each ascending: the first of a list, and the next of an entry, or -1. */
  private readonly lists = new Int16Array(LISTS).fill(-1);
  private readonly next: Int16Array;
  /** By half of an entry: the frame, or why there is none (Untranslated). */
  private readonly frames: Int32Array;
  private readonly mayWrite: Uint8Array;
  /** What software wrote into EntryHi, EntryLo0 and EntryLo1, by entry. */
  private readonly written: Int32Array;
  private readonly layout: Int32Array | null;

  /**
   * Throws a RangeError unless `entries` is from 1 to 1024. `layout` has the frame of each physical page, for software
   * that uses the unmapped segments and writes entries as the hardware takes them.
   */
  constructor(entries: number, layout: Int32Array | null = null) {
    if (!Number.isSafeInteger(entries) || entries < 1 || entries > 1024)
      throw new RangeError(`a TLB has 1 to 1024 entries, not ${shown(entries)}`);
    this.entries = entries;
    this.layout = layout;
    this.front = this.fronts[Mode.Kernel]!;
    this.written = new Int32Array(3 * entries);
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
    if (this.front[place + kind] === page) return this.front[place + 3];
    if (this.front[place] !== page) {
      const found = this.load(page);
      if (found < 0) return found;
    }
    return this.front[place + kind] === page ? this.front[place + 3] : Untranslated.Forbidden;
  }

  /** Brings a page into the array in front. Its frame, or why there is none. */
  load(page: number): number {
    this.slowLookups++;
    if (!permits(this.mode, page)) return Untranslated.Denied;
    if (page >= KSEG0_PAGE && page < KSSEG_PAGE) return this.loadUnmapped(page);
    const entry = this.probe(page >>> 1, this.space);
    if (entry < 0) return Untranslated.Missing;
    const half = 2 * entry + (page & 1);
    const frame = this.frames[half];
    if (frame >= 0) this.set(page, frame, this.mayWrite[half] === 1);
    return frame;
  }

  private loadUnmapped(page: number): number {
    if (this.window !== null) {
      const found = this.window[page & UNMAPPED_PAGES];
      if (found >= 0) this.set(page, found >> 1, (found & 1) === 1);
      return found < 0 ? Untranslated.Missing : found >> 1;
    }
    if (this.layout === null) return Untranslated.Missing;
    const frame = this.frameOf(page & UNMAPPED_PAGES);
    if (frame >= 0) this.set(page, frame, true);
    return frame;
  }

  private frameOf(physical: number): number {
    const { layout } = this;
    return layout !== null && physical < layout.length ? layout[physical] : Untranslated.Absent;
  }

  /** Says where a physical page of the unmapped segments is, or with frame -1 that this is not known any more. */
  setWindow(physical: PhysicalPage, frame: MachineFrame, writable: boolean): void {
    this.window ??= new Int32Array(UNMAPPED_PAGES + 1).fill(-1);
    this.window[physical] = frame < 0 ? -1 : 2 * frame + (writable ? 1 : 0);
    this.forget(KSEG0_PAGE | physical);
    this.forget(KSEG0_PAGE | (UNMAPPED_PAGES + 1) | physical);
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
    let entry = this.lists[listOf(pair)];
    while (entry >= 0 && keys[entry] !== key && keys[entry] !== global) entry = next[entry]!;
    return entry;
  }

  /** Writes an entry. */
  write(index: number, entry: TlbEntry): void {
    const { pair, space, even, odd, evenWritable, oddWritable } = entry;
    this.occupy(index, pair, space);
    this.written.fill(0, 3 * index, 3 * index + 3);
    this.setHalf(2 * index, even, evenWritable);
    this.setHalf(2 * index + 1, odd, oddWritable);
  }

  /** Writes an entry as the hardware takes it. Another entry for the same pages goes: the hardware knows only one. */
  writeRegisters(index: number, entryHi: number, entryLo0: number, entryLo1: number): void {
    const pair = entryHi >>> 13;
    const global = (entryLo0 & entryLo1 & EntryLo.G) !== 0;
    const space = global ? GLOBAL : entryHi & ASID_MASK;
    for (let other = 0; global && other < this.entries; other++)
      if ((this.keys[other] & PAIR_MASK) === pair) this.drop(other);
    for (let other = this.probe(pair, space); other >= 0; other = this.probe(pair, space)) this.drop(other);
    this.occupy(index, pair, space);
    this.setRegister(2 * index, entryLo0);
    this.setRegister(2 * index + 1, entryLo1);
    const { written } = this;
    const g = global ? EntryLo.G : 0;
    written[3 * index] = entryHi;
    written[3 * index + 1] = (entryLo0 & ~EntryLo.G) | g;
    written[3 * index + 2] = (entryLo1 & ~EntryLo.G) | g;
  }

  /** What `writeRegisters` wrote, with the G bit that the entry has; zeros for an entry that holds nothing. */
  readRegisters(index: number): readonly [entryHi: number, entryLo0: number, entryLo1: number] {
    if (this.keys[index] === -1) return [0, 0, 0];
    const { written } = this;
    return [written[3 * index], written[3 * index + 1], written[3 * index + 2]];
  }

  private occupy(index: number, pair: number, space: number): void {
    this.drop(index);
    this.keys[index] = (space << 19) | pair;
    this.link(index, listOf(pair));
    // A translation that the array in front kept from before may differ from what the entry says now.
    this.forget(2 * pair);
    this.forget(2 * pair + 1);
  }

  private setHalf(half: number, frame: number, writable: boolean): void {
    this.frames[half] = frame;
    this.mayWrite[half] = writable ? 1 : 0;
  }

  private setRegister(half: number, entryLo: number): void {
    const frame = (entryLo & EntryLo.V) === 0 ? Untranslated.Invalid : this.frameOf(entryLo >>> PFN_SHIFT);
    this.setHalf(half, frame, (entryLo & EntryLo.D) !== 0);
  }

  /** Removes an entry. */
  drop(index: number): void {
    const key = this.keys[index];
    if (key === -1) return;
    const pair = key & 0x7ffff;
    this.keys[index] = -1;
    this.unlink(index, listOf(pair));
    this.forget(2 * pair);
    this.forget(2 * pair + 1);
  }

  /** Removes all entries of an address space. */
  dropSpace(space: number): void {
    for (let index = 0; index < this.entries; index++) if (this.keys[index] >> 19 === space) this.drop(index);
  }

  /** Removes a page from the arrays in front only. */
  forget(page: number): void {
    const place = Tlb.place(page);
    for (let mode = 0; mode < this.fronts.length; mode++) {
      const front = this.fronts[mode];
      if (front[place] === page) front[place] = front[place + 1] = front[place + 2] = -1;
    }
  }

  /** Switches to another address space. */
  enter(space: number): void {
    if (space === this.space) return;
    this.space = space;
    for (const front of this.fronts) front.fill(-1);
  }

  /** Switches to another mode: see Mode. */
  setMode(mode: number): void {
    this.mode = mode;
    this.front = this.fronts[mode]!;
  }

  /** Frames that some entry maps, for checks; with the page and whether it may be written. */
  *mappings(): Iterable<{
    readonly page: number;
    readonly space: number;
    readonly frame: MachineFrame;
    readonly writable: boolean;
  }> {
    for (let half = 0; half < this.frames.length; half++) {
      const key = this.keys[half >> 1];
      if (key !== -1 && this.frames[half] >= 0)
        yield {
          page: 2 * (key & 0x7ffff) + (half & 1),
          space: key >> 19,
          frame: machineFrame(this.frames[half]),
          writable: this.mayWrite[half] === 1,
        };
    }
  }

  private link(entry: number, list: number): void {
    const { lists, next } = this;
    let before = -1;
    let behind = lists[list];
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
    let before = lists[list];
    while (next[before] !== entry) before = next[before]!;
    next[before] = next[entry]!;
  }
}

function listOf(pair: number): number {
  return (pair ^ (pair >>> 6)) & (LISTS - 1);
}
