/**
 * The record types, markers and file types of drmemtrace, by number.
 * After clients/drcachesim/common/trace_entry.h and memref.h of DynamoRIO, trace versions 1 to 7.
 */

/** The newest version of the format that this reader knows. */
export const NEWEST_VERSION = 7;

/** What a record does to the trace that is read. */
export type Treatment =
  | 'load'
  | 'store'
  | 'instruction'
  | 'no-fetch'
  | 'maybe-fetch'
  | 'bundle'
  | 'prefetch'
  | 'flush'
  | 'thread'
  | 'thread-exit'
  | 'process'
  | 'header'
  | 'footer'
  | 'marker'
  | 'encoding';

/** Every record type: its name and what is done with it. The index is the type. */
export const RECORD_TYPES: readonly (readonly [name: string, treatment: Treatment])[] = [
  ['read', 'load'],
  ['write', 'store'],
  ['prefetch', 'prefetch'],
  ['prefetch to L1', 'prefetch'],
  ['prefetch to L2', 'prefetch'],
  ['prefetch to L3', 'prefetch'],
  ['non-temporal prefetch', 'prefetch'],
  ['prefetch for reading', 'prefetch'],
  ['prefetch for writing', 'prefetch'],
  ['prefetch of instructions', 'prefetch'],
  ['instruction', 'instruction'],
  ['direct jump', 'instruction'],
  ['indirect jump', 'instruction'],
  ['conditional jump', 'instruction'],
  ['direct call', 'instruction'],
  ['indirect call', 'instruction'],
  ['return', 'instruction'],
  ['bundle of instructions', 'bundle'],
  ['instruction flush', 'flush'],
  ['instruction flush end', 'flush'],
  ['data flush', 'flush'],
  ['data flush end', 'flush'],
  ['thread', 'thread'],
  ['thread exit', 'thread-exit'],
  ['process', 'process'],
  ['header', 'header'],
  ['footer', 'footer'],
  ['hardware prefetch', 'prefetch'],
  ['marker', 'marker'],
  ['instruction without a fetch', 'no-fetch'],
  ['instruction with a fetch or without', 'maybe-fetch'],
  ['system entry', 'instruction'],
  ['non-temporal prefetch to L1 for reading', 'prefetch'],
  ['non-temporal prefetch to L2 for reading', 'prefetch'],
  ['non-temporal prefetch to L3 for reading', 'prefetch'],
  ['prefetch of instructions to L1', 'prefetch'],
  ['non-temporal prefetch of instructions to L1', 'prefetch'],
  ['prefetch of instructions to L2', 'prefetch'],
  ['non-temporal prefetch of instructions to L2', 'prefetch'],
  ['prefetch of instructions to L3', 'prefetch'],
  ['non-temporal prefetch of instructions to L3', 'prefetch'],
  ['prefetch to L1 for writing', 'prefetch'],
  ['non-temporal prefetch to L1 for writing', 'prefetch'],
  ['prefetch to L2 for writing', 'prefetch'],
  ['non-temporal prefetch to L2 for writing', 'prefetch'],
  ['prefetch to L3 for writing', 'prefetch'],
  ['non-temporal prefetch to L3 for writing', 'prefetch'],
  ['encoding', 'encoding'],
  ['taken jump', 'instruction'],
  ['untaken jump', 'instruction'],
];

/** Numbers of the record types that are met by number. */
export const RecordType = { Thread: 22, Process: 24, Header: 25, Footer: 26, Marker: 28 } as const;

/** Numbers of the markers that change what is read or said. */
export const Marker = {
  Timestamp: 2,
  SplitValue: 8,
  FileType: 9,
  InstructionCount: 11,
  PageSize: 18,
  ChunkFooter: 21,
  FilterEndpoint: 23,
} as const;

/**
 * What each marker is, in the plural, as remarks name it. The index is the marker. Empty: it describes the file and says
 * nothing of the program. Markers that share a name are counted together.
 */
export const MARKERS: readonly string[] = [
  'kernel events',
  'kernel transfers',
  'timestamps',
  'processor numbers',
  'function calls',
  'function return addresses',
  'function arguments',
  'function return values',
  '', // upper half of the value that follows
  '', // file type
  'cache line sizes',
  'instruction counts',
  '', // version
  'aborts of restartable sequences',
  'window numbers',
  'physical addresses',
  'physical addresses that are not available',
  'virtual addresses of physical ones',
  'page sizes',
  'system call indices',
  '', // instructions of a chunk
  '', // end of a chunk
  '', // ordinal of a record
  'ends of the filter',
  'entries of restartable sequences',
  'system call numbers',
  'system calls that may block',
  'starts of kernel code of system calls',
  'ends of kernel code of system calls',
  'branch targets',
  'failed system calls',
  'direct thread switches',
  'waits of a core for another',
  'idle periods of a core',
  'starts of kernel code of context switches',
  'ends of kernel code of context switches',
  'vector lengths',
  'scheduling requests', // unscheduled, scheduled, time limits of system calls
  'scheduling requests',
  'scheduling requests',
  'signal numbers',
  'uncompleted instructions',
  'hardware events',
  'hardware context returns',
];

/** Markers from this number on are for users of DynamoRIO. */
export const FIRST_CUSTOM_MARKER = 100;

/** Bits of the file type. */
export const FileType = {
  Filtered: 0x1,
  InstructionOnly: 0x4,
  AArch64: 0x8,
  Arm32: 0x10,
  X86: 0x20,
  X8664: 0x40,
  InstructionsFiltered: 0x80,
  DataFiltered: 0x100,
  KernelSystemCalls: 0x1000,
  FilteredWarmUp: 0x2000,
  Templates: 0x4000,
  KernelInstructionsOnly: 0x8000,
  CoreSharded: 0x10000,
  RegisterDependencies: 0x20000,
  WholeSystem: 0x40000,
} as const;

/** Every bit of the file type that is known; those without a name above change nothing here. */
export const KNOWN_FILE_TYPE = 0x7ffff;

/** The bits that name an architecture, and its name. */
export const ARCHITECTURES: readonly (readonly [bit: number, name: string])[] = [
  [FileType.AArch64, 'AArch64'],
  [FileType.Arm32, 'ARM (32 bits)'],
  [FileType.X86, 'x86 (32 bits)'],
  [FileType.X8664, 'x86-64'],
];

/** Bytes of a record: u16 type, u16 size, then an address of 64 bits, or of 32 in recordings by a 32-bit DynamoRIO. */
export const RecordBytes = { Wide: 12, Narrow: 8 } as const;

/**
 * The bytes of a record in a part that begins with a header record; undefined if it begins with another one. A version fits
 * into a byte, so that the next four bytes are zero only where addresses have 64 bits.
 */
export function recordBytesOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < RecordBytes.Narrow || bytes[0] !== RecordType.Header || bytes[1] !== 0) return undefined;
  if (bytes.length === RecordBytes.Narrow) return RecordBytes.Narrow;
  const next = bytes.subarray(RecordBytes.Narrow, RecordBytes.Wide);
  return next.every(byte => byte === 0) ? RecordBytes.Wide : RecordBytes.Narrow;
}

/** Whether bytes begin as a drmemtrace file does: a header with a version, then a record of a known type. */
export function looksLikeDrmemtrace(bytes: Uint8Array): boolean {
  const size = recordBytesOf(bytes);
  if (size === undefined || bytes[2] !== 0 || bytes[3] !== 0) return false;
  if (bytes.subarray(5, size).some(byte => byte !== 0)) return false;
  return bytes.length < size + 2 || (bytes[size + 1] === 0 && bytes[size] < RECORD_TYPES.length);
}
