/**
 * The radix sort of SPLASH-2 as numbers: which keys each pass finds where, how many of each digit each thread has, and where they
 * go. After Blelloch et al., A Comparison of Sorting Algorithms for the Connection Machine CM-2 (SPAA 1991), and Woo et al., The
 * SPLASH-2 Programs (ISCA 1995): each thread counts the digits of its own keys, the counts of all are added up, and each
 * thread moves its keys to their places in another array, one digit a pass, the lowest first.
 */
import { wholeNumber, wholeNumbers } from '../engine/checks.js';
import { randomStream } from '../engine/random.js';

/** Values of a digit. */
export const RADIX = 1024;
/** Keys are below this: the default of SPLASH-2 as recalled, unverified. They have two digits. */
export const KEY_LIMIT = 524_288;
/** Keys of the paper's sort, which it does not say: the default of SPLASH-2 as recalled, unverified. */
const DEFAULT_KEYS = 262_144;

/** Passes over the keys. */
export const PASSES = Math.ceil(Math.log(KEY_LIMIT) / Math.log(RADIX));

/** What is sorted, and by how many. */
export interface RadixOptions {
  /** From 1 up. */
  readonly threads: number;
  /** At least one for each thread. */
  readonly keys: number;
  /** Of the keys, which are uniform. */
  readonly seed: string;
}

/** A sort whose length is that of its keys: the usual number times the scale, and at least one for each thread. */
export function scaledSort(scale: number, { threads, seed }: Pick<RadixOptions, 'threads' | 'seed'>): RadixOptions {
  return { threads, keys: Math.max(threads, Math.round(DEFAULT_KEYS * scale)), seed };
}

/** One pass. Arrays by thread and digit have the place `thread * RADIX + digit`. */
export interface SortPass {
  /** The keys as the pass finds them. */
  readonly keys: Int32Array;
  /** Their digits in this pass. */
  readonly digits: Uint16Array;
  /** Where the first key of a thread with a digit goes. */
  readonly firstPlaces: Int32Array;
}

/** A sort. */
export interface RadixSort {
  readonly threads: number;
  readonly passes: readonly SortPass[];
  readonly sorted: Int32Array;
  /** The first key of each thread, and the end of the last one's. */
  readonly bounds: readonly number[];
}

/** Sorts. Equal options give equal sorts. Throws a RangeError for options out of range. */
export function radixSort({ threads, keys, seed }: RadixOptions): RadixSort {
  wholeNumbers({ threads }, ['threads'], 'radix', 1, 8192);
  wholeNumber(keys, 'radix: keys', threads, 2 ** 26);
  const random = randomStream(seed, 'radix keys');
  const bounds = Array.from({ length: threads + 1 }, (_, thread) => Math.floor((keys * thread) / threads));
  const passes: SortPass[] = [];
  let current = Int32Array.from({ length: keys }, () => random.below(KEY_LIMIT));
  for (let pass = 0; pass < PASSES; pass++) {
    const scale = RADIX ** pass;
    const digits = Uint16Array.from(current, key => Math.floor(key / scale) % RADIX);
    const firstPlaces = placesOf(digits, bounds);
    passes.push({ keys: current, digits, firstPlaces });
    current = moved(current, digits, { bounds, firstPlaces });
  }
  return { threads, passes, sorted: current, bounds };
}

/** Digits in order, and among those of one digit threads in order. */
function placesOf(digits: Uint16Array, bounds: readonly number[]): Int32Array {
  const threads = bounds.length - 1;
  const places = new Int32Array(threads * RADIX);
  for (let thread = 0; thread < threads; thread++)
    for (let i = bounds[thread]; i < bounds[thread + 1]; i++) places[thread * RADIX + digits[i]]++;
  let next = 0;
  for (let digit = 0; digit < RADIX; digit++)
    for (let thread = 0; thread < threads; thread++) {
      const count = places[thread * RADIX + digit];
      places[thread * RADIX + digit] = next;
      next += count;
    }
  return places;
}

function moved(
  keys: Int32Array,
  digits: Uint16Array,
  { bounds, firstPlaces }: Pick<RadixSort, 'bounds'> & Pick<SortPass, 'firstPlaces'>,
): Int32Array<ArrayBuffer> {
  const result = new Int32Array(keys.length);
  const next = firstPlaces.slice();
  for (let thread = 0; thread + 1 < bounds.length; thread++)
    for (let i = bounds[thread]; i < bounds[thread + 1]; i++) result[next[thread * RADIX + digits[i]]++] = keys[i];
  return result;
}
