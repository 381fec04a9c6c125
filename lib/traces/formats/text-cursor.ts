/**
 * Reading of line-oriented trace text, byte by byte: no strings per line.
 */
import { TraceError } from '../trace.js';

const Newline = 10;
const Return = 13;

/** A place in the text. Numbers that were read stay in the fields until the next one. */
export class TextCursor {
  /** Halves of the last hexadecimal number. */
  high = 0;
  low = 0;
  /** Line number, from 1. */
  line = 1;
  private at = 0;
  private readonly bytes: Uint8Array;
  private readonly trace: string;

  constructor(bytes: Uint8Array, trace: string) {
    this.bytes = bytes;
    this.trace = trace;
  }

  /** Whether all text has been read. */
  get ended(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The next byte, or 0 at the end. */
  peek(ahead = 0): number {
    return this.bytes[this.at + ahead] ?? 0;
  }

  /** A cursor at the same place that goes its own way. */
  copy(): TextCursor {
    const copy = new TextCursor(this.bytes, this.trace);
    copy.at = this.at;
    copy.line = this.line;
    return copy;
  }

  /** Bytes from here to the end of the line. */
  lineBytes(): number {
    const end = this.bytes.indexOf(Newline, this.at);
    return (end < 0 ? this.bytes.length : end) - this.at;
  }

  /** The line from here on, up to `most` bytes, which become a character each. */
  head(most: number): string {
    let end = this.at;
    while (end < this.bytes.length && end - this.at < most && this.bytes[end] !== Newline) end++;
    return String.fromCharCode(...this.bytes.subarray(this.at, end));
  }

  /** Bytes of the line from one place to another, both counted from here; they become a character each. */
  tail(from: number, to: number): string {
    return String.fromCharCode(...this.bytes.subarray(this.at + from, this.at + to));
  }

  /** Goes over some bytes of this line. */
  skip(count: number): void {
    this.at += count;
  }

  /** Expects a blank or the end of the line after what was read. */
  endField(what: string): void {
    const next = this.peek();
    if (this.ended || next === 32 || next === 9 || next === Newline || next === Return) return;
    this.fail(`${JSON.stringify(String.fromCharCode(next))} after ${what}, expected a blank or the end of the line`);
  }

  /** Goes over blanks and tabs; true if there was one. */
  skipBlanks(): boolean {
    const start = this.at;
    while (this.peek() === 32 || this.peek() === 9) this.at++;
    return this.at > start;
  }

  /** Goes over 0x, if it is there. */
  skipPrefix(): void {
    if (this.peek() === 48 && (this.peek(1) | 32) === 120) this.at += 2;
  }

  /** Reads a hexadecimal number of up to 64 bits into `high` and `low`. */
  hexadecimal(what: string): void {
    this.high = 0;
    this.low = 0;
    let digits = 0;
    for (let digit = hexDigit(this.peek()); digit >= 0; digit = hexDigit(this.peek())) {
      if (this.high > 0xfffffff) this.fail(`${what} has more than 64 bits`);
      this.high = ((this.high << 4) | (this.low >>> 28)) >>> 0;
      this.low = ((this.low << 4) | digit) >>> 0;
      this.at++;
      digits++;
    }
    if (digits === 0) this.fail(`expected ${what}, a hexadecimal number`);
  }

  /** Reads a decimal number below 10^9. */
  decimal(what: string): number {
    const start = this.at;
    let value = 0;
    for (let byte = this.peek(); byte >= 48 && byte <= 57; byte = this.peek()) {
      value = value * 10 + byte - 48;
      this.at++;
      if (value >= 1e9) this.fail(`${what} is too large`);
    }
    if (this.at === start) this.fail(`expected ${what}, a decimal number`);
    return value;
  }

  /** Expects the line to end here. */
  endLine(): void {
    if (this.peek() === Return) this.at++;
    if (!this.ended && this.peek() !== Newline) this.fail('expected the end of the line');
    this.nextLine();
  }

  /** Goes to the beginning of the next line. */
  nextLine(): void {
    while (!this.ended && this.bytes[this.at] !== Newline) this.at++;
    this.at++;
    this.line++;
  }

  /** Throws a TraceError that names the trace and the line. */
  fail(problem: string): never {
    throw new TraceError(`${this.trace}: line ${this.line}: ${problem}`);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
