/** Traces from FILEs and folders: which drmemtrace files are parts of one trace, and that trace read from them. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { TraceFormat } from '../workloads/detect.js';
import { readDrmemtrace, type TracePart } from '../workloads/drmemtrace.js';
import { identify, type TraceIdentity } from '../workloads/drmemtrace/identity.js';
import type { RecordedTrace } from '../workloads/trace.js';
import { UsageError } from './errors.js';
import { readUnpacked, unpackTraceFile } from './files.js';

/** A file that is to be read. */
export interface TraceInput {
  readonly path: string;
  /** The folder that was named, if the file was found in one. */
  readonly folder?: string;
}

/** A drmemtrace file, and the others that belong to it. */
interface Group {
  readonly members: Member[];
  readonly folder: string | undefined;
}

interface Member {
  readonly input: TraceInput;
  readonly identity: TraceIdentity;
  /** Its content, while there is room to keep it. */
  readonly parts: readonly TracePart[] | undefined;
}

/** Content that is kept between the two looks at files that may belong together, in bytes; beyond it they are read twice. */
const KEPT_BYTES = 2 ** 28;
/** What DynamoRIO puts beside the files of a trace. */
const BESIDE = [/^\./, /^modules\.log$/, /^funclist\.log$/, /^encodings\.bin$/, /\.textproto$/, /^serial_schedule\.bin/, /^cpu_schedule\.bin/]; // prettier-ignore

/** The files that FILEs and folders stand for. Throws a UsageError for a folder that is not one drmemtrace trace. */
export function inputsOf(paths: readonly string[]): TraceInput[] {
  return paths.flatMap((path): TraceInput[] => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [{ path }];
    return filesOf(path).map(file => ({ path: file, folder: path }));
  });
}

/**
 * Reads traces, in the order of the inputs. Drmemtrace files that share a process are one trace. Throws a TraceError or a
 * UsageError that names the file.
 */
export function readTraces(
  inputs: readonly TraceInput[],
  format: TraceFormat | undefined,
  fetchLineBytes: number,
): RecordedTrace[] {
  const found: (RecordedTrace | Group)[] = [];
  let room = KEPT_BYTES;
  for (const input of inputs) {
    const unpacked = unpackTraceFile(input.path, format);
    if (unpacked.parts === undefined) {
      if (input.folder !== undefined)
        throw new UsageError(
          `cannot read ${input.folder}: a folder is read as one drmemtrace trace, but it holds ${basename(input.path)}, which is none; name the files one by one`,
        );
      found.push(readUnpacked(unpacked, format, fetchLineBytes));
      continue;
    }
    const size = unpacked.parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const kept = size <= room || !statSync(input.path).isFile() || inputs.length === 1;
    if (kept) room -= size;
    const member = { input, identity: identify(unpacked.parts), parts: kept ? unpacked.parts : undefined };
    const group = found.find((one): one is Group => 'members' in one && belongs(member, one));
    if (group === undefined) found.push({ members: [member], folder: input.folder });
    else group.members.push(member);
  }
  const groups = found.filter(one => 'members' in one);
  return found.map(one => ('members' in one ? readGroup(one, groups, fetchLineBytes) : one));
}

function readGroup(group: Group, groups: readonly Group[], fetchLineBytes: number): RecordedTrace {
  const members = inOrder(group.members);
  const several = members.length > 1;
  const name = nameOf(group, groups);
  const parts = members.flatMap(({ input, parts: kept }) => {
    const file = fileName(input.path);
    const own = kept ?? unpackTraceFile(input.path, 'drmemtrace').parts ?? [];
    return several
      ? own.map(part => ({ ...part, file, name: part.name === file ? file : `${file}/${part.name}` }))
      : own;
  });
  return readDrmemtrace(parts, { name, fetchLineBytes });
}

