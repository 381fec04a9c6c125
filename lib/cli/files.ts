/** Files: traces in, reports out. A report appears whole or not at all. */
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { detectFormat, readTrace, type TraceFormat } from '../workloads/detect.js';
import { readDrmemtrace, type TracePart } from '../workloads/drmemtrace.js';
import { TraceError, type RecordedTrace } from '../workloads/trace.js';
import { readZipEntry, zipEntries } from '../workloads/zip.js';
import { UsageError } from './errors.js';

/** The largest trace file that is read, in bytes. */
const LARGEST = 2 ** 31 - 1;

/** A trace file without its compression. */
export interface Unpacked {
  readonly name: string;
  /** Its content, unless it is drmemtrace. */
  readonly bytes?: Uint8Array;
  /** Its chunks, if it is drmemtrace; one if it has none. */
  readonly parts?: readonly TracePart[];
}

/** Reads a trace file: plain, gzip, or a zip of drmemtrace chunks. Throws a TraceError or UsageError that names the file. */
export function readTraceFile(path: string, format: TraceFormat | undefined, fetchLineBytes: number): RecordedTrace {
  return readUnpacked(unpackTraceFile(path, format), format, fetchLineBytes);
}

/** Reads a file that `unpackTraceFile` gave. */
export function readUnpacked(
  { name, bytes, parts }: Unpacked,
  format: TraceFormat | undefined,
  fetchLineBytes: number,
): RecordedTrace {
  const options = { name, fetchLineBytes };
  const trace = bytes === undefined ? readDrmemtrace(parts ?? [], options) : readTrace(bytes, options, format);
  return { ...trace, name: trace.name.replace(/\.ntr$/, '') };
}

/** The content of a trace file: plain, gzip, or a zip of drmemtrace chunks. Throws a TraceError or UsageError that names the file. */
export function unpackTraceFile(path: string, format: TraceFormat | undefined): Unpacked {
  const bytes = readBytes(path);
  const name = basename(path).replace(/\.gz$/, '');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    if (format !== undefined && format !== 'drmemtrace')
      throw new UsageError(`${path} is a zip archive, which can only hold drmemtrace, not ${format}`);
    const parts = zipEntries(bytes, name).map(entry => ({
      name: entry.name,
      bytes: readZipEntry(bytes, name, entry, data => unpack(name, () => inflateRawSync(data))),
      file: name,
    }));
    return { name, parts };
  }
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const content = packed ? unpack(name, () => gunzipSync(bytes, { maxOutputLength: LARGEST })) : bytes;
  return (format ?? detectFormat(content, name)) === 'drmemtrace'
    ? { name, parts: [{ name, bytes: content }] }
    : { name, bytes: content };
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

function readBytes(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > LARGEST) throw new Error(`${size} bytes are more than the ${LARGEST} that can be read`);
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reason(error)}`);
  }
}

function unpack(name: string, inflate: () => Uint8Array): Uint8Array {
  try {
    return inflate();
  } catch (error) {
    throw new TraceError(`${name}: the compressed data are damaged or cut short: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return message;
  }
}
