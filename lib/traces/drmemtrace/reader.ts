/**
 * What the records of drmemtrace do. After trace_entry.h, memref.h and reader.cpp of clients/drcachesim of DynamoRIO.
 * Longer than other files because the format has 50 record types and each has its line here.
 */
import type { TracePart } from './drmemtrace.js';
import { DensePages, PairNumbers } from '../formats/dense-pages.js';
import { AddressSpace, type AddressForm } from './address-space.js';
import { FileType, Marker, RECORD_TYPES, RecordBytes, recordBytesOf, type Treatment } from './format.js';
import { Tally, architectureOf, listed, several } from './tally.js';
import { withMemory } from '../memory-limit.js';
import { TraceError, type ReadOptions, type RecordedTrace } from '../trace.js';
import { wideRemarks, type WideRecording } from '../formats/wide-recording.js';

import { Flow } from './flow.js';

/** The longest instruction that is believed, in bytes; DynamoRIO itself stops at 17. */
const LONGEST_INSTRUCTION = 64;
/** The largest version that a header can have; beyond it the file is something else. */
const LARGEST_VERSION = 0xff;
const PAGE_BYTES = 4096;
/** Processes that remarks name before the rest is only counted. */
const MOST_PROCESSES = 8;

interface Process {
  /** The number, or undefined where the trace records none. */
  readonly id: bigint | undefined;
  readonly space: AddressSpace;
  readonly threads: Set<bigint>;
}

/** What is known of the file that is read: from its header up to the next one. */
interface File {
  readonly name: string;
  fileType: number;
  ended: boolean;
  /** The number of the last chunk that ended. */
  chunk: number;
  readonly processOf: Map<bigint, Process>;
  /** The process recorded last, which threads without one of their own belong to. */
  process: Process | undefined;
}

/** Reads a trace part by part, so that not all parts have to be in memory. */
export class DrmemtraceReader {
  private readonly options: ReadOptions;
  private readonly form: AddressForm = { bits: 56 };
  private readonly numbers: PairNumbers;
  private readonly kernel: DensePages;
  private readonly tally = new Tally();
  private readonly flows = new Map<string, Flow>();
  private readonly processes = new Map<string, Process>();
  private readonly files: File[] = [];
  private readonly warnings: string[] = [];
  private file: File;
  private thread: bigint | undefined;
  private process: Process | undefined;
  /** What the current thread adds to, from its first reference on. */
  private flow: Flow | undefined;
  private recording: WideRecording | undefined;
  private part: TracePart = { name: '', bytes: new Uint8Array(0) };
  private partNumber = -1;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private recordBytes: number = RecordBytes.Wide;
  private split: number | undefined;
  private architecture: { readonly bit: number; readonly name: string } | undefined;
  private pageBytes: number | undefined;
  private at = 0;

  constructor(options: ReadOptions) {
    this.options = withMemory(options);
    this.numbers = new PairNumbers(options.name);
    this.kernel = new DensePages(options.name, this.numbers);
    this.file = this.open('');
  }

  /** Reads the next part; its bytes are not needed afterwards. */
  read(part: TracePart): void {
    this.part = part;
    this.partNumber++;
    this.view = new DataView(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength);
    this.recordBytes = recordBytesOf(part.bytes) ?? this.recordBytes;
    const { view, recordBytes } = this;
    for (this.at = 0; this.at < view.byteLength; this.at += recordBytes) {
      if (this.at + recordBytes > view.byteLength) this.fail(`the part ends inside a record of ${recordBytes} bytes`);
      const low = view.getUint32(this.at + 4, true);
      const high = recordBytes === RecordBytes.Wide ? view.getUint32(this.at + 8, true) : 0;
      this.take(view.getUint16(this.at, true), view.getUint16(this.at + 2, true), high, low);
    }
  }

