/** Traces from FILEs and folders: which drmemtrace files are parts of one trace, and that trace read from them. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { TracePart } from '../../traces/drmemtrace/drmemtrace.js';
import { DrmemtraceReader } from '../../traces/drmemtrace/reader.js';
import { identify, type TraceIdentity } from '../../traces/drmemtrace/identity.js';
import type { RecordedTrace } from '../../traces/trace.js';
import { UsageError } from '../errors.js';
import { readUnpacked, unpackTraceFile, type TraceFileOptions } from './trace-files.js';

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
  /** What the content takes in the limit. */
  readonly heldBytes: number;
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
export async function readTraces(inputs: readonly TraceInput[], options: TraceFileOptions): Promise<RecordedTrace[]> {
  const found: (RecordedTrace | Group)[] = [];
  let room = KEPT_BYTES;
  for (const input of inputs) {
    const unpacked = await unpackTraceFile(input.path, options);
    const { parts, heldBytes } = unpacked;
    if (parts === undefined) {
      if (input.folder !== undefined)
        throw new UsageError(
          `cannot read ${input.folder}: a folder is read as one drmemtrace trace, but it holds ${basename(input.path)}, which is another format; name the files one by one`,
        );
      found.push(readUnpacked(unpacked, options));
      options.memory.release(heldBytes);
      continue;
    }
    // A pipe cannot be read twice.
    const kept = heldBytes <= room || inputs.length === 1 || !statSync(input.path).isFile();
    if (kept) room -= heldBytes;
    else options.memory.release(heldBytes);
    const member = { input, identity: identify(parts), parts: kept ? parts : undefined, heldBytes };
    const group = found.find((one): one is Group => 'members' in one && belongs(member, one));
    if (group === undefined) found.push({ members: [member], folder: input.folder });
    else group.members.push(member);
  }
  const groups = found.filter(one => 'members' in one);
  const traces: RecordedTrace[] = [];
  for (const one of found) traces.push('members' in one ? await readGroup(one, groups, options) : one);
  return traces;
}

async function readGroup(group: Group, groups: readonly Group[], options: TraceFileOptions): Promise<RecordedTrace> {
  const members = inOrder(group.members);
  const reader = new DrmemtraceReader({ ...options, name: nameOf(group, groups) });
  for (const { input, parts, heldBytes } of members) {
    const file = fileName(input.path);
    for (const part of parts ?? (await unpackTraceFile(input.path, options)).parts ?? [])
      reader.read(members.length === 1 ? part : { ...part, file, name: part.name === file ? file : `${file}/${part.name}` }); // prettier-ignore
    options.memory.release(heldBytes);
  }
  return reader.finish();
}

/** A single file has its own name, a folder that of the folder, several files that of the first. */
function nameOf({ members, folder }: Group, groups: readonly Group[]): string {
  const first = fileName(members[0].input.path);
  if (folder !== undefined) {
    const name = basename(resolve(folder));
    const own = groups.filter(group => group.folder === folder);
    if (own.length === 1) return name;
    return `${name}, process ${[...members[0].identity.processes].join(' and ') || 'unknown'}`;
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
      `cannot read ${folder}: ${basename(twice.input.path)} and ${basename(input.path)} hold the same thread at the same time; leave one of them out`,
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
