/**
 * What a host makes of the counters of its pages. The counters are hardware: they count every dirty write-back, also of
 * lines that the host itself cleared or copied. The host knows what it filled, and discounts as many write-backs.
 */

/** What write counts are made with. */
export interface WriteCountsOptions<Frame extends number> {
  /** Number of nodes. */
  readonly nodes: number;
  /** Lines of a frame: the host's own write-backs of a frame that it has filled, at most. */
  readonly linesPerFrame: number;
  /** Length of the interval of the counters in nanoseconds; Infinity without counters. */
  readonly resetNs: number;
  /** Clears the hardware's counters of a frame. */
  readonly clear: (frame: Frame) => void;
}

/** What is known of a frame that the host has filled. */
interface Filled {
  /** The last interval of the counters that a snapshot came from. */
  interval: number;
  /** Lines of the host's that may have been written back since that interval began. */
  left: number;
  /** The most of them that a snapshot of that interval had. */
  seen: number;
}

/**
 * The stores of programs to frames, as far as a host can know. Ownership requests count in full. Of the dirty write-backs
 * since the host filled a frame, one for each line is taken for the host's own. A store that the host served itself (a
 * first touch, a collapse, copy-on-write) counts as a write until the counters are cleared, whatever they say.
 */
export class WriteCounts<Frame extends number> {
  private readonly options: WriteCountsOptions<Frame>;
  private readonly filled = new Map<Frame, Filled>();
  /** The interval in which the host served a store to a frame. */
  private readonly served = new Map<Frame, number>();

  constructor(options: WriteCountsOptions<Frame>) {
    this.options = options;
  }

  /** Clears the counters of a frame. Lines that the host made dirty may still come back. */
  clear(frame: Frame): void {
    this.options.clear(frame);
    this.served.delete(frame);
  }

  /** The host has just written all lines of a frame, by clearing or copying; that is no use of the page. Clears its counters. */
  fill(frame: Frame): void {
    this.clear(frame);
    this.filled.set(frame, { interval: -1, left: this.options.linesPerFrame, seen: 0 });
  }

  /** A program's store to a frame is about to be carried out, which the host knows because it had to make it possible. */
  serveStore(frame: Frame, timeNs: number): void {
    this.served.set(frame, this.intervalAt(timeNs));
  }

  /** Writes of programs, by a snapshot of the counters of a frame as an interrupt brings it. `timeNs` is the present. */
  of(frame: Frame, counts: Readonly<Int32Array>, timeNs: number): number {
    const { nodes } = this.options;
    const writeBacks = counts[nodes + 1];
    const writes = counts[nodes] + writeBacks - this.own(frame, writeBacks, counts[nodes + 2]);
    return this.served.get(frame) === this.intervalAt(timeNs) ? Math.max(writes, 1) : writes;
  }

  /** How many of these write-backs are the host's own. */
  private own(frame: Frame, writeBacks: number, interval: number): number {
    const filled = this.filled.get(frame);
    if (filled === undefined) return 0;
    // A snapshot of an earlier interval came late: what was left then is not known any more.
    if (interval < filled.interval) return Math.min(writeBacks, this.options.linesPerFrame);
    if (interval > filled.interval) {
      filled.left -= filled.seen;
      filled.seen = 0;
      filled.interval = interval;
    }
    const own = Math.min(writeBacks, filled.left);
    filled.seen = Math.max(filled.seen, own);
    return own;
  }

  private intervalAt(timeNs: number): number {
    return Math.floor(timeNs / this.options.resetNs);
  }
}