  /** The trace. Nothing may be read after it. */
  finish(): RecordedTrace {
    const { options, tally } = this;
    this.close();
    const recordings = [...this.flows.values()].flatMap(({ recording }) =>
      recording === undefined || recording.length === 0 ? [] : [recording],
    );
    if (recordings.length === 0) throw new TraceError(`${options.name}: record 0, byte 0: no reference in any part`);
    const common = wideRemarks(recordings, this.numbers, options);
    const streams = recordings.map(recording => recording.finish());
    const instructions = streams.reduce((sum, { counts }) => sum + counts.instructions, 0);
    const empty = this.flows.size - recordings.length;
    const headlines = [...this.putTogether(), ...tally.warnings(instructions), ...this.warnings];
    return {
      name: options.name,
      format: 'drmemtrace',
      system: false,
      description: `${this.described(streams.length)} under DynamoRIO drmemtrace.`,
      lacks: tally.lacks(),
      remarks: [...headlines, ...this.identities(empty), ...common, ...this.oddities(), ...tally.passedOver()],
      ...(headlines.length === 0 ? {} : { headlines }),
      streams,
    };
  }

  private take(type: number, size: number, high: number, low: number): void {
    const treatment: Treatment | undefined = RECORD_TYPES[type]?.[1];
    switch (treatment) {
      case 'load':
        return this.current().load(high, low, this.accessSize(size));
      case 'store':
        return this.current().store(high, low, this.accessSize(size));
      case 'instruction':
        return this.instruction(size, high, low);
      case 'no-fetch':
        return this.repetition(size, high, low);
      case 'maybe-fetch':
        return this.maybeFetch(size, high, low);
      case 'bundle':
        return this.bundle(size);
      case 'prefetch':
        return this.tally.count('prefetches');
      case 'flush':
        return this.tally.count('flushes');
      case 'thread':
        return this.select(this.identity());
      case 'thread-exit':
        return this.exit(this.identity());
      case 'process':
        return this.enter(this.identity());
      case 'header':
        return this.header(high, low);
      case 'footer':
        this.file.ended = true;
        return;
      case 'marker':
        return this.marker(size, high, low);
      case 'encoding':
        return;
      case undefined:
        return this.fail(
          `record type ${type}, expected 0 to ${RECORD_TYPES.length - 1}; is the trace newer than this reader, or raw?`,
        );
    }
  }

  private instruction(size: number, high: number, low: number): void {
    if (size === 0) return this.tally.count('records that only give the instruction of a reference');
    if (size > LONGEST_INSTRUCTION) this.fail(`an instruction of ${size} bytes, expected 0 to ${LONGEST_INSTRUCTION}`);
    const recording = this.current();
    this.flow!.pass(high, low, size);
    recording.instruction(high, low, size);
  }

  /** The next round of a string instruction, which is neither fetched nor counted. */
  private repetition(size: number, high: number, low: number): void {
    if (size === 0) return this.tally.count('records that only give the instruction of a reference');
    this.current();
    this.flow!.pass(high, low, size);
    this.tally.count('repetitions');
  }

  /** A string instruction: the same address again is a repetition. */
  private maybeFetch(size: number, high: number, low: number): void {
    if (size === 0) return this.instruction(size, high, low);
    const { timed } = this.current();
    const { high: lastHigh, low: lastLow } = this.flow!;
    if (timed && lastHigh === high && lastLow === low) this.repetition(size, high, low);
    else this.instruction(size, high, low);
  }

  /** Instructions that follow the one before, of which only the lengths are given. */
  private bundle(count: number): void {
    const most = this.recordBytes - 4;
    if (count < 1 || count > most) this.fail(`a bundle of ${count} instructions, expected 1 to ${most}`);
    if (!this.current().timed) this.fail('a bundle of instructions before the first instruction of its stream');
    for (let i = 0; i < count; i++) {
      const size = this.view.getUint8(this.at + 4 + i);
      if (size === 0) this.fail('an instruction of no bytes in a bundle');
      this.instruction(size, this.flow!.nextHigh, this.flow!.nextLow);
    }
  }

  private marker(kind: number, markerHigh: number, low: number): void {
    const high = this.split ?? markerHigh;
    this.split = kind === Marker.SplitValue ? low : undefined;
    this.tally.marker(kind);
    if (kind === Marker.Timestamp) this.timestamp((BigInt(high) << 32n) | BigInt(low));
    else if (kind === Marker.FileType) this.fileType(high, low);
    else if (kind === Marker.InstructionCount) this.tally.executed += (BigInt(high) << 32n) | BigInt(low);
    else if (kind === Marker.ChunkFooter) this.endChunk(low);
    else if (kind === Marker.PageSize) this.pageBytes = low;
  }

