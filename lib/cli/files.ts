/** Files: traces in, reports out. A report appears whole or not at all. */
import { accessSync, constants, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { detectFormat, readTrace, type TraceFormat } from '../workloads/detect.js';
import { readDrmemtrace, type TracePart } from '../workloads/drmemtrace.js';
import { sizeText, type MemoryLimit } from '../workloads/memory-limit.js';
import { checkNtrStart } from '../workloads/ntr.js';
import { TraceError, type RecordedTrace } from '../workloads/trace.js';
import { readZipEntry, zipEntries, type ZipEntry } from '../workloads/zip.js';
import { UsageError } from './errors.js';
import { readInput, reason } from './input-bytes.js';

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

/** Writes a file by way of a temporary one beside it, so that nobody ever sees half of it. A symbolic link is followed. */
export function writeWhole(path: string, content: string): void {
  const target = realpath(path);
  const temporary = `${target}.${process.pid}.part`;
  try {
    // Nobody else's file is taken for the temporary one.
    writeFileSync(temporary, content, { flag: 'wx' });
    renameSync(temporary, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' && existsSync(temporary)) rmSync(temporary);
    throw new UsageError(`cannot write ${path}: ${reason(error)}`);
  }
}

/** Throws a UsageError now if a file could not be written later, or would replace one of the inputs. */
export function checkWritable(path: string, inputs: readonly string[] = []): void {
  try {
    if (/(^|[/\\])$/.test(path)) throw new Error('it names no file');
    const target = realpath(path);
    const folder = dirname(target);
    if (!statSync(folder).isDirectory()) throw new Error(`${dirname(path)} is not a folder`);
    accessSync(folder, constants.W_OK);
    checkReplaceable(target);
    if (inputs.some(input => realpath(input) === target)) throw new Error('it is a trace that is to be read');
  } catch (error) {
    throw new UsageError(`cannot write ${path || '""'}: ${reason(error)}`);
  }
}

/** What is there already may be replaced: a file that may be written. Devices and pipes would be gone, and nothing written to them. */
function checkReplaceable(target: string): void {
  const present = statSync(target, { throwIfNoEntry: false });
  if (present === undefined) return;
  if (present.isDirectory()) throw new Error('it is a folder');
  if (!present.isFile()) throw new Error('it is a device or a pipe, not a file');
  // The mode too: access is granted to a superuser, who did not mean a file that nobody may write either.
  if ((present.mode & 0o222) === 0) throw new Error('it is read-only');
  accessSync(target, constants.W_OK);
}

/** The path without symbolic links; what is not there yet is taken as it is. */
function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
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
