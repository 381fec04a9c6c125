/**
 * A few pointers to sharers: Dir_i of Agarwal, Simoni, Hennessy and Horowitz, An Evaluation of Directory Schemes for Cache
 * Coherence (1988). When they run out, either everybody is taken for a sharer (broadcast, Dir_i B), or a sharer has to go
 * before another can come (no broadcast, Dir_i NB).
 */
import { shown, wholeNumber } from '../../engine/checks.js';
import type { SharerCounts, Sharers } from './sharers.js';

const EVERYBODY = 0xffff;

/** At most so many pointers, oldest first. */
export class LimitedPointers implements Sharers {
  readonly exact: boolean;
  /** Pointers in use by entry, or EVERYBODY. */
  private used = new Uint16Array(0);
  private pointers = new Int32Array(0);
  private readonly limit: number;
  private readonly processors: number;
  private readonly counts: SharerCounts;

  /** Throws a RangeError unless there is a pointer. `broadcast` says whether it overflows to everybody. */
  constructor(processors: number, limit: number, broadcast: boolean, counts: SharerCounts) {
    wholeNumber(processors, 'limited pointers: processors', 1, 2 ** 20);
    if (!Number.isSafeInteger(limit) || limit < 1 || limit >= EVERYBODY)
      throw new RangeError(`an entry has between 1 and ${EVERYBODY - 1} pointers, not ${shown(limit)}`);
    this.limit = limit;
    this.processors = processors;
    this.exact = !broadcast;
    this.counts = counts;
  }

  grow(entries: number): void {
    const used = new Uint16Array(entries);
    used.set(this.used);
    this.used = used;
    const pointers = new Int32Array(entries * this.limit);
    pointers.set(this.pointers);
    this.pointers = pointers;
  }

  has(entry: number, processor: number): boolean {
    return this.used[entry] === EVERYBODY ? processor < this.processors : this.find(entry, processor) >= 0;
  }

  /** Throws an Error if an entry that must stay exact is full: the protocol has to make room first. */
  add(entry: number, processor: number): void {
    const used = this.used[entry];
    if (used === EVERYBODY || this.find(entry, processor) >= 0) return;
    if (used < this.limit) {
      this.pointers[entry * this.limit + used] = processor;
      this.used[entry] = used + 1;
      return;
    }
    this.counts.overflows++;
    if (this.exact) throw new Error(`no pointer of ${this.limit} is left for processor ${processor}`);
    this.used[entry] = EVERYBODY;
  }

  remove(entry: number, processor: number): void {
    if (this.used[entry] === EVERYBODY) return;
    const at = this.find(entry, processor);
    if (at < 0) return;
    const end = entry * this.limit + this.used[entry];
    this.pointers.copyWithin(at, at + 1, end);
    this.used[entry]--;
  }

  clear(entry: number): void {
    this.used[entry] = 0;
  }

  count(entry: number): number {
    const used = this.used[entry];
    return used === EVERYBODY ? this.processors : used;
  }

  next(entry: number, processor: number): number {
    const used = this.used[entry];
    if (used === EVERYBODY) return processor + 1 < this.processors ? processor + 1 : -1;
    let lowest = -1;
    for (let at = entry * this.limit, end = at + used; at < end; at++) {
      const other = this.pointers[at];
      if (other > processor && (lowest < 0 || other < lowest)) lowest = other;
    }
    return lowest;
  }

  last(entry: number, processor: number): boolean {
    return this.used[entry] === 1 && this.has(entry, processor);
  }

  room(entry: number): boolean {
    return !this.exact || this.used[entry] < this.limit;
  }

  /** The sharer that has been one for longest, -1 if there is none that is known by name. */
  oldest(entry: number): number {
    const used = this.used[entry];
    return used === 0 || used === EVERYBODY ? -1 : this.pointers[entry * this.limit];
  }

  /** Where the pointer to a processor stands, or -1. */
  private find(entry: number, processor: number): number {
    for (let at = entry * this.limit, end = at + this.used[entry]; at < end; at++)
      if (this.pointers[at] === processor) return at;
    return -1;
  }
}