  private timestamp(time: bigint): void {
    // Times of 32 bits start anew every 71 minutes, and those of a core are of several threads.
    if (this.recordBytes === RecordBytes.Narrow || this.isCore() || this.thread === undefined || this.idle()) return;
    const flow = this.findFlow(this.thread);
    if (flow.part !== this.partNumber && time < flow.time) {
      this.fail(
        `a thread goes back in time after ${flow.partName}; give the parts of a thread in the order of time, each once`,
      );
    }
    flow.part = this.partNumber;
    flow.partName = this.part.name;
    flow.time = time;
  }

  private fileType(high: number, low: number): void {
    this.file.fileType |= low;
    this.tally.type(high, low);
    if ((low & FileType.Templates) !== 0)
      this.fail('the file holds templates of system calls (file type 0x4000), which no program executed');
    const [first] = this.files;
    if (first !== undefined && first !== this.file && ((first.fileType ^ low) & FileType.CoreSharded) !== 0)
      this.fail(`one of ${first.name} and ${this.file.name} is recorded by core, the other by thread; read one kind`);
    const found = architectureOf(low);
    if (found === undefined) return;
    if (this.architecture !== undefined && this.architecture.bit !== found.bit)
      this.fail(`recorded on ${found.name}, but the parts before on ${this.architecture.name}`);
    this.architecture = found;
    this.form.bits = this.addressBits();
  }

  private addressBits(): number {
    const bit = this.architecture?.bit ?? 0;
    if (this.recordBytes === RecordBytes.Narrow || bit === FileType.Arm32 || bit === FileType.X86) return 32;
    return bit === FileType.X8664 ? 57 : 56;
  }

  private endChunk(number: number): void {
    if (number !== this.file.chunk + 1)
      this.fail(`chunk ${number} ends where chunk ${this.file.chunk + 1} is expected; give all chunks in order`);
    this.file.chunk = number;
  }

  private header(high: number, low: number): void {
    if (high > 0 || low > LARGEST_VERSION)
      this.fail(
        `header of version ${(BigInt(high) << 32n) | BigInt(low)}, expected 1 to 7; is this a drmemtrace file?`,
      );
    this.close();
    this.file = this.open(this.part.file ?? this.part.name);
    this.files.push(this.file);
    this.tally.version = Math.max(this.tally.version, low);
    if (low === 0) this.tally.unversioned++;
    this.thread = undefined;
    this.process = undefined;
    this.flow = undefined;
    this.recording = undefined;
    this.form.bits = this.addressBits();
  }

  private open(name: string): File {
    return { name, processOf: new Map(), fileType: 0, ended: false, chunk: -1, process: undefined };
  }

  /** Ends a file: one that began with a header has a footer. */
  private close(): void {
    const { file } = this;
    if (file.name !== '' && !file.ended) this.warnings.push(`${file.name} is cut short: it has no footer.`);
  }

  private select(id: bigint): void {
    this.thread = id;
    this.process = this.file.processOf.get(id) ?? this.file.process;
    this.flow = undefined;
    this.recording = undefined;
  }

  private enter(id: bigint): void {
    const process = this.processOf(id);
    const { thread } = this;
    this.file.process = process;
    if (thread !== undefined) {
      if (this.recording !== undefined && this.process?.id === undefined)
        this.fail(`the process of thread ${thread} is recorded only after references of the thread`);
      this.file.processOf.set(thread, process);
      // A time that came before the process is no thread of its own.
      if (this.flows.get(`/${thread}`)?.recording === undefined) this.flows.delete(`/${thread}`);
    }
    this.process = process;
    this.flow = undefined;
    this.recording = undefined;
  }

  private exit(id: bigint): void {
    if (id !== this.thread) this.select(id);
    if (!this.isCore() && !this.idle()) this.findFlow(id);
  }

  private processOf(id: bigint | undefined): Process {
    const key = id === undefined ? '' : id.toString();
    let process = this.processes.get(key);
    if (process === undefined) {
      const space = new AddressSpace(this.options.name, this.numbers, this.kernel, this.form);
      this.processes.set(key, (process = { id, space, threads: new Set() }));
    }
    return process;
  }

  private isCore(): boolean {
    return (this.file.fileType & FileType.CoreSharded) !== 0;
  }

