/**
 * The directory of one node: state, owner and a full bit vector of sharers for each line of its memory.
 * Entries of a frame are made when the frame is first asked for, so an untouched memory costs nothing.
 */

/** A full bit-vector directory over the lines of one node. Entries are addressed by the index that `entry` returns. */
export class Directory {
  /** State of the home table, by entry. */
  state: Uint8Array;
  /** Owner (a processor) by entry, -1 for none. */
  owner: Int32Array;
  private sharers: Uint32Array;
  private readonly words: number;
  private readonly frameShift: number;
  private readonly lineMask: number;
  private readonly firstFrame: number;
  /** First entry of a frame, by local frame, in pages of 1024; -1 for a frame not yet asked for. */
  private readonly pages: (Int32Array | undefined)[] = [];
  private used = 0;

  /** `processors` caches may share; `firstFrame` is the first of the node's frames; `frameShift` is log2 of lines to a frame. */
  constructor(processors: number, firstFrame: number, frameShift: number) {
    this.words = Math.max(1, Math.ceil(processors / 32));
    this.firstFrame = firstFrame;
    this.frameShift = frameShift;
    this.lineMask = (1 << frameShift) - 1;
    this.state = new Uint8Array(0);
    this.owner = new Int32Array(0);
    this.sharers = new Uint32Array(0);
  }

  /** Frames that have entries, in the order in which they were first asked for: entry e belongs to the (e >> frameShift)-th. */
  get frames(): number {
    return this.used >> this.frameShift;
  }

  /** The entry of a line of this node. */
  entry(line: number): number {
    const frame = (line >>> this.frameShift) - this.firstFrame;
    let page = this.pages[frame >> 10];
    if (page === undefined) this.pages[frame >> 10] = page = new Int32Array(1024).fill(-1);
    let first = page[frame & 1023]!;
    if (first < 0) page[frame & 1023] = first = this.add();
    return first + (line & this.lineMask);
  }

  /** Whether a processor is a sharer. */
  shares(entry: number, processor: number): boolean {
    return (this.sharers[entry * this.words + (processor >> 5)]! & (1 << processor)) !== 0;
  }

  /** Adds a sharer. */
  addSharer(entry: number, processor: number): void {
    this.sharers[entry * this.words + (processor >> 5)]! |= 1 << processor;
  }

  /** Removes a sharer, if it is one. */
  remove(entry: number, processor: number): void {
    this.sharers[entry * this.words + (processor >> 5)]! &= ~(1 << processor);
  }

  /** Removes all sharers. */
  clear(entry: number): void {
    this.sharers.fill(0, entry * this.words, (entry + 1) * this.words);
  }

  /** Number of sharers. */
  count(entry: number): number {
    let count = 0;
    for (let word = entry * this.words, end = word + this.words; word < end; word++) {
      let bits = this.sharers[word]!;
      for (; bits !== 0; bits &= bits - 1) count++;
    }
    return count;
  }

  /** The lowest sharer above `processor`, or -1. Start with -1. */
  nextSharer(entry: number, processor: number): number {
    const base = entry * this.words;
    let word = (processor + 1) >> 5;
    if (word >= this.words) return -1;
    let bits = this.sharers[base + word]! & (-1 << ((processor + 1) & 31));
    while (bits === 0) {
      if (++word === this.words) return -1;
      bits = this.sharers[base + word]!;
    }
    return (word << 5) + (31 - Math.clz32(bits & -bits));
  }

  private add(): number {
    const first = this.used;
    this.used += this.lineMask + 1;
    if (this.used > this.state.length) {
      const size = Math.max(64 * (this.lineMask + 1), 2 * this.state.length);
      const state = new Uint8Array(size);
      state.set(this.state);
      const owner = new Int32Array(size).fill(-1);
      owner.set(this.owner);
      const sharers = new Uint32Array(size * this.words);
      sharers.set(this.sharers);
      this.state = state;
      this.owner = owner;
      this.sharers = sharers;
    }
    return first;
  }
}
