/** Arrays of numbers that grow with what is read. What they hold is counted before it is allocated. */
import type { MemoryLimit } from './memory-limit.js';

/** The kinds of arrays that grow. */
type Numbers = Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const FIRST = 16;

/** Numbers in a row. `Kind` is the class of the typed array that keeps them. */
export class Growing<Kind extends Numbers> {
  /** Numbers so far. */
  length = 0;
  private items: Kind;
  private readonly kind: new (length: number) => Kind;
  private readonly limit: MemoryLimit;
  private readonly trace: string;
  private readonly what: string;

  /** `what` names the numbers in errors, as in `blocks`. */
  constructor(kind: new (length: number) => Kind, limit: MemoryLimit, trace: string, what: string) {
    this.kind = kind;
    this.limit = limit;
    this.trace = trace;
    this.what = what;
    this.items = new kind(0);
  }

  /** Adds a number. */
  push(value: number): void {
    if (this.length === this.items.length) this.grow();
    this.items[this.length++] = value;
  }

  /** The number at a place, which must be there. */
  at(index: number): number {
    return this.items[index];
  }

  /** The numbers, in an array that is exactly as long; it shares memory with this. */
  finish(): Kind {
    return this.items.subarray(0, this.length) as Kind;
  }

  /** Gives back what it holds. */
  release(): void {
    this.limit.release(this.items.byteLength);
    this.items = new this.kind(0);
    this.length = 0;
  }

  private grow(): void {
    const before = this.items;
    const length = Math.max(FIRST, 2 * before.length);
    const bytes = length * before.BYTES_PER_ELEMENT;
    this.limit.hold(bytes, this.trace, `${this.length} ${this.what} read so far`);
    this.items = new this.kind(length);
    this.items.set(before);
    this.limit.release(before.byteLength);
  }
}
