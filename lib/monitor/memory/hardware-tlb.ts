/**
 * What the monitor has put into the TLB of a processor, and for each machine page where it is mapped: the backmaps by which
 * mappings are revoked. The hardware's entries are written here and nowhere else, so the two agree at all times.
 */
import type { MachineFrame } from '../../messages/addresses.js';
import { Untranslated, type Tlb } from '../../processor/tlb.js';
import type { MachinePage } from './machine-page.js';
import type { Pmap } from './pmap.js';

/** Half of an entry: what it maps. */
export interface MappedHalf {
  readonly page: MachinePage;
  readonly frame: MachineFrame;
  readonly writable: boolean;
}

/** The entries of one processor, which alone changes them. */
export class HardwareTlb {
  readonly entries: number;
  /**
   * The virtual machine whose translations they all are; null if that is not known or there are several. `flush` says it, as
   * all entries go when another virtual processor is scheduled.
   */
  owner: Pmap | null = null;
  private readonly tlb: Tlb;
  /** Number of the processor's first half among those of all processors. */
  private readonly base: number;
  private readonly halves: (MachinePage | null)[];
  private readonly writable: Uint8Array;
  /** Pairs by entry, -1 for none. */
  private readonly pairs: Int32Array;

  /** For the processor of that number; all processors have TLBs of one size. */
  constructor(tlb: Tlb, processor: number) {
    this.tlb = tlb;
    this.entries = tlb.entries;
    this.base = 2 * tlb.entries * processor;
    this.halves = new Array<MachinePage | null>(2 * tlb.entries).fill(null);
    this.writable = new Uint8Array(2 * tlb.entries);
    this.pairs = new Int32Array(tlb.entries).fill(-1);
  }

  /** Writes an entry: a pair of pages of an address space (GLOBAL for all). Null for a half that maps nothing now. */
  write(index: number, pair: number, space: number, even: MappedHalf | null, odd: MappedHalf | null): void {
    this.drop(index);
    this.tlb.write(index, {
      // Hot: objects without spread have one shape, and are cheap.
      pair,
      space,
      even: even === null ? Untranslated.Invalid : even.frame,
      odd: odd === null ? Untranslated.Invalid : odd.frame,
      evenWritable: even?.writable ?? false,
      oddWritable: odd?.writable ?? false,
    });
    this.pairs[index] = pair;
    this.hold(2 * index, even);
    this.hold(2 * index + 1, odd);
  }

  /** Takes an entry out. */
  drop(index: number): void {
    if (this.pairs[index] === -1) return;
    this.tlb.drop(index);
    this.pairs[index] = -1;
    for (let half = 2 * index; half < 2 * index + 2; half++) {
      this.halves[half]?.mappings.delete(this.base + half);
      this.halves[half] = null;
    }
  }

  /** Takes out the entries of a pair of pages, in whatever space. */
  dropPair(pair: number): void {
    for (let index = this.pairs.indexOf(pair); index >= 0; index = this.pairs.indexOf(pair, index + 1))
      this.drop(index);
  }

  /** Takes all entries out. From now on they are those of a virtual machine, or of nobody in particular. */
  flush(owner: Pmap | null = null): void {
    this.owner = owner;
    for (let index = 0; index < this.entries; index++) this.drop(index);
  }

  /** Takes out the entries that map a page; only those that may write if `writable`. Returns how many. */
  dropPage(page: MachinePage, writable = false): number {
    let dropped = 0;
    for (const mapping of [...page.mappings]) {
      const half = mapping - this.base;
      if (half < 0 || half >= this.halves.length) continue;
      if (writable && this.writable[half] === 0) continue;
      if (this.halves[half] !== page) continue; // the other half of the entry took it along
      this.drop(half >> 1);
      dropped++;
    }
    return dropped;
  }

  /** The machine page that half of an entry maps, or null. */
  pageAt(half: number): MachinePage | null {
    return this.halves[half] ?? null;
  }

  /** Whether a mapping of this processor, a number from the backmaps, allows stores. */
  mayWrite(mapping: number): boolean {
    return this.writable[mapping - this.base] === 1;
  }

  private hold(half: number, mapped: MappedHalf | null): void {
    if (mapped === null) return;
    this.halves[half] = mapped.page;
    this.writable[half] = mapped.writable ? 1 : 0;
    mapped.page.mappings.add(this.base + half);
  }
}

/** The processor whose TLB a mapping is in. */
export const processorOf = (mapping: number, entries: number): number => Math.floor(mapping / (2 * entries));
