/** Whose references a drmemtrace file holds, found without reading them: to tell which files belong together. */
import type { TracePart } from './drmemtrace.js';
import { FileType, Marker, RecordBytes, RecordType, recordBytesOf } from './format.js';

/** What a file says about itself. */
export interface TraceIdentity {
  /** Numbers of its processes; empty where none is recorded. */
  readonly processes: ReadonlySet<bigint>;
  /** Its threads, each with its process: `10/11`, or `/11` without one. */
  readonly threads: ReadonlySet<string>;
  /** Whether it holds the threads of a core, not of a program. */
  readonly byCore: boolean;
  /** The bits of its file type, 0 without. */
  readonly fileType: number;
  /** Times of the first and the last timestamp, in microseconds; undefined without. */
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
}

/** Looks through the parts of one file. What is broken in it is left for the reader to say. */
export function identify(parts: readonly TracePart[]): TraceIdentity {
  const processes = new Set<bigint>();
  const threads = new Set<string>();
  let fileType = 0;
  let from: bigint | undefined;
  let to: bigint | undefined;
  let recordBytes: number = RecordBytes.Wide;
  let thread: bigint | undefined;
  let process: bigint | undefined;
  const processOf = new Map<bigint, bigint>();
  const note = (): void => {
    if (thread !== undefined) threads.add(`${process ?? ''}/${thread}`);
  };
  for (const { bytes } of parts) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    recordBytes = recordBytesOf(bytes) ?? recordBytes;
    const wide = recordBytes === RecordBytes.Wide;
    for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes) {
      const type = view.getUint16(at, true);
      if (type !== RecordType.Thread && type !== RecordType.Process && type !== RecordType.Marker) continue;
      const value = (): bigint => (wide ? view.getBigInt64(at + 4, true) : BigInt(view.getInt32(at + 4, true)));
      if (type === RecordType.Thread) {
        note();
        thread = value();
        process = processOf.get(thread) ?? process;
      } else if (type === RecordType.Process) {
        process = value();
        processes.add(process);
        if (thread !== undefined) processOf.set(thread, process);
      } else if (view.getUint16(at + 2, true) === Marker.Timestamp) {
        const time = value();
        if (from === undefined || time < from) from = time;
        if (to === undefined || time > to) to = time;
      } else if (view.getUint16(at + 2, true) === Marker.FileType) {
        fileType |= view.getUint32(at + 4, true);
      }
    }
    note();
  }
  return { processes, threads, byCore: (fileType & FileType.CoreSharded) !== 0, fileType, from, to };
}
