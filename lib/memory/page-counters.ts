/**
 * Page miss counters at a home node, one per node and frame, as FLASH and the Origin 2000 had them: imperfect hardware
 * with sampling, saturation and a delay (the Origin's have 11 or 19 bits: IRIX refcnt(5) and the hub header in Linux).
 */
import { plainObject, shown, wholeNumber } from '../engine/checks.js';
import type { Ticks } from '../engine/time.js';

/** How the counters of a machine are programmed; times in ticks. */
export interface PageCounterOptions {
  /** Counted misses of one node that raise a hot-page interrupt, at every multiple of it; a positive integer. */
  readonly threshold: number;
  /** One miss in so many is counted, by a count of all misses at this home. 1 counts all. */
  readonly sampling: number;
  /** Width of a counter in bits, 1 to 31. It stays at its largest value. */
  readonly bits: number;
  /** From reaching the threshold to the interrupt leaving the home. */
  readonly delayTicks: Ticks;
  /** The counters of a frame are cleared at the first miss of each interval of this length. */
  readonly resetTicks: Ticks;
}

/** The counters of one home node. */
export class PageCounters {
  /** Misses seen, counted or not. */
  seen = 0;
  /** Misses counted. */
  counted = 0;
  /** Misses still to be passed over before one is counted. */
  private phase = 0;
  private readonly options: PageCounterOptions;
  private readonly nodes: number;
  private readonly largest: number;
  /** By frame: misses by node, then ownership requests and dirty write-backs, then the interval they belong to. */
  private readonly frames = new Map<number, Int32Array>();

  constructor(nodes: number, options: PageCounterOptions) {
    wholeNumber(nodes, 'page counters: nodes', 1, 2 ** 20);
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
    this.options = options;
    this.largest = 2 ** options.bits - 1;
  }

  /** Counts a miss of a node on a frame. True if the node's count has just reached a multiple of the threshold. */
  miss(frame: number, node: number, now: Ticks): boolean {
    this.seen++;
    if (this.phase-- > 0) return false;
    this.phase = this.options.sampling - 1;
    this.counted++;
    const counts = this.of(frame, now);
    if (counts[node]! >= this.largest) return false;
    return ++counts[node]! % this.options.threshold === 0;
  }

  /** Counts an ownership request or a dirty write-back. */
  write(frame: number, now: Ticks): void {
    const counts = this.of(frame, now);
    if (counts[this.nodes]! < this.largest) counts[this.nodes]!++;
  }

  /** A copy of the counts of a frame: misses by node, then writes. */
  snapshot(frame: number, now: Ticks): Int32Array {
    return this.of(frame, now).slice(0, this.nodes + 1);
  }

  /** Sets `seen` and `counted` to 0; the counters of the frames stay. */
  resetStatistics(): void {
    this.seen = this.counted = 0;
  }

  /** Forgets a frame. */
  clear(frame: number): void {
    this.frames.delete(frame);
  }

  private of(frame: number, now: Ticks): Int32Array {
    const interval = Math.floor(now / this.options.resetTicks) | 0;
    let counts = this.frames.get(frame);
    if (counts === undefined) this.frames.set(frame, (counts = new Int32Array(this.nodes + 2)));
    else if (counts[this.nodes + 1] !== interval) counts.fill(0);
    counts[this.nodes + 1] = interval;
    return counts;
  }
}
