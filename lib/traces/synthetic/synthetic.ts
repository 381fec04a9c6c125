/**
 * What all synthetic streams have in common: their dimensions, the packing of references, and the trace around them.
 */
import { callable, list, plainObject, shown } from '../../engine/checks.js';
import { ReferenceKind } from '../../processor/references.js';
import { longestGap, mostReferences } from '../recording.js';
import type { RecordedStream, RecordedTrace } from '../trace.js';

/** Uniform in [0, 1): a named random stream of the simulation. */
export type Random = () => number;

/** Dimensions of synthetic streams. Addresses and sizes are bytes, multiples of 4, in the user half below 0x80000000. */
export interface SyntheticOptions {
  readonly streams: number;
  /** References of each stream. */
  readonly references: number;
  /** Where the footprint of stream 0 begins. */
  readonly baseAddress: number;
  /** Memory that one stream refers to. */
  readonly footprintBytes: number;
  /** Distance between the footprints of consecutive streams: 0 for one footprint shared by all, `footprintBytes` for private ones. */
  readonly streamDistanceBytes: number;
  /** Instructions before each reference, its own included; at least 1. */
  readonly gapInstructions: number;
}

/** Streams that mix loads and stores. */
export interface MixedOptions extends SyntheticOptions {
  /** Share of stores, a whole number from 0 to 100. Which references are stores is drawn at random. */
  readonly storePercent: number;
}

const userBytes = 0x80000000;
const mostStreams = 1024;

/** Throws a RangeError that names the option unless the dimensions fit. */
export function checkSynthetic(options: SyntheticOptions): void {
  plainObject(options, 'the options of a synthetic stream');
  const { streams, references, baseAddress, footprintBytes, streamDistanceBytes, gapInstructions } = options;
  whole('streams', streams, 1, mostStreams);
  whole('references', references, 1, mostReferences);
  whole('gapInstructions', gapInstructions, 1, longestGap);
  words('baseAddress', baseAddress, 0, userBytes - 4);
  words('footprintBytes', footprintBytes, 4, userBytes);
  words('streamDistanceBytes', streamDistanceBytes, 0, userBytes);
  const end = baseAddress + (streams - 1) * streamDistanceBytes + footprintBytes;
  if (end > userBytes) throw new RangeError(`the footprints end at 0x${end.toString(16)}, beyond 0x80000000`);
}

/** Throws a RangeError unless the share of stores fits, too. */
export function checkMixed(options: MixedOptions): void {
  checkSynthetic(options);
  whole('storePercent', options.storePercent, 0, 100);
}

/** Throws a RangeError unless `value` is a whole number in the range, both ends included. */
export function whole(name: string, value: number, lowest: number, highest: number): void {
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw new RangeError(`${name} is ${shown(value)}; it must be a whole number from ${lowest} to ${highest}`);
  }
}

/** Throws a RangeError unless `value` is a multiple of 4 in the range, both ends included. */
export function words(name: string, value: number, lowest: number, highest: number): void {
  whole(name, value, lowest, highest);
  if (value % 4 !== 0) throw new RangeError(`${name} is ${value}; it must be a multiple of 4`);
}

/** A random whole number below `limit`. */
export function drawBelow(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** ReferenceKind.Store in `storePercent` of 100 draws, else Load. Draws nothing when the answer is certain. */
export function drawKind(random: Random, storePercent: number): number {
  if (storePercent === 0) return ReferenceKind.Load;
  if (storePercent === 100) return ReferenceKind.Store;
  return drawBelow(random, 100) < storePercent ? ReferenceKind.Store : ReferenceKind.Load;
}

/**
 * One stream after another; `next` gives the packed reference number i of a stream whose footprint begins at `base`.
 * References are asked for in order.
 */
export function buildStreams(
  options: SyntheticOptions,
  next: (stream: number, base: number, i: number) => number,
): RecordedStream[] {
  checkSynthetic(options);
  callable(next, 'buildStreams: next');
  const { streams, references, baseAddress, streamDistanceBytes, gapInstructions } = options;
  return Array.from({ length: streams }, (_, stream) => {
    const packed = new Int32Array(references);
    let stores = 0;
    for (let i = 0; i < references; i++) {
      packed[i] = next(stream, baseAddress + stream * streamDistanceBytes, i);
      stores += packed[i] & ReferenceKind.Store;
    }
    const counts = { instructions: references * gapInstructions, loads: references - stores, stores };
    return { words: packed, gaps: new Uint16Array(references).fill(gapInstructions), marks: [], tail: 0, counts };
  });
}

/** A user-level trace around synthetic streams. It lacks nothing: streams are threads. */
export function syntheticTrace(name: string, streams: readonly RecordedStream[]): RecordedTrace {
  list(streams, `trace ${name}: streams`);
  if (streams.length === 0) throw new RangeError(`trace ${name} has no streams`);
  const remarks = ['Synthetic: no instruction fetches, no synchronisation marks.'];
  return { name, format: 'synthetic', system: false, description: 'Synthetic streams.', streams, lacks: [], remarks };
}
