/**
 * Reader of DynamoRIO drmemtrace offline traces (post-processed): records of u16 type, u16 size and an address of 64 bits,
 * or of 32 where a 32-bit DynamoRIO recorded. What the numbers mean stands in `drmemtrace/format.ts`.
 */
import { DrmemtraceReader } from './reader.js';
import type { ReadOptions, RecordedTrace } from '../trace.js';

/** A decompressed file, or one chunk of it. Chunks of a file come one after the other. */
export interface TracePart {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The file that the part is a chunk of; its own name unless given. */
  readonly file?: string;
}

/**
 * Reads the parts of one trace. Each thread becomes a stream, in order of appearance; in a core-sharded trace, each core. Each
 * process has pages of its own. A part without a thread record goes on with the thread of the part before. Throws a
 * TraceError with part, record number and byte offset.
 */
export function readDrmemtrace(parts: readonly TracePart[], options: ReadOptions): RecordedTrace {
  const reader = new DrmemtraceReader(options);
  for (const part of parts) reader.read(part);
  return reader.finish();
}
