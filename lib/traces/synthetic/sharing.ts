/**
 * Synthetic streams that share memory in the classic patterns: producer and consumers, migratory, read-shared.
 * There are no marks: who comes first follows from the gaps, so streams that run at one speed stay in step.
 */
import { plainObject } from '../../engine/checks.js';
import { ReferenceKind, packReference } from '../../processor/references.js';
import { buildStreams, checkSynthetic, drawBelow, words, type Random, type SyntheticOptions } from './synthetic.js';
import type { RecordedStream } from '../trace.js';

/** All streams share one footprint. */
export type SharedOptions = Omit<SyntheticOptions, 'streamDistanceBytes'>;

/** Shared memory that is passed on in pieces. */
export interface StepOptions extends SharedOptions {
  /** Bytes from one place used to the next, a cache line for example. Divides the footprint. */
  readonly stepBytes: number;
}

/** Stream 0 writes the buffer from one end to the other, again and again; the others read it in the same order. Needs two streams. */
export function producerConsumer(options: StepOptions): RecordedStream[] {
  plainObject(options, 'the options of a synthetic stream');
  const { shared, steps } = checkSteps(options);
  return buildStreams(shared, (stream, base, i) => {
    const kind = stream === 0 ? ReferenceKind.Store : ReferenceKind.Load;
    return packReference(base + (i % steps) * options.stepBytes, kind);
  });
}

/**
 * Every place is read and then written by one stream after the other. The footprint has a part for each stream; when
 * all have gone through their parts, each goes on with the part that its neighbour has left. The number of steps must
 * be a multiple of the number of streams, of which there must be two.
 */
export function migratory(options: StepOptions): RecordedStream[] {
  plainObject(options, 'the options of a synthetic stream');
  const { shared, steps } = checkSteps(options);
  const { streams, stepBytes } = options;
  if (steps % streams !== 0)
    throw new RangeError(`footprintBytes holds ${steps} steps, which ${streams} streams cannot divide evenly`);
  const partSteps = steps / streams;
  return buildStreams(shared, (stream, base, i) => {
    const visit = Math.floor(i / 2);
    const part = (stream + Math.floor(visit / partSteps)) % streams;
    const address = base + (part * partSteps + (visit % partSteps)) * stepBytes;
    return packReference(address, i % 2 === 0 ? ReferenceKind.Load : ReferenceKind.Store);
  });
}

/** All streams load any word of one footprint with equal chance; nobody writes. */
export function readShared(options: SharedOptions, random: Random): RecordedStream[] {
  plainObject(options, 'the options of a synthetic stream');
  const shared = { ...options, streamDistanceBytes: 0 };
  checkSynthetic(shared);
  return buildStreams(shared, (_, base) =>
    packReference(base + 4 * drawBelow(random, options.footprintBytes / 4), ReferenceKind.Load),
  );
}

function checkSteps(options: StepOptions): { readonly shared: SyntheticOptions; readonly steps: number } {
  const shared = { ...options, streamDistanceBytes: 0 };
  checkSynthetic(shared);
  const { streams, footprintBytes, stepBytes } = options;
  if (streams < 2) throw new RangeError(`sharing needs at least two streams, not ${streams}`);
  words('stepBytes', stepBytes, 4, footprintBytes);
  if (footprintBytes % stepBytes !== 0)
    throw new RangeError(`stepBytes (${stepBytes}) must divide footprintBytes (${footprintBytes})`);
  return { shared, steps: footprintBytes / stepBytes };
}
