/**
 * Stores of one processor that have not reached its caches: first in, first out, looked up by the processor's own loads.
 * After the abstract machine of Sewell et al., x86-TSO (2010). A plain object; when stores leave it is the processor's.
 */

import { shown } from '../../engine/checks.js';
import type { RandomStream } from '../../engine/random.js';
import type { Ticks } from '../../engine/time.js';

/**
 * How long stores wait when they have become the oldest: half of them not at all, a quarter up to the longest time, a
 * quarter a time whose order of magnitude is drawn, too. TSO allows any time that is finite. For tests of what programs may see.
 */
export class DrainDelays {
  private readonly random: RandomStream;
  private readonly longest: number;
  private readonly period: Ticks;

  /** `longest` is in cycles of `period` ticks, at least 1. */
  constructor(random: RandomStream, longest: number, period: Ticks) {
    this.random = random;
    this.longest = longest;
    this.period = period;
  }

  /** The next store's, in ticks. One draw for each store, in their order. */
  draw(): Ticks {
    const { random, longest } = this;
    const kind = random.below(4);
    if (kind < 2) return 0;
    if (kind === 2) return (1 + random.below(longest)) * this.period;
    const most = Math.min(longest, 2 ** (1 + random.below(Math.ceil(Math.log2(longest + 1)))));
    return (1 + random.below(most)) * this.period;
  }
}

/** The stores on their way. Frames and byte offsets are those of the accesses. */
export class StoreBuffer {
  /** The most stores that it holds; 0 for a processor without one. */
  readonly capacity: number;
  /** Stores that it holds. */
  size = 0;
  private readonly frames: Int32Array;
  private readonly offsets: Int32Array;
  private readonly values: Int32Array;
  private first = 0;

  constructor(path: string, capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 0 || capacity > 64)
      throw new RangeError(`${path}: a store buffer has from 0 to 64 entries, not ${shown(capacity)}`);
    this.capacity = capacity;
    this.frames = new Int32Array(capacity);
    this.offsets = new Int32Array(capacity);
    this.values = new Int32Array(capacity);
  }

  /** Appends a store. There must be room. */
  push(frame: number, offset: number, value: number): void {
    const place = (this.first + this.size++) % this.capacity;
    this.frames[place] = frame;
    this.offsets[place] = offset;
    this.values[place] = value;
  }

  /** Frame of the oldest store. */
  get frame(): number {
    return this.frames[this.first];
  }

  /** Byte offset of the oldest store. */
  get offset(): number {
    return this.offsets[this.first];
  }

  /** Value of the oldest store. */
  get value(): number {
    return this.values[this.first];
  }

  /** Drops the oldest store. */
  shift(): void {
    this.first = (this.first + 1) % this.capacity;
    this.size--;
  }

  /** Place of the youngest store to a word, -1 if there is none. */
  find(frame: number, offset: number): number {
    for (let age = this.size - 1; age >= 0; age--) {
      const place = (this.first + age) % this.capacity;
      if (this.frames[place] === frame && this.offsets[place] >> 2 === offset >> 2) return place;
    }
    return -1;
  }

  /** Value of the store at a place that `find` returned. */
  valueAt(place: number): number {
    return this.values[place];
  }
}
