/**
 * Reader of DynamoRIO drmemtrace offline traces (post-processed): records of 12 bytes, u16 type, u16 size, u64 value.
 * After clients/drcachesim/common/trace_entry.h of DynamoRIO, record version 7.
 */
import { DensePages } from './dense-pages.js';
import { withMemory } from './memory-limit.js';
import { TraceError, type ReadOptions, type RecordedTrace } from './trace.js';
import { WideRecording, wideRemarks } from './wide-recording.js';

/** A decompressed file, or one chunk of it. Chunks of a file come one after the other. */
export interface TracePart {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Record types: first and last of the ranges that are treated alike. */
const Type = {
  Load: 0, Store: 1, FirstPrefetch: 2, LastPrefetch: 9, FirstInstruction: 10, LastInstruction: 16, Bundle: 17, FirstFlush: 18, LastFlush: 21,
  Thread: 22, ThreadExit: 23, Process: 24, Header: 25, Footer: 26, HardwarePrefetch: 27, Marker: 28, NoFetch: 29, MaybeFetch: 30,
  SystemEntry: 31, FirstNewPrefetch: 32, LastNewPrefetch: 46, Encoding: 47, TakenBranch: 48, UntakenBranch: 49,
} as const; // prettier-ignore
const Marker = { Timestamp: 2, PhysicalAddress: 15 } as const;
const recordBytes = 12;
const highLimit = 2 ** 21; // identifiers and times stay exact below 2^53

/**
 * Reads the parts of one trace; each thread becomes a stream, in order of appearance. A part without a thread record
 * goes on with the thread of the part before. Throws a TraceError with part, record number and byte offset.
 */
export function readDrmemtrace(parts: readonly TracePart[], options: ReadOptions): RecordedTrace {
  const reader = new DrmemtraceReader(withMemory(options));
  for (const part of parts) reader.read(part);
  return reader.finish();
}

interface Thread {
  readonly stream: WideRecording;
  part: TracePart;
  /** Time of the last timestamp in microseconds, or -1. */
  time: number;
  /** Halves of the last instruction's address. */
  high: number;
  low: number;
}

class DrmemtraceReader {
  private readonly options: ReadOptions;
  private readonly pages: DensePages;
  private readonly threads = new Map<number, Thread>();
  private readonly dropped = { prefetches: 0, flushes: 0, repetitions: 0, 'physical addresses': 0, timestamps: 0 };
  private thread: Thread | undefined;
  private part: TracePart = { name: '', bytes: new Uint8Array(0) };
  private at = 0;

  constructor(options: ReadOptions) {
    this.options = options;
    this.pages = new DensePages(options.name);
  }

  read(part: TracePart): void {
    const view = new DataView(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength);
    this.part = part;
    for (this.at = 0; this.at < view.byteLength; this.at += recordBytes) {
      if (this.at + recordBytes > view.byteLength) this.fail(`the part ends inside a record of ${recordBytes} bytes`);
      const low = view.getUint32(this.at + 4, true);
      const high = view.getUint32(this.at + 8, true);
      this.take(view.getUint16(this.at, true), view.getUint16(this.at + 2, true), high, low);
    }
  }

  finish(): RecordedTrace {
    const { options, pages } = this;
    const streams = [...this.threads.values()].map(thread => thread.stream).filter(stream => stream.length > 0);
    if (streams.length === 0) throw new TraceError(`${options.name}: record 0, byte 0: no reference in any part`);
    const timed = this.dropped.timestamps > 0;
    const remarks = [
      'Each thread is a stream; their order in time (timestamps, processors) is not kept.',
      ...wideRemarks(streams, pages, options),
    ];
    const empty = this.threads.size - streams.length;
    if (empty > 0) remarks.push(`${empty} threads without a reference are dropped.`);
    for (const [what, count] of Object.entries(this.dropped))
      if (count > 0) remarks.push(`${count} ${what} are dropped.`);
    return {
      name: options.name,
      format: 'drmemtrace',
      system: false,
      description: `${streams.length} threads under DynamoRIO drmemtrace.`,
      lacks: timed ? [] : ['time'],
      remarks,
      streams: streams.map(stream => stream.finish()),
    };
  }

