/** What is to happen in coming cycles: lists of integers, one for each cycle up to a known distance ahead. */

/** A ring of cycles. Entries of one cycle come out in the order in which they went in. */
export class CycleCalendar {
  /** The cycle at hand. */
  cycle = 0;
  /** Entries that have not come out. */
  pending = 0;
  /** The entries of the cycle at hand after `moveTo`, of which the first `dueCount` count. */
  due: Int32Array;
  dueCount = 0;
  private readonly mask: number;
  private readonly entries: Int32Array[];
  private readonly counts: Int32Array;
  private readonly planned: Uint8Array;
  private slot = 0;

  /** For entries up to `farthest` cycles ahead. */
  constructor(farthest: number) {
    const slots = 2 ** Math.ceil(Math.log2(farthest + 1));
    this.mask = slots - 1;
    this.entries = Array.from({ length: slots }, () => new Int32Array(8));
    this.counts = new Int32Array(slots);
    this.planned = new Uint8Array(slots);
    this.due = this.entries[0];
  }

  /** Enters something `delay` cycles from the one at hand, at least 1. */
  add(delay: number, entry: number): void {
    const slot = (this.slot + delay) & this.mask;
    const count = this.counts[slot]++;
    if (count === this.entries[slot].length) this.grow(slot);
    this.entries[slot][count] = entry;
    this.pending++;
  }

  /** Whether this is the first time that somebody plans to be there at that cycle. */
  plan(cycle: number): boolean {
    const slot = (this.slot + cycle - this.cycle) & this.mask;
    if (this.planned[slot] !== 0) return false;
    this.planned[slot] = 1;
    return true;
  }

  /** The next cycle with entries. There must be one. */
  next(): number {
    let ahead = 1;
    while (this.counts[(this.slot + ahead) & this.mask] === 0) ahead++;
    return this.cycle + ahead;
  }

  /** Goes to a cycle and makes its entries due. Nothing may be entered before it. */
  moveTo(cycle: number): void {
    this.jump(cycle);
    const { slot } = this;
    this.due = this.entries[slot];
    this.dueCount = this.counts[slot];
    this.pending -= this.dueCount;
    this.counts[slot] = 0;
    this.planned[slot] = 0;
  }

  /** Goes to a cycle when nothing is entered or planned, however far it is; or within the ring. */
  jump(cycle: number): void {
    this.slot = (this.slot + ((cycle - this.cycle) % (this.mask + 1))) & this.mask;
    this.cycle = cycle;
  }

  private grow(slot: number): void {
    const larger = new Int32Array(2 * this.entries[slot].length);
    larger.set(this.entries[slot]);
    this.entries[slot] = larger;
  }
}
