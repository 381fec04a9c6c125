/**
 * Varints of an NTR1 section: unsigned, 7 bits per byte, low bits first; signed numbers folded onto unsigned ones.
 * After traces/FORMAT.md.
 */
import { TraceError } from '../trace.js';

const beyond = 2 ** 33; // a folded difference of two 32-bit numbers fits below

/** Reads the bytes from `at` to `end`. Running off the end, or a number of more than 33 bits, is a TraceError. */
export class VarintReader {
  /** Offset in the file of the next byte. */
  at: number;
  /** Offset in the file behind the section. */
  readonly end: number;
  /** Name of the trace, for errors. */
  readonly trace: string;
  private readonly bytes: Uint8Array;
  private readonly section: string;

  constructor(bytes: Uint8Array, at: number, end: number, trace: string, section: string) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.trace = trace;
    this.section = section;
  }

  /** The next number, 0 to 2^33 - 1. */
  unsigned(): number {
    const first = this.bytes[this.at];
    if (this.at < this.end && first < 0x80) {
      this.at++;
      return first;
    }
    return this.long();
  }

  /** The next signed number, stored as 2n or -2n - 1. */
  signed(): number {
    const folded = this.unsigned();
    if (folded < 0x40000000) return (folded >>> 1) ^ -(folded & 1);
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  /** The next unsigned number, which must be below `limit`. */
  below(limit: number, what: string): number {
    const start = this.at;
    const value = this.unsigned();
    if (value >= limit) this.fail(`${what} is ${value}, expected less than ${limit}`, start);
    return value;
  }

  /** Throws a TraceError that names the trace, the section and the byte. */
  fail(problem: string, at = this.at): never {
    throw new TraceError(`${this.trace}: ${this.section}, byte ${at}: ${problem}`);
  }

  private long(): number {
    const start = this.at;
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 0x80) {
      if (this.at >= this.end) this.fail('the section ends inside a number', start);
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value >= beyond) break;
        return value;
      }
    }
    return this.fail('a number of more than 33 bits', start);
  }
}
