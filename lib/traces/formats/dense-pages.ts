/**
 * 64-bit addresses made dense: pairs of pages (8 KB, aligned, what one TLB entry of the MIPS maps) are numbered in
 * order of first use. Offsets inside a pair stay. Results are below 0x80000000, the user half of 32-bit addresses.
 */
import { TraceError } from '../trace.js';

/** Bytes that keep their neighbourhood: two pages of 4 KB. */
export const pairBytes = 8192;
/** Most pairs that a trace may touch: 2 GB. */
export const mostPairs = 2 ** 18;

/** Pairs whose entries share a page of a page table: address spaces take their numbers in blocks of them. */
const blockPairs = 512;

/** The numbers that the address spaces of a trace take in turn: no two have a page in common, or a page of a page table. */
export class PairNumbers {
  /** Pairs touched so far in all address spaces. */
  pairs = 0;
  private readonly trace: string;
  private next = 0;

  constructor(trace: string) {
    this.trace = trace;
  }

  /** The first number of a block that no address space has. Throws a TraceError when more than 2 GB are touched. */
  block(): number {
    if (this.next === mostPairs) {
      throw new TraceError(
        `${this.trace}: touches more than ${mostPairs} pairs of 4 KB pages (2 GB); cut it into shorter windows`,
      );
    }
    const first = this.next;
    this.next += blockPairs;
    return first;
  }
}

/** The numbering of one address space, shared by all streams in it. */
export class DensePages {
  private readonly known = new Map<number, number>();
  private readonly numbers: PairNumbers;
  private lastPair = -1;
  private lastBase = 0;
  /** The next number, and where its block ends. */
  private next = 0;
  private end = 0;

  /** `numbers` are those of the trace, if it has several address spaces. */
  constructor(trace: string, numbers = new PairNumbers(trace)) {
    this.numbers = numbers;
  }

  /** Pairs touched so far. */
  get pairs(): number {
    return this.known.size;
  }

  /** The dense address of a 64-bit one, given as two unsigned halves. Throws a TraceError when a trace touches more than 2 GB. */
  dense(high: number, low: number): number {
    const pair = high * 2 ** 19 + (low >>> 13);
    if (pair !== this.lastPair) {
      this.lastBase = this.number(pair) * pairBytes;
      this.lastPair = pair;
    }
    return this.lastBase + (low & (pairBytes - 1));
  }

  private number(pair: number): number {
    const known = this.known.get(pair);
    if (known !== undefined) return known;
    if (this.next === this.end) {
      this.next = this.numbers.block();
      this.end = this.next + blockPairs;
    }
    const next = this.next++;
    this.numbers.pairs++;
    this.known.set(pair, next);
    return next;
  }
}
