/**
 * References over a larger design than was recorded: each recorded page stands for several of its own, one of which it is for a
 * while. Unlike `spreadPages`, which deals all pages alike, it keeps the recorded skew: pages that were used most have copies
 * that are used most. Offsets within the page, kinds, order and instructions stay.
 */
import { wholeNumbers } from '../../engine/checks.js';
import type { RandomStream } from '../../engine/random.js';
import type { References } from '../../processor/references.js';

/** Which pages are multiplied, and where their copies are. */
export interface MultiplyOptions {
  /** Recorded pages. The copies of each lie side by side, in this order. */
  readonly from: readonly number[];
  readonly firstPage: number;
  /** Copies of each page, from 1 up. */
  readonly copies: number;
  /** References to a recorded page before it is another one of its copies; from 1 up. */
  readonly references: number;
  readonly random: RandomStream;
}

const USER_PAGES = 2 ** 19;

/** Copies the references, four bytes each, and multiplies pages; gaps are shared. Throws a RangeError for options out of range. */
export function multiplyPages(references: References, options: MultiplyOptions): References {
  const { from, firstPage, copies, random } = options;
  wholeNumbers(options, ['copies', 'references'], 'multiplyPages', 1);
  wholeNumbers({ firstPage }, ['firstPage'], 'multiplyPages', 0, USER_PAGES - from.length * copies);
  /** By page: its first copy, or -1 for a page that is not multiplied; its present copy; references left there. */
  const first = new Int32Array(USER_PAGES).fill(-1);
  const place = new Int32Array(USER_PAGES);
  const left = new Int32Array(USER_PAGES);
  from.forEach((page, index) => (first[page] = firstPage + index * copies));
  const words = references.words.slice();
  for (let i = 0; i < words.length; i++) {
    const page = words[i] >>> 12;
    if (first[page] < 0) continue;
    if (left[page] === 0) {
      place[page] = first[page] + random.below(copies);
      left[page] = options.references;
    }
    left[page]--;
    words[i] = (place[page] << 12) | (words[i] & 0xfff);
  }
  return { words, gaps: references.gaps };
}
