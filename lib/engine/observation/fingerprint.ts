/** A 64-bit digest of the ordered event stream of a run. Equal runs have equal fingerprints; observers leave it alone. */

/** Accumulates integers in order. Not cryptographic. */
export class Fingerprint {
  /** The two words of the digest of the events so far. Only `event` changes them. */
  low = 0x243f6a88 | 0;
  /** See `low`. */
  high = 0x85a308d3 | 0;

  /** Takes in one event: its time in ticks, the rank of its receiver, and what it carries. */
  event(time: number, receiver: number, content: number): void {
    // Ticks above 2^32 matter too: `| 0` keeps the low word, the quotient the high one.
    const a = Math.imul(this.low ^ (time | 0), 0x9e3779b1) ^ receiver;
    const b = Math.imul(this.high ^ content, 0x85ebca77) + ((time / 0x100000000) | 0);
    this.low = (a ^ (b >>> 15)) + b;
    this.high = Math.imul(b ^ (a >>> 13), 0xc2b2ae3d) | 0;
    this.low |= 0;
  }

  /** Sixteen hexadecimal digits. */
  toString(): string {
    return fingerprintText(this.high, this.low);
  }
}

/** The sixteen hexadecimal digits of a fingerprint's two words. */
export function fingerprintText(high: number, low: number): string {
  const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
  return hex(high) + hex(low);
}
