/** Trace files: plain, gzip, or a zip of drmemtrace chunks. */
import { basename } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { detectFormat, readTrace, type TraceFormat } from '../../traces/formats/detect.js';
import { readDrmemtrace, type TracePart } from '../../traces/drmemtrace/drmemtrace.js';
import { sizeText, type MemoryLimit } from '../../traces/memory-limit.js';
import { checkNtrStart } from '../../traces/ntr/ntr.js';
import { TraceError, type RecordedTrace } from '../../traces/trace.js';
import { readZipEntry, zipEntries, type ZipEntry } from '../../traces/formats/zip.js';
import { UsageError } from '../errors.js';
import { readInput } from './input-bytes.js';
import { progress } from '../process/progress.js';

/** How traces are read. */
export interface TraceFileOptions {
  /** The format; found by content if it is left out. */
  readonly format?: TraceFormat | undefined;
  readonly fetchLineBytes: number;
  /** What may be held, by all traces of a command together. */
  readonly memory: MemoryLimit;
}

/** Bytes of the beginning that are looked at, a multiple of the records of all formats. */
const RECORDS = 192;

/** A trace file without its compression. What it holds counts in the limit until `heldBytes` are released. */
export interface Unpacked {
  readonly name: string;
  /** Its content, unless it is drmemtrace. */
  readonly bytes?: Uint8Array;
  /** Its chunks, if it is drmemtrace; one if it has none. */
  readonly parts?: readonly TracePart[];
  readonly heldBytes: number;
}

/**
 * Reads a trace from a file or a pipe: plain, gzip, or a zip of drmemtrace chunks. Throws a TraceError or UsageError that names
 * the file.
 */
export async function readTraceFile(path: string, options: TraceFileOptions): Promise<RecordedTrace> {
  const unpacked = await unpackTraceFile(path, options);
  const trace = readUnpacked(unpacked, options);
  options.memory.release(unpacked.heldBytes);
  return trace;
}

/** Reads what `unpackTraceFile` gave. Throws a TraceError. */
export function readUnpacked({ name, bytes, parts }: Unpacked, options: TraceFileOptions): RecordedTrace {
  const named = { ...options, name };
  const trace = bytes === undefined ? readDrmemtrace(parts ?? [], named) : readTrace(bytes, named, options.format);
  return { ...trace, name: trace.name.replace(/\.ntr$/, '') };
}

/** The content of a trace file or pipe. Throws a TraceError or UsageError that names the file. */
export async function unpackTraceFile(path: string, { memory, format }: TraceFileOptions): Promise<Unpacked> {
  progress.at(`reading ${path}`);
  const name = basename(path).replace(/\.gz$/, '');
  const check = (beginning: Uint8Array): void => checkBeginning(beginning, name, format);
  const bytes = await readInput(path, name, { memory, check });
  if (!isZip(bytes)) {
    const content = { name, heldBytes: bytes.length };
    return (format ?? detectFormat(bytes, name)) === 'drmemtrace'
      ? { ...content, parts: [{ name, bytes }] }
      : { ...content, bytes };
  }
  if (format !== undefined && format !== 'drmemtrace')
    throw new UsageError(`${path} is a zip archive, which can only hold drmemtrace, not ${format}`);
  const parts = zipEntries(bytes, name).map(entry => {
    memory.hold(entry.sizeBytes, name, `its entry ${entry.name} states ${sizeText(entry.sizeBytes)}`);
    const content = readZipEntry(bytes, name, entry, data => unpack(name, entry, data));
    return { name: entry.name, bytes: content, file: name };
  });
  return { name, parts, heldBytes: parts.reduce((sum, part) => sum + part.bytes.length, bytes.length) };
}

/** Throws a TraceError if the beginning of an input shows that the whole cannot be read. */
function checkBeginning(beginning: Uint8Array, name: string, format: TraceFormat | undefined): void {
  if (isZip(beginning)) return;
  const whole = beginning.subarray(0, beginning.length - (beginning.length % RECORDS));
  if ((format ?? detectFormat(whole, name)) === 'NTR1') checkNtrStart(beginning, name);
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** Inflates an entry of an archive, to at most the size that its directory states. */
function unpack(name: string, entry: ZipEntry, compressed: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(compressed, { maxOutputLength: Math.max(1, entry.sizeBytes) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new TraceError(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `${name}: ${entry.name} has more bytes than the ${entry.sizeBytes} that the directory states`
        : `${name}: the compressed data are damaged or cut short: ${message}`,
    );
  }
}
