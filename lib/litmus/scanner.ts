/** Text of a litmus file, read from left to right, with places for messages. Comments `(* ... *)` count as blanks. */
import { LitmusError } from './litmus-test.js';

const BLANK = /\s*/y;
const INTEGER = /-?(?:0[xX][0-9a-fA-F]+|\d+)/y;

/** The largest integers that a word holds, signed and unsigned. */
const LEAST = -(2 ** 31);
const MOST = 2 ** 32 - 1;

/** A place in the text of a file. */
export class LitmusScanner {
  /** Offset of the next character. */
  at = 0;
  readonly text: string;
  private readonly file: string;

  /** Throws a LitmusError if a comment does not end. */
  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.text = this.withoutComments();
  }

  /** Goes over blanks and line ends. */
  skip(): void {
    this.match(BLANK);
  }

  /** Takes what a sticky expression matches here, after blanks; null if nothing. */
  take(pattern: RegExp): string | null {
    this.skip();
    return this.match(pattern);
  }

  /** Goes over one of the given words or signs, after blanks. False if none is here. */
  accept(sign: string): boolean {
    this.skip();
    if (!this.text.startsWith(sign, this.at)) return false;
    if (/\w$/.test(sign) && /\w/.test(this.text[this.at + sign.length] ?? ' ')) return false;
    this.at += sign.length;
    return true;
  }

  /** Goes over a sign that has to be here. */
  expect(sign: string): void {
    if (!this.accept(sign)) this.fail(`expected ${sign}`);
  }

  /** Reads a 32-bit integer, decimal or hexadecimal, as a signed one. Null if there is none. */
  integer(): number | null {
    const text = this.take(INTEGER);
    if (text === null) return null;
    const value = text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
    if (value < LEAST || value > MOST) this.fail(`expected a number that fits 32 bits`, this.at - text.length);
    return value | 0;
  }

  /** A scanner of the part from here up to `end`, in the same text. */
  part(start: number, end: number): LitmusScanner {
    const part = new LitmusScanner(this.file, this.text.slice(0, end));
    part.at = start;
    return part;
  }

  /** Throws a LitmusError that says where, what was expected and what is there. */
  fail(problem: string, at = this.next()): never {
    const found = /^[\w%$.]+|^\S?/.exec(this.text.slice(at))![0];
    const here = found === '' ? 'the end' : JSON.stringify(found);
    throw new LitmusError(`${this.place(at)}: ${problem}, found ${here}`);
  }

  /** An offset in words: `file:line:column`. */
  place(at: number): string {
    const before = this.text.slice(0, at).split('\n');
    return `${this.file}:${before.length}:${before.at(-1)!.length + 1}`;
  }

  private next(): number {
    this.skip();
    return this.at;
  }

  private match(pattern: RegExp): string | null {
    const sticky = pattern.sticky ? pattern : new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found === null) return null;
    this.at += found[0].length;
    return found[0];
  }

  /** Comments may be nested. Blanks take their place, so that columns stay what they are. */
  private withoutComments(): string {
    const { text } = this;
    let result = '';
    let depth = 0;
    let start = 0;
    for (let i = 0; i < text.length;) {
      const pair = text.slice(i, i + 2);
      const step = pair === '(*' || (depth > 0 && pair === '*)') ? 2 : 1;
      if (pair === '(*' && depth++ === 0) start = i;
      const inside = depth > 0;
      if (pair === '*)' && depth > 0) depth--;
      result += inside ? text.slice(i, i + step).replace(/[^\n]/g, ' ') : text[i];
      i += step;
    }
    if (depth > 0) this.fail('expected *) after this comment', start);
    return result;
  }
}