  private take(type: number, size: number, high: number, low: number): void {
    if (type === Type.Load) this.current().stream.load(high, low, this.accessSize(size));
    else if (type === Type.Store) this.current().stream.store(high, low, this.accessSize(size));
    else if (isInstruction(type)) this.instruction(size, high, low);
    else if (type === Type.NoFetch) this.dropped.repetitions++;
    else if (type === Type.MaybeFetch) this.maybeFetch(size, high, low);
    else if (type === Type.Marker) this.marker(size, high, low);
    else if (type === Type.Thread) this.select(this.exact(high, low));
    else if (type === Type.Header) this.header(high, low);
    else if (type >= Type.FirstFlush && type <= Type.LastFlush) this.dropped.flushes++;
    else if (isPrefetch(type)) this.dropped.prefetches++;
    else if (type === Type.Bundle)
      this.fail('an instruction bundle, which only online traces hold; post-process the trace');
    else if (type > Type.UntakenBranch) this.fail(`record type ${type}, expected 0 to ${Type.UntakenBranch}`);
    // Left are thread exit, process, footer and encodings, which change nothing here.
  }

  private instruction(size: number, high: number, low: number): void {
    const thread = this.current();
    thread.high = high;
    thread.low = low;
    thread.stream.instruction(high, low, this.accessSize(size));
  }

  /** A string instruction: the same address again is a repetition, which is neither fetched nor counted. */
  private maybeFetch(size: number, high: number, low: number): void {
    const thread = this.current();
    if (thread.stream.timed && thread.high === high && thread.low === low) this.dropped.repetitions++;
    else this.instruction(size, high, low);
  }

  private marker(kind: number, high: number, low: number): void {
    if (kind === Marker.PhysicalAddress) this.dropped['physical addresses']++;
    if (kind !== Marker.Timestamp) return;
    this.dropped.timestamps++;
    if (this.thread === undefined) return;
    const time = this.exact(high, low);
    const { part } = this.thread;
    if (part !== this.part && time < this.thread.time) {
      this.fail(
        `a thread goes back in time after ${part.name}; parts by core or out of order cannot be read, record by thread`,
      );
    }
    this.thread.part = this.part;
    this.thread.time = time;
  }

  private header(high: number, low: number): void {
    if (high > 0 || low < 1 || low > 0xff)
      this.fail(`header of version ${this.exact(high, low)}; is this a drmemtrace file?`);
    this.thread = undefined;
  }

  private select(id: number): void {
    let thread = this.threads.get(id);
    if (thread === undefined) {
      thread = { stream: new WideRecording(this.pages, this.options), part: this.part, time: -1, high: 0, low: 0 };
      this.threads.set(id, thread);
    }
    this.thread = thread;
  }

  private current(): Thread {
    return this.thread ?? this.fail('a reference before the first thread record');
  }

  private accessSize(size: number): number {
    return size > 0 ? size : this.fail('an access of no bytes');
  }

  private exact(high: number, low: number): number {
    return high < highLimit ? high * 2 ** 32 + low : this.fail('a number of more than 53 bits');
  }

  private fail(problem: string): never {
    const place = `${this.options.name}: ${this.part.name}, record ${Math.floor(this.at / recordBytes)}, byte ${this.at}`;
    throw new TraceError(`${place}: ${problem}`);
  }
}

function isInstruction(type: number): boolean {
  return (
    (type >= Type.FirstInstruction && type <= Type.LastInstruction) ||
    type === Type.TakenBranch ||
    type === Type.UntakenBranch ||
    type === Type.SystemEntry
  );
}

function isPrefetch(type: number): boolean {
  return (
    (type >= Type.FirstPrefetch && type <= Type.LastPrefetch) ||
    (type >= Type.FirstNewPrefetch && type <= Type.LastNewPrefetch) ||
    type === Type.HardwarePrefetch
  );
}