/** A single file has its own name, a folder that of the folder, several files that of the first. */
function nameOf({ members, folder }: Group, groups: readonly Group[]): string {
  const first = fileName(members[0]!.input.path);
  if (folder !== undefined) {
    const name = basename(resolve(folder));
    const own = groups.filter(group => group.folder === folder);
    if (own.length === 1) return name;
    return `${name}, process ${[...members[0]!.identity.processes].join(' and ') || 'unknown'}`;
  }
  return members.length === 1 ? first : `${first} and ${members.length - 1} more`;
}

/** Whether a file is a part of the same trace: of a process of it, and no thread at a time that is there already. */
function belongs(member: Member, { members, folder }: Group): boolean {
  const { input, identity } = member;
  const together = folder !== undefined && input.folder === folder;
  const related = members.some(
    other =>
      other.identity.byCore === identity.byCore &&
      // Cores that idled from the start have headers without a file type.
      (identity.byCore || other.identity.fileType === identity.fileType) &&
      ((together && (identity.byCore || other.identity.processes.size + identity.processes.size === 0)) ||
        [...identity.processes].some(process => other.identity.processes.has(process))),
  );
  if (!related) return false;
  const twice = identity.byCore ? undefined : members.find(other => overlap(other.identity, identity));
  if (twice !== undefined && together)
    throw new UsageError(
      `cannot read ${folder!}: ${basename(twice.input.path)} and ${basename(input.path)} hold the same thread at the same time; leave one of them out`,
    );
  if (identity.byCore && members.some(other => resolve(other.input.path) === resolve(input.path))) return false;
  return twice === undefined;
}

/** Whether two files hold a thread in common, and not one after the other. */
function overlap(one: TraceIdentity, other: TraceIdentity): boolean {
  if (![...one.threads].some(thread => other.threads.has(thread))) return false;
  if (one.from === undefined || one.to === undefined || other.from === undefined || other.to === undefined) return true;
  return one.from < other.to && other.from < one.to ? true : one.from === other.from && one.to === other.to;
}

/** Files that go on with a thread of another come after it; else the order is that of the inputs. */
function inOrder(members: readonly Member[]): readonly Member[] {
  const threads = members.flatMap(({ identity }) => [...identity.threads]);
  if (new Set(threads).size === threads.length || members.some(({ identity }) => identity.byCore)) return members;
  return members.toSorted((a, b) => {
    const [first, second] = [a.identity.from ?? 0n, b.identity.from ?? 0n];
    return first < second ? -1 : first > second ? 1 : 0;
  });
}

/** The files of a folder in the order of their names: its own, or those of trace/, where DynamoRIO puts them. */
function filesOf(folder: string): string[] {
  const entries = entriesOf(folder);
  const own = entries.files.map(name => join(folder, name));
  const windows = entries.folders.filter(name => /^window\.\d+$/.test(name));
  const inner = windows.flatMap(name => filesOf(join(folder, name)));
  if (own.length + inner.length > 0) return [...own, ...inner];
  if (entries.folders.includes('trace')) return filesOf(join(folder, 'trace'));
  const why = entries.folders.includes('raw')
    ? 'it holds raw records only; make a trace of them with DynamoRIO: drrun -t drmemtrace -indir FOLDER'
    : entries.folders.length > 0
      ? `it holds folders and no drmemtrace file; name one of ${entries.folders.slice(0, 4).join(', ')}`
      : 'it is a folder without a drmemtrace file';
  throw new UsageError(`cannot read ${folder}: ${why}`);
}

function entriesOf(folder: string): { files: string[]; folders: string[] } {
  try {
    const names = readdirSync(folder)
      .filter(name => !BESIDE.some(pattern => pattern.test(name)))
      .toSorted((a, b) => (a < b ? -1 : 1));
    const isFolder = (name: string): boolean =>
      statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true;
    return { files: names.filter(name => !isFolder(name)), folders: names.filter(isFolder) };
  } catch (error) {
    throw new UsageError(`cannot read ${folder}: ${(error as Error).message}`);
  }
}

function fileName(path: string): string {
  return basename(path).replace(/\.gz$/, '');
}
