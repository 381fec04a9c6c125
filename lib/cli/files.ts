/** Files: traces in, reports out. A report appears whole or not at all. */
import { accessSync, constants, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { detectFormat, readTrace, type TraceFormat } from '../workloads/detect.js';
import { readDrmemtrace } from '../workloads/drmemtrace.js';
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

/**
 * Reads a trace from a file or a pipe: plain, gzip, or a zip of drmemtrace chunks. Throws a TraceError or UsageError that names
 * the file.
 */
export async function readTraceFile(path: string, options: TraceFileOptions): Promise<RecordedTrace> {
  const { memory, format } = options;
  const name = basename(path).replace(/\.gz$/, '');
  const check = (beginning: Uint8Array): void => checkBeginning(beginning, name, format);
  const bytes = await readInput(path, name, { memory, check });
  const trace = parsed(bytes, path, { ...options, name });
  memory.release(bytes.length);
  return { ...trace, name: trace.name.replace(/\.ntr$/, '') };
}

function parsed(bytes: Uint8Array, path: string, options: TraceFileOptions & { readonly name: string }): RecordedTrace {
  const { format, name, memory } = options;
  if (!isZip(bytes)) return readTrace(bytes, options, format);
  if (format !== undefined && format !== 'drmemtrace')
    throw new UsageError(`${path} is a zip archive, which can only hold drmemtrace, not ${format}`);
  const parts = zipEntries(bytes, name).map(entry => {
    memory.hold(entry.sizeBytes, name, `its entry ${entry.name} states ${sizeText(entry.sizeBytes)}`);
    return { name: entry.name, bytes: readZipEntry(bytes, name, entry, data => unpack(name, entry, data)) };
  });
  const trace = readDrmemtrace(parts, options);
  for (const part of parts) memory.release(part.bytes.length);
  return trace;
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
