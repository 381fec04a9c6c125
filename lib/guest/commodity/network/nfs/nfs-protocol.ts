/** What clients and servers of NFS say to each other (RFC 1094, version 2). */
import { ErrorNumber, type Code } from '../../../../system/code.js';
import type { XdrReader } from '../rpc/xdr.js';

export const NFS_PROGRAM = 100003;
export const NFS_VERSION = 2;

/** Procedures. Those of version 2 that are missing are refused. */
export const Nfs = {
  NULL: 0,
  GETATTR: 1,
  SETATTR: 2,
  LOOKUP: 4,
  READ: 6,
  WRITE: 8,
  CREATE: 9,
  REMOVE: 10,
  MKDIR: 14,
  RMDIR: 15,
} as const;

/** Most bytes of a read or write. */
export const MOST_DATA_BYTES = 8192;

/** Most bytes of a name. */
export const MOST_NAME_BYTES = 255;

/** Words of a file handle. Clients do not look into it. */
export const HANDLE_WORDS = 8;

/** Names a file of a server. */
export type Handle = readonly number[];

/** What a server says of a file. */
export interface Attributes {
  readonly kind: 'file' | 'directory';
  readonly size: number;
  /** Grows with every change through the server; travels as the time of modification. */
  readonly version: number;
  readonly fileId: number;
}

const FILE = 1;
const DIRECTORY = 2;
const ATTRIBUTE_WORDS = 17;

/** Attributes as they travel: type, mode, links, owner, size, blocks, device, numbers, three times. */
export function attributeWords({ kind, size, version, fileId }: Attributes): number[] {
  const type = kind === 'file' ? FILE : DIRECTORY;
  const blocks = Math.ceil(size / 512);
  return [type, 0o777, 1, 0, 0, size, 4096, 0, blocks, 1, fileId, 0, 0, version, 0, 0, 0];
}

/** Reads attributes; null if they are none. */
export function* readAttributes(reader: XdrReader): Code<Attributes | null> {
  const words = yield* reader.words(ATTRIBUTE_WORDS);
  const [type, , , , , size] = words;
  if (reader.truncated || (type !== FILE && type !== DIRECTORY) || size > MOST_FILE_BYTES) return null;
  return { kind: type === FILE ? 'file' : 'directory', size, version: words[13], fileId: words[10] };
}

/** Most bytes of a file: sizes are signed in version 2 as kernels of the time had it. */
export const MOST_FILE_BYTES = 0x7fffffff;

/** Status words of replies and the errors they stand for. 0 is success. */
const STATUS: readonly (readonly [number, number])[] = [
  [2, ErrorNumber.ENOENT],
  [5, ErrorNumber.EIO],
  [13, ErrorNumber.EACCES],
  [17, ErrorNumber.EEXIST],
  [20, ErrorNumber.ENOTDIR],
  [21, ErrorNumber.EISDIR],
  [27, ErrorNumber.EFBIG],
  [28, ErrorNumber.ENOSPC],
  [30, ErrorNumber.EROFS],
  [63, ErrorNumber.ENAMETOOLONG],
  [66, ErrorNumber.ENOTEMPTY],
  [70, ErrorNumber.ESTALE],
];

/** The status that stands for an error: that of EIO for errors that have none. */
export function statusOf(error: number): number {
  return STATUS.find(([, number]) => number === error)?.[0] ?? 5;
}

/** The error that a status stands for: EIO for what is none. */
export function errorOf(status: number): number {
  return STATUS.find(([word]) => word === status)?.[1] ?? ErrorNumber.EIO;
}

/** Null if it can be a name of a file, else the error. */
export function nameFault(name: string): number | null {
  if (name.length > MOST_NAME_BYTES) return ErrorNumber.ENAMETOOLONG;
  const bytes = [...name].every(character => character.charCodeAt(0) > 0 && character.charCodeAt(0) < 256);
  return bytes && name !== '' && name !== '.' && name !== '..' && !name.includes('/') ? null : ErrorNumber.EACCES;
}
