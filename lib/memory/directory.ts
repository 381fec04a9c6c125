/**
 * The directory of one node: state, owner and sharers for each line of its memory that has an entry. Entries of a frame are
 * made when the frame is first asked for, so an untouched memory costs nothing; a sparse directory has its own
 * (sparse-entries.ts).
 */
import { plainObject, wholeNumber } from '../engine/checks.js';
import { makeSharers, type DirectoryFormat } from '../coherence/directory-format.js';
import type { SharerCounts, Sharers } from '../coherence/sharers/sharers.js';
import { lineNumber, type Line } from '../messages/addresses.js';
import { SparseEntries } from './sparse-entries.js';

/** What a directory is made with. */
export interface DirectoryOptions {
  /** Caches that may share. */
  readonly processors: number;
  /** The first frame of the node. */
  readonly firstFrame: number;
  /** log2 of the lines to a frame. */
  readonly frameShift: number;
  readonly format: DirectoryFormat;
  /** Where the format counts what it does. */
  readonly counts: SharerCounts;
}

/** A directory over the lines of one node. Entries are addressed by the index that `entry` returns. */
export class Directory {
  /** State of the home table, by entry. */
  state: Uint8Array;
  /** Owner (a processor) by entry, -1 for none. */
  owner: Int32Array;
  /** Answers that are still to come to home itself, by entry. */
  missing: Int32Array;
  readonly sharers: Sharers;
  /** Which lines have an entry, or null if all have. */
  readonly sparse: SparseEntries | null;
  private readonly frameShift: number;
  private readonly lineMask: number;
  private readonly firstFrame: number;
  /** First entry of a frame, by local frame, in pages of 1024; -1 for a frame not yet asked for. */
  private readonly pages: (Int32Array | undefined)[] = [];
  /** Local frames in the order in which they were first asked for. */
  private readonly order: number[] = [];
  private used = 0;

  /** Throws a RangeError for numbers that make no directory. */
  constructor(options: DirectoryOptions) {
    plainObject(options, 'a directory');
    const { processors, firstFrame, frameShift, format, counts } = options;
    wholeNumber(firstFrame, 'a directory: firstFrame', 0, 2 ** 31);
    wholeNumber(frameShift, 'a directory: frameShift', 0, 20);
    this.firstFrame = firstFrame;
    this.frameShift = frameShift;
    this.lineMask = (1 << frameShift) - 1;
    this.state = new Uint8Array(0);
    this.owner = new Int32Array(0);
    this.missing = new Int32Array(0);
    this.sharers = makeSharers(format, processors, counts);
    this.sparse = format.format === 'sparse' ? new SparseEntries(format.sets, format.ways) : null;
    if (this.sparse !== null) this.grow(this.sparse.nowhere + 1);
  }

  /** Frames that have entries, in the order in which they were first asked for: entry e belongs to the (e >> frameShift)-th. 0 if sparse. */
  get frames(): number {
    return this.order.length;
  }

  /** The entry of a line of this node. */
  entry(line: Line): number {
    if (this.sparse !== null) return this.sparse.find(line);
    const frame = (line >>> this.frameShift) - this.firstFrame;
    let page = this.pages[frame >> 10];
    if (page === undefined) this.pages[frame >> 10] = page = new Int32Array(1024).fill(-1);
    let first = page[frame & 1023];
    if (first < 0) page[frame & 1023] = first = this.add(frame);
    return first + (line & this.lineMask);
  }

  /** The line of an entry. */
  lineOf(entry: number): Line {
    if (this.sparse !== null) return this.sparse.lineOf(entry);
    const frame = this.firstFrame + this.order[entry >> this.frameShift];
    return lineNumber(frame * (this.lineMask + 1) + (entry & this.lineMask));
  }

  /**
   * What is wrong with it while nothing is under way, in words; nothing usually. `stable` are the states, by number, in
   * which nothing is outstanding; the first state is that of a line that nobody holds.
   */
  imbalance(stable: readonly boolean[]): string[] {
    const faults: string[] = [];
    const entries = this.sparse === null ? this.used : this.sparse.nowhere + 1;
    for (let entry = 0; entry < entries; entry++) {
      const nobody = this.owner[entry] === -1 && this.sharers.count(entry) === 0;
      const held = this.state[entry] !== 0;
      const where = `line ${entry === this.sparse?.nowhere ? 'without an entry' : this.lineOf(entry)}`;
      if (!stable[this.state[entry]]) faults.push(`${where} is in transition`);
      if (this.missing[entry] !== 0) faults.push(`${where} misses ${this.missing[entry]} answers to its home`);
      if (!held && !nobody) faults.push(`${where} is held by nobody, but has an owner or sharers`);
      if (this.sparse !== null && entry !== this.sparse.nowhere && this.sparse.lineOf(entry) >= 0 !== held)
        faults.push(`entry ${entry} is ${held ? 'used, but has no line' : `kept for ${where}, which nobody holds`}`);
    }
    this.sparse?.recalling.forEach((count, set) => {
      if (count !== 0) faults.push(`set ${set} still calls ${count} lines back`);
    });
    return faults;
  }

  private add(frame: number): number {
    const first = this.used;
    this.order.push(frame);
    this.used += this.lineMask + 1;
    if (this.used > this.state.length) this.grow(Math.max(64 * (this.lineMask + 1), 2 * this.state.length));
    return first;
  }

  private grow(size: number): void {
    const state = new Uint8Array(size);
    state.set(this.state);
    const owner = new Int32Array(size).fill(-1);
    owner.set(this.owner);
    const missing = new Int32Array(size);
    missing.set(this.missing);
    this.state = state;
    this.owner = owner;
    this.missing = missing;
    this.sharers.grow(size);
  }
}
