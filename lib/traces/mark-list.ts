/** The marks of one stream while it is read: what they take is counted before they are made. */
import type { MemoryLimit } from './memory-limit.js';
import type { TraceMark } from './trace.js';

/** What a mark takes, with its place in the list. */
const MARK_BYTES = 64;
/** Marks that are counted at a time. */
const MARKS_HELD = 256;

/** Marks in recorded order. */
export class MarkList {
  /** The marks so far. */
  readonly marks: TraceMark[] = [];
  private room = 0;
  private readonly memory: MemoryLimit;
  private readonly trace: string;

  constructor(memory: MemoryLimit, trace: string) {
    this.memory = memory;
    this.trace = trace;
  }

  /** Adds a mark. */
  push(mark: TraceMark): void {
    if (this.room === 0) {
      this.hold(MARKS_HELD * MARK_BYTES);
      this.room = MARKS_HELD;
    }
    this.room--;
    this.marks.push(mark);
  }

  /** Counts bytes of small objects that are kept with the marks. */
  hold(bytes: number): void {
    this.memory.holdObjects(bytes, this.trace, `${this.marks.length} marks of a stream are read so far`);
  }

  /** Gives bytes back that were counted as small objects. */
  release(bytes: number): void {
    this.memory.releaseObjects(bytes);
  }
}
