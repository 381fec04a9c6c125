/** Files: traces in, reports out. A report appears whole or not at all. */
import { accessSync, constants, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { readTrace, type TraceFormat } from '../workloads/detect.js';
import { readDrmemtrace } from '../workloads/drmemtrace.js';
import { TraceError, type RecordedTrace } from '../workloads/trace.js';
import { readZipEntry, zipEntries } from '../workloads/zip.js';
import { UsageError } from './errors.js';

/** The largest trace file that is read, in bytes. */
const LARGEST = 2 ** 31 - 1;

/** Reads a trace file: plain, gzip, or a zip of drmemtrace chunks. Throws a TraceError or UsageError that names the file. */
export function readTraceFile(path: string, format: TraceFormat | undefined, fetchLineBytes: number): RecordedTrace {
  const trace = parsed(path, format, fetchLineBytes);
  return { ...trace, name: trace.name.replace(/\.ntr$/, '') };
}

function parsed(path: string, format: TraceFormat | undefined, fetchLineBytes: number): RecordedTrace {
  const bytes = readBytes(path);
  const name = basename(path).replace(/\.gz$/, '');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    if (format !== undefined && format !== 'drmemtrace')
      throw new UsageError(`${path} is a zip archive, which can only hold drmemtrace, not ${format}`);
    const parts = zipEntries(bytes, name).map(entry => ({
      name: entry.name,
      bytes: readZipEntry(bytes, name, entry, data => unpack(name, () => inflateRawSync(data))),
    }));
    return readDrmemtrace(parts, { name, fetchLineBytes });
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return readTrace(bytes, { name, fetchLineBytes }, format);
  return readTrace(
    unpack(name, () => gunzipSync(bytes, { maxOutputLength: LARGEST })),
    { name, fetchLineBytes },
    format,
  );
}

/** Writes a file by way of a temporary one beside it, so that nobody ever sees half of it. */
export function writeWhole(path: string, content: string): void {
  const temporary = `${path}.part`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UsageError(`cannot write ${path}: ${reason(error)}`);
  }
}

/** Throws a UsageError now if a file could not be written later, or would replace one of the inputs. */
export function checkWritable(path: string, inputs: readonly string[] = []): void {
  const folder = dirname(path);
  try {
    if (/(^|[/\\])$/.test(path)) throw new Error('it names no file');
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`);
    accessSync(folder, constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder');
    if (inputs.some(input => resolve(input) === resolve(path))) throw new Error('it is a trace that is to be read');
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reason(error)}`);
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
