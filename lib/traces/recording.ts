/**
 * A stream while it is being read: references in growing typed arrays, cut to length at the end.
 * A reference of the instruction with index p (0 is the first of the stream) has the gap p - q, where q is the index
 * of the instruction of the reference before it, and 0 for the first. So gaps and tail add up to all instructions.
 */
import { plainObject, shown } from '../engine/checks.js';
import { ReferenceKind } from '../processor/references.js';
import { MemoryLimit } from './memory-limit.js';
import { TraceError, type ReadOptions, type RecordedStream, type TraceMark } from './trace.js';

/** Longest gap that fits into the packed form, in instructions. */
export const longestGap = 0xffff;
/** Most references that one stream may hold in memory. */
export const mostReferences = 2 ** 27;

/** Bytes of a reference: a word and a gap. */
const REFERENCE_BYTES = 6;
/** Room of a stream with a first reference. */
const FIRST = 64;
/** What a stream takes without any reference, with what its reader keeps beside it. */
const STREAM_BYTES = 1024;

/** Collects the references of one stream. */
export class StreamRecording {
  /** Packed references; only the first `length` are valid. Replaced when it grows. */
  words = new Int32Array(0);
  /** References so far. */
  length = 0;
  /** Instructions so far; the reader keeps it. */
  instructions = 0;
  /** Loads so far; the reader keeps it. */
  loads = 0;
  /** Stores so far; the reader keeps it. */
  stores = 0;
  /** Repeated fetches that were put in because a gap was too long. */
  repeatedFetches = 0;
  private gaps = new Uint16Array(0);
  private last = 0;
  private readonly trace: string;
  private readonly memory: MemoryLimit;

  constructor(trace: string, memory = new MemoryLimit()) {
    this.trace = trace;
    this.memory = memory;
    memory.hold(STREAM_BYTES, trace, 'streams without a reference are read');
  }

  /** Adds the next reference. `position` is the index of its instruction and must not fall. */
  append(word: number, position: number): void {
    if (position - this.last > longestGap) this.bridge(position);
    if (this.length === this.words.length) this.grow();
    this.words[this.length] = word;
    this.gaps[this.length++] = position - this.last;
    this.last = position;
  }

  /** Ends the stream. The arrays of the result belong to the caller. */
  finish(marks: readonly TraceMark[]): RecordedStream {
    const { instructions, loads, stores } = this;
    const tail = instructions - this.last;
    const counts = { instructions, loads, stores };
    const capacity = this.words.length;
    this.memory.hold(this.length * REFERENCE_BYTES, this.trace, `${this.length} references of a stream are read`);
    this.memory.release(capacity * REFERENCE_BYTES);
    return { words: this.words.slice(0, this.length), gaps: this.gaps.slice(0, this.length), marks, tail, counts };
  }

  /** Counts every reference as one instruction: for sources that do not record instructions. */
  countReferences(): void {
    this.gaps.fill(1, 1, this.length);
    this.last = this.length - 1;
    this.instructions = this.length;
  }

  /** Only a loop inside one line without data references gets here: its line is fetched again. */
  private bridge(position: number): void {
    let i = this.length - 1;
    while (i >= 0 && (this.words[i] & 3) !== ReferenceKind.Fetch) i--;
    if (i < 0)
      throw new TraceError(`${this.trace}: ${position - this.last} instructions without a fetch or a reference`);
    const fetch = this.words[i];
    while (position - this.last > longestGap) {
      this.append(fetch, this.last + longestGap);
      this.repeatedFetches++;
    }
  }

  private grow(): void {
    if (this.length >= mostReferences) {
      throw new TraceError(
        `${this.trace}: a stream has more than ${mostReferences} references; cut the trace into shorter windows`,
      );
    }
    const capacity = Math.max(FIRST, this.length * 2);
    this.memory.hold(capacity * REFERENCE_BYTES, this.trace, `${this.length} references of a stream are read so far`);
    const words = new Int32Array(capacity);
    const gaps = new Uint16Array(capacity);
    words.set(this.words);
    gaps.set(this.gaps);
    this.words = words;
    this.gaps = gaps;
    this.memory.release(this.length * REFERENCE_BYTES);
  }
}

/** log2 of the fetch line size. Throws a RangeError unless it is a power of two from 4 bytes to a page of 4096. */
export function fetchLineShift(options: ReadOptions): number {
  plainObject(options, 'the options of a reader');
  const bytes = options.fetchLineBytes;
  const shift = 31 - Math.clz32(bytes);
  if (shift < 2 || shift > 12 || bytes !== 1 << shift) {
    throw new RangeError(`fetchLineBytes is ${shown(bytes)}; it must be a power of two from 4 to 4096`);
  }
  return shift;
}
