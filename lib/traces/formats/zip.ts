/**
 * The little of the zip format that chunked traces use: one disk, stored or deflated entries, no zip64, no encryption.
 * After PKWARE's APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16. The caller brings the decompressor.
 */
import { TraceError } from '../trace.js';

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  /** Byte offset of the entry's local header. */
  readonly at: number;
}

const Signature = { Local: 0x04034b50, Central: 0x02014b50, End: 0x06054b50 } as const;
const endBytes = 22;
const centralBytes = 46;
const localBytes = 30;
const longestComment = 0xffff;

/** Lists the files of an archive in directory order. Throws a TraceError for archives that are broken or of another kind. */
export function zipEntries(bytes: Uint8Array, archive: string): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view, archive);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) fail(archive, end, 'a zip64 archive; unpack and pass the chunks');
  if (view.getUint16(end + 4, true) !== 0) fail(archive, end, 'an archive of several disks');
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + centralBytes > end || view.getUint32(at, true) !== Signature.Central)
      fail(archive, at, `expected directory entry ${i} of ${count}`);
    const nameBytes = view.getUint16(at + 28, true);
    const next = at + centralBytes + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) fail(archive, at, `directory entry ${i} runs over the end of the directory`);
    const name = new TextDecoder().decode(bytes.subarray(at + centralBytes, at + centralBytes + nameBytes));
    entries.push(entry(view, at, name, archive));
    at = next;
  }
  return entries;
}

/**
 * The content of an entry. `inflateRaw` undoes deflate without a zlib header (`inflateRawSync` of node:zlib, for example);
 * what it throws passes through. Throws a TraceError when the entry runs out of the file or has another size than stated.
 */
export function readZipEntry(
  bytes: Uint8Array,
  archive: string,
  { name, method, compressedBytes, sizeBytes, at }: ZipEntry,
  inflateRaw: (compressed: Uint8Array) => Uint8Array,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + localBytes > bytes.length || view.getUint32(at, true) !== Signature.Local)
    fail(archive, at, `expected the local header of ${name}`);
  const start = at + localBytes + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + compressedBytes > bytes.length) fail(archive, start, `the file ends inside ${name}`);
  const packed = bytes.subarray(start, start + compressedBytes);
  const content = method === 0 ? packed : inflateRaw(packed);
  if (content.length !== sizeBytes)
    fail(archive, start, `${name} has ${content.length} bytes, but the directory states ${sizeBytes}`);
  return content;
}

function entry(view: DataView, at: number, name: string, archive: string): ZipEntry {
  const method = view.getUint16(at + 10, true);
  const compressedBytes = view.getUint32(at + 20, true);
  const sizeBytes = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  if ((view.getUint16(at + 8, true) & 1) !== 0) fail(archive, at, `${name} is encrypted`);
  if (method !== 0 && method !== 8)
    fail(archive, at, `${name} uses compression method ${method}; only stored (0) and deflated (8) can be read`);
  if (compressedBytes === 0xffffffff || sizeBytes === 0xffffffff || local === 0xffffffff)
    fail(archive, at, `${name} needs zip64; unpack it`);
  return { name, method, compressedBytes, sizeBytes, at: local };
}

function findEnd(view: DataView, archive: string): number {
  const lowest = Math.max(0, view.byteLength - endBytes - longestComment);
  for (let at = view.byteLength - endBytes; at >= lowest; at--) {
    const here = view.getUint32(at, true) === Signature.End;
    if (here && at + endBytes + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  return fail(archive, view.byteLength, 'no end of central directory: not a zip archive, or cut short');
}

function fail(archive: string, at: number, problem: string): never {
  throw new TraceError(`${archive}: zip, byte ${at}: ${problem}`);
}
