/** A full bit vector: one bit for each processor. Exact, and as large as the machine. */
import { wholeNumber } from '../../engine/checks.js';
import type { Sharers } from './sharers.js';

/** One bit for each processor. */
export class FullVector implements Sharers {
  readonly exact = true;
  private bits = new Uint32Array(0);
  private readonly words: number;

  /** Throws a RangeError unless there are from 1 to 2^20 processors. */
  constructor(processors: number) {
    wholeNumber(processors, 'a full vector: processors', 1, 2 ** 20);
    this.words = Math.max(1, Math.ceil(processors / 32));
  }

  grow(entries: number): void {
    const bits = new Uint32Array(entries * this.words);
    bits.set(this.bits);
    this.bits = bits;
  }

  has(entry: number, processor: number): boolean {
    return (this.bits[entry * this.words + (processor >> 5)] & (1 << processor)) !== 0;
  }

  add(entry: number, processor: number): void {
    this.bits[entry * this.words + (processor >> 5)] |= 1 << processor;
  }

  remove(entry: number, processor: number): void {
    this.bits[entry * this.words + (processor >> 5)] &= ~(1 << processor);
  }

  clear(entry: number): void {
    this.bits.fill(0, entry * this.words, (entry + 1) * this.words);
  }

  count(entry: number): number {
    let count = 0;
    for (let word = entry * this.words, end = word + this.words; word < end; word++) {
      let bits = this.bits[word];
      for (; bits !== 0; bits &= bits - 1) count++;
    }
    return count;
  }

  next(entry: number, processor: number): number {
    const base = entry * this.words;
    let word = (processor + 1) >> 5;
    if (word >= this.words) return -1;
    let bits = this.bits[base + word] & (-1 << ((processor + 1) & 31));
    while (bits === 0) {
      if (++word === this.words) return -1;
      bits = this.bits[base + word]!;
    }
    return (word << 5) + (31 - Math.clz32(bits & -bits));
  }

  last(entry: number, processor: number): boolean {
    return this.has(entry, processor) && this.count(entry) === 1;
  }

  room(): boolean {
    return true;
  }
}
