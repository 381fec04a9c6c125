/**
 * Page miss counters at a home node, one per node and frame, as FLASH and the Origin 2000 had them: imperfect hardware
 * with sampling, saturation and a delay (the Origin's have 11 or 19 bits: IRIX refcnt(5) and the hub header in Linux).
 * The node controllers of a machine count with them, and so does the toy host of `scenario`.
 */
import { plainObject, shown, wholeNumber } from '../engine/checks.js';
import type { Ticks } from '../engine/time.js';
import type { MachineFrame } from '../messages/addresses.js';

/** How the counters of a machine are programmed; times in ticks. */
export interface PageCounterOptions {
  /** Each multiple of it that the counted misses of a node other than the home reach raises a hot-page interrupt. A positive integer. */
  readonly threshold: number;
  /** One in this number of misses is counted, by one count of all misses at this home, beginning with the first. 1 counts all. */
  readonly sampling: number;
  /** Width of a counter in bits, 1 to 31. A counter stays at its largest value, and raises nothing there. */
  readonly bits: number;
  /** From reaching a multiple of the threshold to the interrupt leaving the home. */
  readonly delayTicks: Ticks;
  /** The counters of a frame are cleared at the first miss, write or look in each interval of this length. */
  readonly resetTicks: Ticks;
}

/** Frames whose counters are made together. */
const CHUNK_FRAMES = 256;
const CHUNK_SHIFT = 8;

/** The counters of one home node. */
export class PageCounters {
  /** Misses seen, counted or not. */
  seen = 0;
  /** Misses counted. */
  counted = 0;
  /** Misses still to be passed over before one is counted. */
  private phase = 0;
  private readonly threshold: number;
  private readonly sampling: number;
  private readonly resetTicks: Ticks;
  private readonly nodes: number;
  private readonly home: number;
  private readonly largest: number;
  /** Counters of a frame: misses by node, then ownership requests, then dirty write-backs, then the interval that they belong to. */
  private readonly row: number;
  /**
   * Rows of counters, a chunk of frames in each element, made when one of them is used first.
   * Arrays by frame instead of a Map: a miss of a toy host takes half of the time (spec/bench/miss-log).
   */
  private readonly chunks: (Int32Array | null)[] = [];
  /** The interval of the last look, and where it begins and ends: no division while it lasts. */
  private interval = 0;
  private intervalFrom: Ticks = 0;
  private intervalEnd: Ticks = 0;

  /** For the home with the number `home` of a machine of `nodes` nodes. Throws a RangeError for options out of range. */
  constructor(nodes: number, home: number, options: PageCounterOptions) {
    wholeNumber(nodes, 'page counters: nodes', 1, 2 ** 20);
    wholeNumber(home, 'page counters: home', 0, nodes - 1);
    plainObject(options, 'page counters');
    for (const [name, value] of Object.entries(options) as [string, number][])
      if (!Number.isSafeInteger(value) || value < (name === 'delayTicks' ? 0 : 1))
        throw new RangeError(
          `page counters: ${name} is a whole number of at least ${name === 'delayTicks' ? 0 : 1}, not ${shown(value)}`,
        );
    if (options.bits > 31) throw new RangeError(`page counters have at most 31 bits, not ${options.bits}`);
    if (options.threshold > 2 ** options.bits - 1)
      throw new RangeError(
        `a counter of ${options.bits} bits stays at ${2 ** options.bits - 1} and never reaches a threshold of ${options.threshold}`,
      );
    this.nodes = nodes;
    this.home = home;
    this.row = nodes + 3;
    this.threshold = options.threshold;
    this.sampling = options.sampling;
    this.resetTicks = options.resetTicks;
    this.largest = 2 ** options.bits - 1;
  }

  /**
   * Counts a miss of a node on a frame. True if that raises a hot-page interrupt: the count has just reached a multiple
   * of the threshold, and the node is not the home.
   */
  miss(frame: MachineFrame, node: number, now: Ticks): boolean {
    this.seen++;
    if (this.phase-- > 0) return false;
    this.phase = this.sampling - 1;
    this.counted++;
    const chunk = this.chunkOf(frame);
    const at = this.current(chunk, frame, now) + node;
    if (chunk[at] >= this.largest) return false;
    return ++chunk[at] % this.threshold === 0 && node !== this.home;
  }

  /** Counts a request for ownership. Sampling does not concern it. */
  ownershipRequest(frame: MachineFrame, now: Ticks): void {
    this.count(frame, this.nodes, now);
  }

  /** Counts a dirty write-back, also of a line that system software made dirty. Sampling does not concern it. */
  writeBack(frame: MachineFrame, now: Ticks): void {
    this.count(frame, this.nodes + 1, now);
  }

  /** A copy of the counts of a frame: misses by node, then ownership requests, dirty write-backs, and the number of the interval. */
  snapshot(frame: MachineFrame, now: Ticks): Int32Array {
    const chunk = this.chunkOf(frame);
    const at = this.current(chunk, frame, now);
    return chunk.slice(at, at + this.row);
  }

  /** Sets `seen` and `counted` to 0; the counters of the frames stay. */
  resetStatistics(): void {
    this.seen = this.counted = 0;
  }

  /** Clears the counters of a frame. */
  clear(frame: MachineFrame): void {
    const chunk = this.chunks[frame >>> CHUNK_SHIFT];
    if (chunk === undefined || chunk === null) return;
    const at = (frame & (CHUNK_FRAMES - 1)) * this.row;
    chunk.fill(0, at, at + this.row);
  }

  private count(frame: MachineFrame, register: number, now: Ticks): void {
    const chunk = this.chunkOf(frame);
    const at = this.current(chunk, frame, now) + register;
    if (chunk[at] < this.largest) chunk[at]++;
  }

  private chunkOf(frame: MachineFrame): Int32Array {
    const index = frame >>> CHUNK_SHIFT;
    return (index < this.chunks.length ? this.chunks[index] : null) ?? this.makeChunk(index);
  }

  private makeChunk(index: number): Int32Array {
    while (this.chunks.length <= index) this.chunks.push(null);
    return (this.chunks[index] = new Int32Array(CHUNK_FRAMES * this.row));
  }

  /** Where the counters of a frame are in its chunk, after they were cleared if they are of an earlier interval. */
  private current(chunk: Int32Array, frame: MachineFrame, now: Ticks): number {
    if (now < this.intervalFrom || now >= this.intervalEnd) this.findInterval(now);
    const at = (frame & (CHUNK_FRAMES - 1)) * this.row;
    const stamp = at + this.nodes + 2;
    if (chunk[stamp] !== this.interval) {
      chunk.fill(0, at, stamp);
      chunk[stamp] = this.interval;
    }
    return at;
  }

  private findInterval(now: Ticks): void {
    const interval = Math.floor(now / this.resetTicks);
    this.interval = interval | 0;
    this.intervalFrom = interval * this.resetTicks;
    this.intervalEnd = this.intervalFrom + this.resetTicks;
  }
}
