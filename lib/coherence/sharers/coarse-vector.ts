/**
 * A coarse vector with a fine bit, after the SGI Origin 2000's premium directory memory: a vector of `bits` bits is exact
 * while all sharers lie in one octant of that many processors (fine), and else has one bit for each group of processors
 * (coarse). A coarse bit says that somebody of its group shares or did, so it cannot be taken back for one of them.
 */
import { wholeNumber } from '../../engine/checks.js';
import { FullVector } from './full-vector.js';
import type { SharerCounts, Sharers } from './sharers.js';

const EMPTY = -1;
const COARSE = -2;

/** A vector that is exact within one octant, and coarse beyond. */
export class CoarseVector implements Sharers {
  readonly exact: boolean;
  /** The octant of a fine entry, or EMPTY or COARSE. */
  private mode = new Int16Array(0);
  private readonly vector: FullVector;
  private readonly bits: number;
  /** Processors to a bit of a coarse vector. */
  private readonly group: number;
  private readonly processors: number;
  private readonly counts: SharerCounts;

  /** Throws a RangeError unless the vector has at least one bit. */
  constructor(processors: number, bits: number, counts: SharerCounts) {
    wholeNumber(processors, 'a coarse vector: processors', 1, 2 ** 20);
    wholeNumber(bits, 'a coarse vector: bits', 1, 2 ** 20);
    this.bits = bits;
    this.processors = processors;
    this.group = Math.ceil(processors / bits);
    this.exact = this.group === 1;
    this.vector = new FullVector(bits);
    this.counts = counts;
  }

  grow(entries: number): void {
    const mode = new Int16Array(entries).fill(EMPTY);
    mode.set(this.mode);
    this.mode = mode;
    this.vector.grow(entries);
  }

  has(entry: number, processor: number): boolean {
    const mode = this.mode[entry];
    if (mode === COARSE) return this.vector.has(entry, Math.floor(processor / this.group));
    return mode === Math.floor(processor / this.bits) && this.vector.has(entry, processor % this.bits);
  }

  add(entry: number, processor: number): void {
    const octant = Math.floor(processor / this.bits);
    const mode = this.mode[entry];
    if (mode === EMPTY) this.mode[entry] = octant;
    else if (mode !== COARSE && mode !== octant) this.coarsen(entry, mode);
    if (this.mode[entry] === COARSE) this.vector.add(entry, Math.floor(processor / this.group));
    else this.vector.add(entry, processor % this.bits);
  }

  remove(entry: number, processor: number): void {
    if (this.mode[entry] === COARSE || !this.has(entry, processor)) return;
    this.vector.remove(entry, processor % this.bits);
    if (this.vector.count(entry) === 0) this.mode[entry] = EMPTY;
  }

  clear(entry: number): void {
    this.mode[entry] = EMPTY;
    this.vector.clear(entry);
  }

  count(entry: number): number {
    if (this.mode[entry] !== COARSE) return this.vector.count(entry);
    let count = 0;
    for (let bit = this.vector.next(entry, -1); bit >= 0; bit = this.vector.next(entry, bit))
      count += Math.min(this.group, this.processors - bit * this.group);
    return count;
  }

  next(entry: number, processor: number): number {
    const mode = this.mode[entry];
    if (mode === EMPTY) return -1;
    const above = processor + 1;
    if (mode === COARSE) {
      if (above >= this.processors) return -1;
      const bit = this.vector.next(entry, Math.floor(above / this.group) - 1);
      return bit < 0 ? -1 : Math.max(above, bit * this.group);
    }
    const first = mode * this.bits;
    const bit = this.vector.next(entry, Math.max(above - first, 0) - 1);
    return bit < 0 ? -1 : first + bit;
  }

  last(entry: number, processor: number): boolean {
    return this.mode[entry] !== COARSE && this.has(entry, processor) && this.vector.count(entry) === 1;
  }

  room(): boolean {
    return true;
  }

  private coarsen(entry: number, octant: number): void {
    this.counts.overflows++;
    const members: number[] = [];
    for (let bit = this.vector.next(entry, -1); bit >= 0; bit = this.vector.next(entry, bit))
      members.push(octant * this.bits + bit);
    this.vector.clear(entry);
    this.mode[entry] = COARSE;
    for (const processor of members) this.vector.add(entry, Math.floor(processor / this.group));
  }
}
