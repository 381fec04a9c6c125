/**
 * Synthetic streams with locality: a few items that are used often, or a working set that moves.
 */
import { finiteNumber } from '../../engine/checks.js';
import { packReference } from '../../processor/references.js';
import {
  buildStreams,
  checkMixed,
  drawBelow,
  drawKind,
  whole,
  words,
  type MixedOptions,
  type Random,
} from './synthetic.js';
import type { RecordedStream } from '../trace.js';

/** Items with popularity by rank. */
export interface ZipfOptions extends MixedOptions {
  /** Size of an item: a page, a line, a record. Divides the footprint. */
  readonly itemBytes: number;
  /** How fast popularity falls: item k (from 1) has weight 1 / k^exponent. A multiple of 1/4, from 0 to 4. */
  readonly exponent: number;
}

/** Phases of locality. */
export interface WorkingSetOptions extends MixedOptions {
  /** Memory used within one phase; at most the footprint. */
  readonly workingSetBytes: number;
  /** References until the working set moves to another random place. */
  readonly phaseReferences: number;
  /** Working sets begin at multiples of this, a page for example. Divides footprint and working set. */
  readonly alignBytes: number;
}

const drawRange = 2 ** 32;
const mostItems = 2 ** 22;

/**
 * Zipf's law: the first item of the footprint is the most popular; within an item any word with equal chance.
 * Throws a RangeError for options that do not fit.
 */
export function zipf(options: ZipfOptions, random: Random): RecordedStream[] {
  checkMixed(options);
  const { footprintBytes, itemBytes, exponent, storePercent } = options;
  finiteNumber(exponent, 'exponent', 0, 4);
  words('itemBytes', itemBytes, 4, footprintBytes);
  divides('itemBytes', itemBytes, 'footprintBytes', footprintBytes);
  whole('footprintBytes / itemBytes', footprintBytes / itemBytes, 1, mostItems);
  if (!Number.isInteger(exponent * 4) || exponent < 0 || exponent > 4) {
    throw new RangeError(`exponent is ${exponent}; it must be a multiple of 1/4 from 0 to 4`);
  }
  const bounds = zipfBounds(footprintBytes / itemBytes, exponent);
  return buildStreams(options, (_, base) => {
    const item = firstAbove(bounds, drawBelow(random, drawRange));
    const address = base + item * itemBytes + 4 * drawBelow(random, itemBytes / 4);
    return packReference(address, drawKind(random, storePercent));
  });
}

/** Any word of a window with equal chance; the window moves from time to time. Throws a RangeError for options that do not fit. */
export function workingSet(options: WorkingSetOptions, random: Random): RecordedStream[] {
  checkMixed(options);
  const { footprintBytes, workingSetBytes, phaseReferences, alignBytes, storePercent } = options;
  words('workingSetBytes', workingSetBytes, 4, footprintBytes);
  words('alignBytes', alignBytes, 4, workingSetBytes);
  whole('phaseReferences', phaseReferences, 1, 2 ** 31);
  divides('alignBytes', alignBytes, 'footprintBytes', footprintBytes);
  divides('alignBytes', alignBytes, 'workingSetBytes', workingSetBytes);
  const places = (footprintBytes - workingSetBytes) / alignBytes + 1;
  let window = 0;
  return buildStreams(options, (_, base, i) => {
    if (i % phaseReferences === 0) window = alignBytes * drawBelow(random, places);
    const address = base + window + 4 * drawBelow(random, workingSetBytes / 4);
    return packReference(address, drawKind(random, storePercent));
  });
}

/**
 * Item k is drawn by the numbers from bound k - 1 up to, but not including, bound k, of 2^32 numbers in all.
 * Powers are products and square roots, which IEEE 754 rounds exactly: every engine computes the same bounds.
 */
function zipfBounds(items: number, exponent: number): Float64Array {
  const sums = new Float64Array(items);
  let sum = 0;
  for (let k = 1; k <= items; k++) {
    sum += 1 / power(k, exponent);
    sums[k - 1] = sum;
  }
  return sums.map(partial => Math.round((partial / sum) * drawRange));
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = Math.floor(exponent); i > 0; i--) result *= base;
  const quarters = (exponent % 1) * 4;
  if (quarters >= 2) result *= Math.sqrt(base);
  if (quarters % 2 === 1) result *= Math.sqrt(Math.sqrt(base));
  return result;
}

function firstAbove(bounds: Float64Array, draw: number): number {
  let low = 0;
  let high = bounds.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle] > draw) high = middle;
    else low = middle + 1;
  }
  return low;
}

function divides(name: string, part: number, wholeName: string, total: number): void {
  if (total % part !== 0) throw new RangeError(`${name} (${part}) must divide ${wholeName} (${total})`);
}
