/**
 * The second-level TLB of a virtual processor: recent virtual TLB entries in the monitor's memory, consulted first on each
 * miss, so that the guest sees a machine with a larger TLB. Disco, section 4.2.2; size and organisation are not printed
 * there, those of Cellular Disco are 1024 entries.
 */
import { plainObject, shown } from '../../engine/checks.js';
import { GLOBAL } from '../../processor/tlb.js';

/** Bytes of an entry: EntryHi, two EntryLo, and what is merged into them. */
export const SECOND_LEVEL_BYTES = 16;

/** What a second-level TLB is made with. */
export interface SecondLevelOptions {
  /** A power of two; pairs of pages. */
  readonly entries: number;
  /** Entries that a pair may be in: 1 for direct mapping; a power of two, at most `entries`. */
  readonly ways: number;
}

/** A set-associative array of entries; the one written longest ago of a set goes first. */
export class SecondLevelTlb {
  readonly options: SecondLevelOptions;
  private readonly sets: number;
  private readonly keys: Int32Array;
  private readonly values: Int32Array;
  /** Where a set is written next. */
  private readonly turns: Uint8Array;

  /** Throws a RangeError for sizes that cannot be. */
  constructor(options: SecondLevelOptions) {
    plainObject(options, 'a second-level TLB');
    const { entries, ways } = options;
    for (const [what, count] of Object.entries({ entries, ways }))
      if (!Number.isSafeInteger(count) || count < 1 || (count & (count - 1)) !== 0 || count > 65536)
        throw new RangeError(`a second-level TLB has ${what} that are a power of two up to 65536, not ${shown(count)}`);
    if (ways > entries) throw new RangeError(`a second-level TLB of ${entries} entries has no ${ways} ways`);
    this.options = options;
    this.sets = entries / ways;
    this.keys = new Int32Array(entries).fill(-1);
    this.values = new Int32Array(2 * entries);
    this.turns = new Uint8Array(this.sets);
  }

  /** The slot of the entry for a pair in a space, or for all spaces; -1 if there is none. */
  find(pair: number, space: number): number {
    const first = this.set(pair) * this.options.ways;
    const key = (space << 19) | pair;
    const global = (GLOBAL << 19) | pair;
    for (let slot = first; slot < first + this.options.ways; slot++)
      if (this.keys[slot] === key || this.keys[slot] === global) return slot;
    return -1;
  }

  /** EntryLo of the even or odd page of a slot. */
  entryLo(slot: number, half: number): number {
    return this.values[2 * slot + half];
  }

  /** The space of a slot, GLOBAL for all. */
  spaceOf(slot: number): number {
    return this.keys[slot] >> 19;
  }

  /**
   * Enters an entry, in place of one that would answer for the same pages. Returns the entry that had to go for it, as
   * space times 2^19 plus pair; -1 if none had.
   */
  insert(pair: number, space: number, even: number, odd: number): number {
    this.remove(pair, space);
    const { ways } = this.options;
    const set = this.set(pair);
    const slot = set * ways + this.turns[set];
    this.turns[set] = (this.turns[set] + 1) % ways;
    const gone = this.keys[slot];
    this.keys[slot] = (space << 19) | pair;
    this.values[2 * slot] = even;
    this.values[2 * slot + 1] = odd;
    return gone;
  }

  /** Removes what answers for a pair in a space; with GLOBAL, in any space. */
  remove(pair: number, space: number): void {
    const first = this.set(pair) * this.options.ways;
    for (let slot = first; slot < first + this.options.ways; slot++) {
      const key = this.keys[slot];
      if (key === -1 || (key & 0x7ffff) !== pair) continue;
      if (space === GLOBAL || key >> 19 === space || key >> 19 === GLOBAL) this.keys[slot] = -1;
    }
  }

  /** Removes all entries. */
  flush(): void {
    this.keys.fill(-1);
  }

  private set(pair: number): number {
    return (pair ^ (pair >>> 10)) & (this.sets - 1);
  }
}
