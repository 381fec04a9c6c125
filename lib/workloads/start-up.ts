/** How long-running programs begin: they touch what they will use, so that what is measured is not the touching. */
import type { RandomStream } from '../engine/random.js';
import { load, store } from '../processor/operations.js';
import { sginap } from '../guest/commodity/calls/system-calls.js';
import { measure } from './guest-workload.js';
import type { ImageSpace } from './images/user-image.js';
import type { Code } from '../system/code.js';

/** Bytes of a page. */
const PAGE_BYTES = 4096;

/** Touches every page of an image once: stores where the program stores, loads elsewhere. */
export function* touchPages({ pages }: ImageSpace): Code {
  for (const { page, stores } of pages) yield stores > 0 ? store(page * PAGE_BYTES, 0) : load(page * PAGE_BYTES);
}

/** Touches the pages of an image that come from the file of its program: with loads, so that none is copied. */
export function* touchFile({ pages }: ImageSpace): Code {
  for (const { page, kind } of pages) if (kind !== 'heap' && kind !== 'stack') yield load(page * PAGE_BYTES);
}

/**
 * Touches every page of an image once, with stores but for text, in an order that is drawn from `random`: a program that builds its
 * data here and there.
 */
export function* touchScattered({ pages }: ImageSpace, random: RandomStream): Code {
  const left = [...pages];
  while (left.length > 0) {
    const [{ page, kind }] = left.splice(random.below(left.length), 1);
    yield kind !== 'text' ? store(page * PAGE_BYTES, 0) : load(page * PAGE_BYTES);
  }
}

/** Touches consecutive pages with stores. */
export function* touchRange(firstPage: number, pages: number): Code {
  for (let page = firstPage; page < firstPage + pages; page++) yield store(page * PAGE_BYTES, 0);
}

/** Says that the process may be measured, and lets those run first that have not got so far. */
export function* started(): Code {
  yield measure();
  yield sginap();
}
