/**
 * Synthetic streams that walk through their footprint in a fixed order, or jump about in it evenly.
 */
import { plainObject } from '../../engine/checks.js';
import { packReference } from '../../processor/references.js';
import { buildStreams, checkMixed, drawBelow, drawKind, words, type MixedOptions, type Random } from './synthetic.js';
import type { RecordedStream } from '../trace.js';

/** A walk in equal steps. */
export interface StridedOptions extends MixedOptions {
  /** Bytes from one reference to the next, a multiple of 4 up to the footprint. */
  readonly strideBytes: number;
}

/** Word after word, from the beginning again at the end of the footprint. */
export function sequential(options: MixedOptions, random: Random): RecordedStream[] {
  plainObject(options, 'the options of a synthetic stream');
  return strided({ ...options, strideBytes: 4 }, random);
}

/** Every so many bytes; after the last step that fits, from the beginning again. Throws a RangeError for options that do not fit. */
export function strided(options: StridedOptions, random: Random): RecordedStream[] {
  checkMixed(options);
  const { footprintBytes, strideBytes, storePercent } = options;
  words('strideBytes', strideBytes, 4, footprintBytes);
  const steps = Math.ceil(footprintBytes / strideBytes);
  return buildStreams(options, (_, base, i) =>
    packReference(base + (i % steps) * strideBytes, drawKind(random, storePercent)),
  );
}

/** Any word of the footprint with equal chance. Throws a RangeError for options that do not fit. */
export function uniform(options: MixedOptions, random: Random): RecordedStream[] {
  checkMixed(options);
  const { footprintBytes, storePercent } = options;
  return buildStreams(options, (_, base) => {
    const address = base + 4 * drawBelow(random, footprintBytes / 4);
    return packReference(address, drawKind(random, storePercent));
  });
}
