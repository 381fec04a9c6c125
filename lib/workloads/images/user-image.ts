/**
 * Program images: the user references of one recorded program, or of threads that share an address space, ready for a guest
 * that executes them in blocks under an operating system of its own. Plain data; many processes may share one image.
 */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import { cutSegments, type Segment } from './image-segments.js';
import { imagePages, imageRegions, type ImagePage, type ImageRegion } from './image-pages.js';
import type { RecordedStream, RecordedTrace } from '../../traces/trace.js';
import { userStreams, type UserStream } from './user-streams.js';

/** How images are made. */
export interface ImageOptions {
  /** Instructions of a segment, about; from 1 up. */
  readonly segmentInstructions: number;
  /** Instructions that are kept of each program or thread, about. All of them unless given. */
  readonly maxInstructions?: number;
  /** Programs with fewer instructions in the window are left out: 0 unless given. */
  readonly minInstructions?: number;
}

/** The pages of an address space. */
export interface ImageSpace {
  /** In order of first touch. */
  readonly pages: readonly ImagePage[];
  /** By address. */
  readonly regions: readonly ImageRegion[];
}

/** One program, alone in its address space. */
export interface UserImage extends ImageSpace {
  /** Trace, processor, task and program. */
  readonly name: string;
  /** References, system calls as marks, and totals. */
  readonly stream: UserStream;
  /** Together the whole stream, but for its tail. */
  readonly segments: readonly Segment[];
  /** By segment: the pages of the heap that it touches. */
  readonly heap: readonly (readonly number[])[];
}

/** Threads in one address space, whose pages are those of all. */
export interface ThreadImages extends ImageSpace {
  readonly name: string;
  /** By thread: references, and synchronisation as marks. See `threadSteps`. */
  readonly threads: readonly RecordedStream[];
}

/**
 * The programs of a whole-system trace, those with most instructions first. Read the trace with `systemCalls` to tell
 * programs of one task apart, and to have the calls as marks. Throws a RangeError for a trace of threads.
 */
export function userImages(trace: RecordedTrace, options: ImageOptions): UserImage[] {
  plainObject(trace, 'userImages: trace');
  plainObject(options, 'userImages');
  const { segmentInstructions, maxInstructions, minInstructions = 0 } = options;
  wholeNumber(segmentInstructions, 'userImages: segmentInstructions', 1);
  if (maxInstructions !== undefined && maxInstructions !== Infinity)
    wholeNumber(maxInstructions, 'userImages: maxInstructions', 1);
  wholeNumber(minInstructions, 'userImages: minInstructions');
  return userStreams(trace, options)
    .filter(({ counts }) => counts.instructions >= minInstructions)
    .toSorted((a, b) => b.counts.instructions - a.counts.instructions)
    .map(stream => userImage(trace.name, stream, options));
}

/** The threads of a user-level trace. Its arrays are shared, not copied. Throws a RangeError for a whole-system trace. */
export function threadImages(trace: RecordedTrace): ThreadImages {
  plainObject(trace, 'threadImages: trace');
  if (trace.system) throw new RangeError(`${trace.name} records a system: its streams are processors, not threads`);
  return { name: trace.name, threads: trace.streams, ...space(trace.streams) };
}

function userImage(trace: string, stream: UserStream, { segmentInstructions }: ImageOptions): UserImage {
  const { processor, task, program } = stream;
  const segments = cutSegments(stream, stream.marks, segmentInstructions);
  const { pages, regions } = space([stream]);
  return {
    name: `${trace}: processor ${processor}, task ${task}, program ${program}`,
    stream,
    segments,
    heap: heapOf(stream, segments, pages),
    pages,
    regions,
  };
}

function heapOf({ words }: UserStream, segments: readonly Segment[], pages: readonly ImagePage[]): number[][] {
  const heap = new Uint8Array(2 ** 19);
  for (const { page, kind } of pages) if (kind === 'heap') heap[page] = 1;
  const last = new Int32Array(2 ** 19).fill(-1);
  return segments.map(({ from, to }, segment) => {
    const found: number[] = [];
    for (let i = from; i < to; i++) {
      const page = words[i] >>> 12;
      if (heap[page] === 0 || last[page] === segment) continue;
      last[page] = segment;
      found.push(page);
    }
    return found;
  });
}

function space(streams: readonly RecordedStream[]): ImageSpace {
  const pages = imagePages(streams);
  return { pages, regions: imageRegions(pages) };
}
