/**
 * References that wander over more memory than was recorded: for a program that was recorded on small data and stands for
 * one on large data. Where a recorded page stands is drawn anew every so often; offsets within the page, kinds, order and
 * instructions stay. How often decides the TLB misses, how many pages there are the footprint: two figures to calibrate on a
 * bare machine, and no more than that, since the recorded program never saw such data.
 */
import { list, plainObject, shown, wholeNumber, wholeNumbers } from '../../engine/checks.js';
import type { RandomStream } from '../../engine/random.js';
import type { References } from '../../processor/references.js';
import type { ImageRegion } from './image-pages.js';

/** Which pages wander, and where. */
export interface SpreadOptions {
  /** The recorded pages that wander. */
  readonly from: readonly ImageRegion[];
  /** Where they go. It may be used by others, and read-only pages stay so: nothing is written that was not. */
  readonly to: { readonly firstPage: number; readonly pages: number };
  /** References to a recorded page before it gets another place; from 1 up. */
  readonly references: number;
  readonly random: RandomStream;
}

const USER_PAGES = 2 ** 19;

/** Copies the references, four bytes each, and spreads them; gaps are shared. Throws a RangeError for options out of range. */
export function spreadPages(references: References, options: SpreadOptions): References {
  plainObject(references, 'spreadPages: references');
  plainObject(options, 'spreadPages');
  const { from, to, random } = options;
  list(from, 'spreadPages: from');
  for (const region of from) {
    plainObject(region, 'spreadPages: a region of from');
    wholeNumber(region.firstPage, 'spreadPages: from.firstPage', 0, USER_PAGES - 1);
    wholeNumber(region.pages, 'spreadPages: from.pages', 0, USER_PAGES - region.firstPage);
  }
  plainObject(to, 'spreadPages: to');
  wholeNumbers(to, ['firstPage', 'pages'], 'spreadPages: to');
  if (!Number.isSafeInteger(options.references) || options.references < 1)
    throw new RangeError(`a page wanders after 1 reference or more, not ${shown(options.references)}`);
  if (to.pages < 1 || to.firstPage < 0 || to.firstPage + to.pages > USER_PAGES)
    throw new RangeError(
      `pages cannot wander over ${to.pages} pages from page ${to.firstPage}: user pages end at ${USER_PAGES}`,
    );
  /** By page: references left in its present place, or -1 for a page that does not wander. */
  const left = new Int32Array(USER_PAGES).fill(-1);
  for (const { firstPage, pages } of from) left.fill(0, firstPage, firstPage + pages);
  const place = new Int32Array(USER_PAGES);
  const words = references.words.slice();
  for (let i = 0; i < words.length; i++) {
    const page = words[i] >>> 12;
    if (left[page] < 0) continue;
    if (left[page] === 0) {
      place[page] = to.firstPage + random.below(to.pages);
      left[page] = options.references;
    }
    left[page]--;
    words[i] = (place[page] << 12) | (words[i] & 0xfff);
  }
  return { words, gaps: references.gaps };
}
