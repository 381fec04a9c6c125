/** What is on a disk. */
import type { LineData } from '../messages/line-data.js';
import { SECTOR_BYTES } from './disk-mechanism.js';

const WORDS = SECTOR_BYTES / 4;

/** Sectors of 128 words. What was never written reads as zeros and takes no room. */
export class Sectors {
  private readonly content = new Map<number, LineData>();
  private readonly count: number;

  constructor(count: number) {
    this.count = count;
  }

  /** The words of a sector, null for zeros. */
  get(sector: number): LineData | null {
    return this.content.get(sector) ?? null;
  }

  /** Takes over the words of a sector; the caller must not change them afterwards. */
  set(sector: number, words: LineData | null): void {
    if (words === null) this.content.delete(sector);
    else this.content.set(sector, words);
  }

  /** A copy of so many sectors. Throws a RangeError if the disk does not have them. */
  peek(sector: number, sectors: number): Int32Array {
    this.check(sector, sectors);
    const words = new Int32Array(sectors * WORDS);
    for (let i = 0; i < sectors; i++) {
      const from = this.content.get(sector + i);
      if (from !== undefined) words.set(from, i * WORDS);
    }
    return words;
  }

  /** Copies words to whole sectors; the last one is filled up with zeros. Throws a RangeError as `peek`. */
  poke(sector: number, words: ArrayLike<number>): void {
    const sectors = Math.ceil(words.length / WORDS);
    this.check(sector, sectors);
    for (let i = 0; i < sectors; i++) {
      const to = new Int32Array(WORDS);
      for (let w = 0; w < WORDS && i * WORDS + w < words.length; w++) to[w] = words[i * WORDS + w]!;
      this.content.set(sector + i, to);
    }
  }

  private check(sector: number, sectors: number): void {
    if (!(Number.isSafeInteger(sector) && Number.isSafeInteger(sectors)) || sector < 0 || sectors < 0)
      throw new RangeError(`there are no ${sectors} sectors from ${sector}`);
    if (sector + sectors > this.count)
      throw new RangeError(`${sectors} sectors from ${sector} do not fit a disk of ${this.count}`);
  }
}
