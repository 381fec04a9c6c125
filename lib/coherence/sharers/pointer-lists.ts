/**
 * Dynamic pointer allocation, after Stanford FLASH: a header for each line with room for one sharer, and a pool of list
 * cells for all others, with a free list. Exact; a sharer that leaves is taken out of its list. Somebody has to give a
 * list back when the pool is used up.
 */
import { wholeNumber } from '../../engine/checks.js';
import type { SharerCounts, Sharers } from './sharers.js';

const NONE = -1;

/** Sharers in linked lists whose cells come from one pool. */
export class PointerLists implements Sharers {
  readonly exact = true;
  /** Cells gone through by removals since this was last set to 0; what a controller is busy for. */
  walked = 0;
  /** The first sharer, by entry, or NONE. */
  private head = new Int32Array(0);
  /** The first cell, by entry, or NONE. */
  private list = new Int32Array(0);
  /** By cell: the sharer, the next cell of its list or of the free list, and the entry it is used for. */
  private readonly pointer: Int32Array;
  private readonly following: Int32Array;
  private readonly entryOf: Int32Array;
  private free = 0;
  private freeCells: number;
  /** Where the search for a list to be given back goes on. */
  private hand = 0;
  private readonly counts: SharerCounts;

  /** Throws a RangeError unless there are from 1 to 2^28 cells. */
  constructor(cells: number, counts: SharerCounts) {
    wholeNumber(cells, 'a pool of list cells: cells', 1, 2 ** 28);
    this.pointer = new Int32Array(cells);
    this.following = Int32Array.from({ length: cells }, (_, cell) => (cell + 1 < cells ? cell + 1 : NONE));
    this.entryOf = new Int32Array(cells).fill(NONE);
    this.freeCells = cells;
    this.counts = counts;
  }

  /** Cells that no list uses. */
  get available(): number {
    return this.freeCells;
  }

  grow(entries: number): void {
    const head = new Int32Array(entries).fill(NONE);
    head.set(this.head);
    this.head = head;
    const list = new Int32Array(entries).fill(NONE);
    list.set(this.list);
    this.list = list;
  }

  has(entry: number, processor: number): boolean {
    if (this.head[entry] === processor) return true;
    for (let cell = this.list[entry]; cell !== NONE; cell = this.following[cell]!)
      if (this.pointer[cell] === processor) return true;
    return false;
  }

  /** Throws an Error if the pool is used up: room has to be made first. */
  add(entry: number, processor: number): void {
    if (this.has(entry, processor)) return;
    if (this.head[entry] === NONE) {
      this.head[entry] = processor;
      return;
    }
    const cell = this.free;
    if (cell === NONE) throw new Error(`no list cell of ${this.pointer.length} is left for processor ${processor}`);
    this.free = this.following[cell]!;
    this.freeCells--;
    this.counts.largestPool = Math.max(this.counts.largestPool, this.pointer.length - this.freeCells);
    this.pointer[cell] = processor;
    this.entryOf[cell] = entry;
    this.following[cell] = this.list[entry]!;
    this.list[entry] = cell;
  }

  remove(entry: number, processor: number): void {
    if (this.head[entry] === processor) {
      this.refill(entry);
      return;
    }
    for (let cell = this.list[entry], before = NONE; cell !== NONE; before = cell, cell = this.following[cell]!) {
      this.walked++;
      if (this.pointer[cell] !== processor) continue;
      if (before === NONE) this.list[entry] = this.following[cell]!;
      else this.following[before] = this.following[cell]!;
      this.giveBack(cell);
      return;
    }
  }

  clear(entry: number): void {
    this.head[entry] = NONE;
    for (let cell = this.list[entry]; cell !== NONE;) {
      const following = this.following[cell];
      this.walked++;
      this.giveBack(cell);
      cell = following;
    }
    this.list[entry] = NONE;
  }

  count(entry: number): number {
    let count = this.head[entry] === NONE ? 0 : 1;
    for (let cell = this.list[entry]; cell !== NONE; cell = this.following[cell]!) count++;
    return count;
  }

  next(entry: number, processor: number): number {
    const head = this.head[entry];
    let lowest = head > processor ? head : -1;
    for (let cell = this.list[entry]; cell !== NONE; cell = this.following[cell]!) {
      const other = this.pointer[cell];
      if (other > processor && (lowest < 0 || other < lowest)) lowest = other;
    }
    return lowest;
  }

  last(entry: number, processor: number): boolean {
    return this.head[entry] === processor && this.list[entry] === NONE;
  }

  room(): boolean {
    return true;
  }

  /** An entry with a list of cells for which `fits`, in turn; -1 if there is none. */
  victim(fits: (entry: number) => boolean): number {
    const cells = this.pointer.length;
    for (let tries = 0; tries < cells; tries++) {
      const entry = this.entryOf[this.hand];
      this.hand = (this.hand + 1) % cells;
      if (entry !== NONE && fits(entry)) return entry;
    }
    return -1;
  }

  /** What is wrong with the pool: cells that are neither free nor in a list. */
  imbalance(): string[] {
    let listed = 0;
    for (let entry = 0; entry < this.list.length; entry++)
      for (let cell = this.list[entry]; cell !== NONE; cell = this.following[cell]!) listed++;
    let free = 0;
    for (let cell = this.free; cell !== NONE; cell = this.following[cell]!) free++;
    if (listed + free === this.pointer.length && free === this.freeCells) return [];
    return [`of ${this.pointer.length} list cells ${listed} are in lists and ${free} are free`];
  }

  /** The first of the list becomes the head. */
  private refill(entry: number): void {
    const cell = this.list[entry];
    if (cell === NONE) {
      this.head[entry] = NONE;
      return;
    }
    this.head[entry] = this.pointer[cell]!;
    this.list[entry] = this.following[cell]!;
    this.giveBack(cell);
  }

  private giveBack(cell: number): void {
    this.entryOf[cell] = NONE;
    this.following[cell] = this.free;
    this.free = cell;
    this.freeCells++;
  }
}
