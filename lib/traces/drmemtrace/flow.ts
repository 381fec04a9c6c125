/** A stream of a drmemtrace recording while it is being read. */
import type { ReadOptions } from '../trace.js';
import { WideRecording } from '../formats/wide-recording.js';
import type { AddressSpace } from './address-space.js';

/** What becomes a stream: a thread, or a core. */
export class Flow {
  /** The part with its last timestamp: its number, and its name. */
  part = -1;
  partName = '';
  /** Time of the last timestamp in microseconds. */
  time = -1n;
  /** Halves of the last instruction's address, and of the address after it. */
  high = 0;
  low = 0;
  nextHigh = 0;
  nextLow = 0;
  private readonly options: ReadOptions;
  private made: WideRecording | undefined;

  constructor(options: ReadOptions) {
    this.options = options;
  }

  /** Its references, or undefined before the first one. */
  get recording(): WideRecording | undefined {
    return this.made;
  }

  /** Its references; what comes next is of a process with these pages. */
  enter(space: AddressSpace): WideRecording {
    this.made ??= new WideRecording(space, this.options);
    this.made.pages = space;
    return this.made;
  }

  /** An instruction at an address. */
  pass(high: number, low: number, sizeBytes: number): void {
    this.high = high;
    this.low = low;
    const next = low + sizeBytes;
    this.nextLow = next >>> 0;
    this.nextHigh = next > 0xffffffff ? (high + 1) >>> 0 : high;
  }
}
