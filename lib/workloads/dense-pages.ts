/**
 * 64-bit addresses made dense: pairs of pages (8 KB, aligned, what one TLB entry of the MIPS maps) are numbered in
 * order of first use. Offsets inside a pair stay. Results are below 0x80000000, the user half of 32-bit addresses.
 */
import { MemoryLimit } from './memory-limit.js';
import { TraceError } from './trace.js';

/** Bytes that keep their neighbourhood: two pages of 4 KB. */
export const pairBytes = 8192;
/** Most pairs that a trace may touch: 2 GB. */
export const mostPairs = 2 ** 18;

/** What a pair takes here, and how many are counted at a time. */
const PAIR_BYTES = 64;
const PAIRS_HELD = 1024;

/** One numbering, shared by all streams of a trace. */
export class DensePages {
  /** Held for what has no limit of its own: the limit of this trace. */
  readonly memory: MemoryLimit;
  /** Of the current address space. */
  private numbers = new Map<number, number>();
  private readonly spaces = new Map<number, Map<number, number>>([[0, this.numbers]]);
  private count = 0;
  private readonly trace: string;
  private lastPair = -1;
  private lastBase = 0;

  constructor(trace: string, memory = new MemoryLimit()) {
    this.trace = trace;
    this.memory = memory;
  }

  /** Pairs touched so far. */
  get pairs(): number {
    return this.count;
  }

  /** Address spaces that have touched a pair. */
  get addressSpaces(): number {
    return [...this.spaces.values()].filter(numbers => numbers.size > 0).length;
  }

  /** Addresses from here on belong to this address space, 0 at first: the same address of another one is another page. */
  enter(space: number): void {
    let numbers = this.spaces.get(space);
    if (numbers === undefined) this.spaces.set(space, (numbers = new Map()));
    this.numbers = numbers;
    this.lastPair = -1;
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
    const next = this.count;
    if (next === mostPairs) {
      throw new TraceError(
        `${this.trace}: touches more than ${mostPairs} pairs of 4 KB pages (2 GB); cut it into shorter windows`,
      );
    }
    if (next % PAIRS_HELD === 0) this.memory.holdObjects(PAIRS_HELD * PAIR_BYTES, this.trace, `${next} pairs of pages are touched`);
    this.numbers.set(pair, next);
    this.count++;
    return next;
  }
}