  /** The idle thread of a core, whose number is -1. */
  private idle(): boolean {
    return this.thread === -1n;
  }

  private current(): WideRecording {
    return this.recording ?? this.begin();
  }

  /** The current thread makes its first reference here. */
  private begin(): WideRecording {
    const { thread } = this;
    if (thread === undefined) return this.fail('a reference before the first thread record');
    this.flow = this.findFlow(thread);
    const process = (this.process ??= this.processOf(undefined));
    process.threads.add(thread);
    return (this.recording = this.flow.enter(process.space));
  }

  private findFlow(thread: bigint): Flow {
    const key = this.isCore() ? `core ${this.files.length}` : `${this.process?.id ?? ''}/${thread}`;
    let flow = this.flows.get(key);
    if (flow === undefined) this.flows.set(key, (flow = new Flow(this.options)));
    return flow;
  }

  private accessSize(size: number): number {
    if (size === 0) this.tally.count('sizes of 0');
    return Math.max(1, size);
  }

  /** The value of the current record as a number of a thread or a process. */
  private identity(): bigint {
    return this.recordBytes === RecordBytes.Wide
      ? this.view.getBigInt64(this.at + 4, true)
      : BigInt(this.view.getInt32(this.at + 4, true));
  }

  /** The files of a trace of several. */
  private putTogether(): string[] {
    const names = [...new Set(this.files.map(({ name }) => name))];
    return names.length < 2 ? [] : [`Put together from ${names.length} files: ${listed(names)}.`];
  }

  private described(streams: number): string {
    const processes = [...this.processes.values()].filter(({ threads }) => threads.size > 0).length;
    const what = several(streams, this.tally.has(FileType.CoreSharded) ? 'core' : 'thread');
    return processes > 1 ? `${what} of ${processes} processes` : what;
  }

  /** Who made the references, and which of that is not kept. */
  private identities(empty: number): string[] {
    const core = this.tally.has(FileType.CoreSharded);
    const processes = [...this.processes.values()].filter(({ threads }) => threads.size > 0);
    const named = processes.map(
      ({ id, threads }) =>
        `${threads.size === 1 ? 'thread' : 'threads'} ${listed(threads)} of ${id === undefined ? 'a process without a number' : `process ${id}`}`,
    );
    const remarks = [
      core
        ? 'Each core is a stream, with all threads that it ran; their order in time (timestamps) is not kept.'
        : 'Each thread is a stream; their order in time (timestamps, processors) is not kept.',
      `Recorded are ${named.slice(0, MOST_PROCESSES).join('; ')}${named.length > MOST_PROCESSES ? `; and ${named.length - MOST_PROCESSES} more processes` : ''}.`,
    ];
    if (processes.length > 1)
      remarks.push(
        'Each process has an address space of its own; memory that processes share is recorded nowhere and taken for separate.',
      );
    if (empty > 0) remarks.push(`${empty} ${core ? 'cores' : 'threads'} without a reference are dropped.`);
    return remarks;
  }

  private oddities(): string[] {
    const remarks: string[] = [];
    const tagged = [...this.processes.values()].reduce((sum, { space }) => sum + space.tagged, 0);
    if (tagged > 0)
      remarks.push(
        `${tagged} references have a tag above bit ${this.form.bits - 1} of their address, which is no part of it.`,
      );
    const sizeless = this.tally.take('sizes of 0');
    if (sizeless > 0) remarks.push(`${sizeless} accesses are recorded with size 0; each counts as one access.`);
    const kernel =
      this.tally.of('starts of kernel code of system calls') +
      this.tally.of('starts of kernel code of context switches');
    if (kernel > 0)
      remarks.push(
        `Kernel code of ${kernel} system calls and context switches is part of the streams, as if it were the program's.`,
      );
    if (this.pageBytes !== undefined && this.pageBytes !== PAGE_BYTES)
      remarks.push(`The recorded machine had pages of ${this.pageBytes} bytes; here they have ${PAGE_BYTES}.`);
    return remarks;
  }

  private fail(problem: string): never {
    const place = `${this.options.name}: ${this.part.name}, record ${Math.floor(this.at / this.recordBytes)}, byte ${this.at}`;
    throw new TraceError(`${place}: ${problem}`);
  }
}
