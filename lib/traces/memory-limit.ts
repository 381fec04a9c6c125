/**
 * How much memory readers may hold, counted while it grows: what they allocate, not what a file states, and not what the
 * process has. So the same file meets the same limit on every machine.
 */
import { wholeNumber } from '../engine/checks.js';
import { TraceError, type ReadOptions } from './trace.js';

/** What readers may hold unless told otherwise: 4 GB. */
export const USUAL_MEMORY_BYTES = 4 * 2 ** 30;
/** Most of it that may be small objects (marks, mappings), which live in the heap of JavaScript: 1 GB. */
const MOST_OBJECT_BYTES = 2 ** 30;

/** One limit; the readers of a command share it. */
export class MemoryLimit {
  /** The limit. */
  readonly bytes: number;
  private heldBytes = 0;
  private objectBytes = 0;

  /** Throws a RangeError unless `bytes` is a whole number from 1 up. */
  constructor(bytes = USUAL_MEMORY_BYTES) {
    wholeNumber(bytes, 'a memory limit, in bytes,', 1);
    this.bytes = bytes;
  }

  /** Bytes held now. */
  get held(): number {
    return this.heldBytes;
  }

  /** Bytes that may still be taken. */
  get left(): number {
    return this.bytes - this.heldBytes;
  }

  /** Takes bytes before they are allocated. `sofar` says what has been read, for the TraceError when the limit is met. */
  hold(bytes: number, trace: string, sofar: string): void {
    if (bytes > this.left) throw new TraceError(`${trace}: ${this.problem(this.bytes, 'memory', sofar)}`);
    this.heldBytes += bytes;
  }

  /** Takes bytes for small objects: they count in both limits. */
  holdObjects(bytes: number, trace: string, sofar: string): void {
    const most = Math.min(this.bytes, MOST_OBJECT_BYTES);
    if (this.objectBytes + bytes > most) {
      throw new TraceError(`${trace}: ${this.problem(most, 'marks and mappings', sofar)}`);
    }
    this.hold(bytes, trace, sofar);
    this.objectBytes += bytes;
  }

  /** Gives bytes back. */
  release(bytes: number): void {
    this.heldBytes -= bytes;
  }

  /** Gives bytes of small objects back. */
  releaseObjects(bytes: number): void {
    this.heldBytes -= bytes;
    this.objectBytes -= bytes;
  }

  private problem(most: number, what: string, sofar: string): string {
    const advice = most === this.bytes ? ', or allow more (--max-memory)' : '';
    return `needs more than the ${sizeText(most)} of ${what} that may be held (${sofar}); cut it into shorter windows${advice}`;
  }
}

/** Options with a limit: the one that they have, or one for this trace alone. */
export function withMemory<Options extends ReadOptions>(options: Options): Options & { readonly memory: MemoryLimit } {
  return { ...options, memory: options.memory ?? new MemoryLimit() };
}

/** `4 GB`, `1.5 MB`, `200 bytes`. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['GB', 2 ** 30],
    ['MB', 2 ** 20],
    ['KB', 2 ** 10],
  ] as const)
    // prettier-ignore
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}`;
  return `${bytes} bytes`;
}
