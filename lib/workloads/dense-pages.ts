/**
 * 64-bit addresses made dense: pairs of pages (8 KB, aligned, what one TLB entry of the MIPS maps) are numbered in
 * order of first use. Offsets inside a pair stay. Results are below 0x80000000, the user half of 32-bit addresses.
 */
import { TraceError } from './trace.js';

/** Bytes that keep their neighbourhood: two pages of 4 KB. */
export const pairBytes = 8192;
/** Most pairs that a trace may touch: 2 GB. */
export const mostPairs = 2 ** 18;

/** One numbering, shared by all streams of an address space. */
export class DensePages {
  private readonly numbers = new Map<number, number>();
  private readonly trace: string;
  private lastPair = -1;
  private lastBase = 0;

  constructor(trace: string) {
    this.trace = trace;
  }

  /** Pairs touched so far. */
  get pairs(): number {
    return this.numbers.size;
  }

  /** The dense address of a 64-bit one, given as two unsigned halves. Throws a TraceError when more than 2 GB are touched. */
  dense(high: number, low: number): number {
    const pair = high * 2 ** 19 + (low >>> 13);
    if (pair !== this.lastPair) {
      this.lastBase = this.number(pair) * pairBytes;
      this.lastPair = pair;
    }
    return this.lastBase + (low & (pairBytes - 1));
  }

  private number(pair: number): number {
    const known = this.numbers.get(pair);
    if (known !== undefined) return known;
    const next = this.numbers.size;
    if (next === mostPairs) {
      throw new TraceError(
        `${this.trace}: touches more than ${mostPairs} pairs of 4 KB pages (2 GB); cut it into shorter windows`,
      );
    }
    this.numbers.set(pair, next);
    return next;
  }
}
