/**
 * Which lines have an entry in a directory that has fewer entries than memory has lines: sets and ways with tags, as in a
 * cache, after Gupta, Weber and Mowry's sparse directories (1990).
 */

import { wholeNumber } from '../engine/checks.js';
import { lineNumber, type Line } from '../messages/addresses.js';

const FREE = -1;
/** Each takes 13 bytes. */
const MOST_ENTRIES = 2 ** 28;

/** Entries by set and way. The last number, `nowhere`, stands for all lines that have none. */
export class SparseEntries {
  readonly sets: number;
  readonly ways: number;
  /** The entry of lines without one: always in the first state, without owner and sharers. */
  readonly nowhere: number;
  /** Entries of a set whose lines are being called back to make room. */
  readonly recalling: Int32Array;
  private readonly tags: Int32Array;
  /** When an entry was last used, by entry. */
  private readonly used: Float64Array;
  private readonly called: Uint8Array;
  private clock = 0;

  /** Throws a RangeError unless there is an entry, and for more than 2^28 of them. */
  constructor(sets: number, ways: number) {
    wholeNumber(sets, 'a sparse directory: sets', 1, MOST_ENTRIES);
    wholeNumber(ways, 'a sparse directory: ways', 1, MOST_ENTRIES);
    wholeNumber(sets * ways, `a sparse directory: entries (${sets} sets of ${ways} ways)`, 1, MOST_ENTRIES);
    this.sets = sets;
    this.ways = ways;
    this.nowhere = sets * ways;
    this.tags = new Int32Array(sets * ways).fill(FREE);
    this.used = new Float64Array(sets * ways);
    this.called = new Uint8Array(sets * ways);
    this.recalling = new Int32Array(sets);
  }

  /** The set of a line. */
  setOf(line: Line): number {
    return line % this.sets;
  }

  /** The entry of a line, or `nowhere`. */
  find(line: Line): number {
    for (let entry = this.setOf(line) * this.ways, end = entry + this.ways; entry < end; entry++)
      if (this.tags[entry] === line) return entry;
    return this.nowhere;
  }

  /** The line that an entry is for, -1 for none. */
  lineOf(entry: number): Line {
    return lineNumber(this.tags[entry]);
  }

  /** Notes that an entry was used. */
  touch(entry: number): void {
    if (entry !== this.nowhere) this.used[entry] = ++this.clock;
  }

  /** Gives a line a free entry of its set; false if there is none. */
  allocate(line: Line): boolean {
    for (let entry = this.setOf(line) * this.ways, end = entry + this.ways; entry < end; entry++)
      if (this.tags[entry] === FREE) {
        this.tags[entry] = line;
        this.touch(entry);
        return true;
      }
    return false;
  }

  /** The entry of a set that was not used for longest, of those for which `fits`; -1 if there is none. */
  victim(set: number, fits: (entry: number) => boolean): number {
    let oldest = -1;
    for (let entry = set * this.ways, end = entry + this.ways; entry < end; entry++)
      if (this.tags[entry] !== FREE && fits(entry) && (oldest < 0 || this.used[entry] < this.used[oldest]))
        oldest = entry;
    return oldest;
  }

  /** Notes that the line of an entry is being called back. */
  call(entry: number): void {
    this.called[entry] = 1;
    this.recalling[Math.floor(entry / this.ways)]++;
  }

  /** Takes an entry from its line. */
  free(entry: number): void {
    this.tags[entry] = FREE;
    if (this.called[entry] === 1) this.recalling[Math.floor(entry / this.ways)]--;
    this.called[entry] = 0;
  }
}
