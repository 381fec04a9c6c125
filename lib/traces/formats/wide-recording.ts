/**
 * A stream of a format with 64-bit addresses and accesses of any size: renumbers pages and splits what crosses one.
 */
import { ReferenceKind, packReference } from '../../processor/references.js';
import { StreamRecording, fetchLineShift } from '../recording.js';
import type { ReadOptions, RecordedStream } from '../trace.js';

const pageBytes = 4096;

/** Where a recorded address is: the numbering of an address space. */
export interface PageNumbering {
  /** The dense address of a recorded one, given as two unsigned halves. */
  dense(high: number, low: number): number;
}

/** Collects one stream. Addresses come as two unsigned 32-bit halves. */
export class WideRecording {
  /** The address space that the stream is in; a stream of a core changes it. */
  pages: PageNumbering;
  /** Accesses that became several references because they cross a page. */
  split = 0;
  private readonly recording: StreamRecording;
  private readonly lineShift: number;
  private line = -1;

  constructor(pages: PageNumbering, options: ReadOptions) {
    this.recording = new StreamRecording(options.name, options.memory);
    this.pages = pages;
    this.lineShift = fetchLineShift(options);
  }

  /** References so far. */
  get length(): number {
    return this.recording.length;
  }

  /** Instructions so far. */
  get instructions(): number {
    return this.recording.instructions;
  }

  /** Whether the source has recorded instructions. */
  get timed(): boolean {
    return this.recording.instructions > 0;
  }

  /** Executes one instruction: fetches the lines that it enters. */
  instruction(high: number, low: number, sizeBytes: number): void {
    const position = this.recording.instructions++;
    const lineBytes = 1 << this.lineShift;
    for (let done = 0; done < sizeBytes; done += lineBytes - ((low + done) & (lineBytes - 1))) {
      const address = this.dense(high, low + done);
      const line = address >>> this.lineShift;
      if (line === this.line) continue;
      this.line = line;
      this.recording.append(packReference(address, ReferenceKind.Fetch), position);
    }
  }

  /** Loads for the current instruction. */
  load(high: number, low: number, sizeBytes: number): void {
    this.recording.loads += this.access(high, low, sizeBytes, ReferenceKind.Load);
  }

  /** Stores for the current instruction. */
  store(high: number, low: number, sizeBytes: number): void {
    this.recording.stores += this.access(high, low, sizeBytes, ReferenceKind.Store);
  }

  /** Ends the stream. Without recorded instructions every reference counts as one. */
  finish(): RecordedStream {
    if (!this.timed && this.length > 0) this.recording.countReferences();
    return this.recording.finish([]);
  }

  private access(high: number, low: number, sizeBytes: number, kind: number): number {
    const position = Math.max(0, this.recording.instructions - 1);
    let pieces = 0;
    for (let done = 0; done < sizeBytes; done += pageBytes - ((low + done) & (pageBytes - 1))) {
      this.recording.append(packReference(this.dense(high, low + done), kind), position);
      pieces++;
    }
    if (pieces > 1) this.split++;
    return pieces;
  }

  private dense(high: number, low: number): number {
    return low > 0xffffffff ? this.pages.dense((high + 1) >>> 0, low >>> 0) : this.pages.dense(high, low);
  }
}

/** Remarks that hold for every trace read this way. Call it before the streams are finished. */
export function wideRemarks(
  streams: readonly WideRecording[],
  pages: { readonly pairs: number },
  options: ReadOptions,
): string[] {
  const split = streams.reduce((sum, stream) => sum + stream.split, 0);
  const remarks = [
    `Pages are renumbered in pairs in order of first use: ${pages.pairs} pairs of 4 KB pages.`,
    `${split} accesses cross a 4 KB page and became a reference to each page.`,
  ];
  if (streams.some(stream => stream.timed))
    remarks.push(`Instruction fetches are merged: one per ${options.fetchLineBytes}-byte line entered.`);
  if (streams.some(stream => !stream.timed))
    remarks.push('No instructions are recorded: each reference counts as one instruction.');
  return remarks;
}
