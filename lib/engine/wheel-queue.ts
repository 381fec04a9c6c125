/**
 * The event queue that simulations run on: a rolling wheel of one-tick slots for the near future, in front of
 * `fastpriorityqueue` for the far one. After the measurements in docs/architecture.md, section "The event queue".
 *
 * Invariants: no pending event lies before `now`; the wheel holds all events with time < now + slots, because far
 * events are admitted whenever `now` moves, before any handler at the new time runs. So the events of one source in a
 * slot stand in the order of their scheduling, and sorting a slot stably by source when it is due gives the total order.
 */
import FastPriorityQueue from 'fastpriorityqueue';
import { before, type PendingEvent } from './plain-queue.js';
import { refuseDelay, type EventQueue, type Target } from './queue.js';
import type { Ticks } from './time.js';

const NOTHING: Target = {
  fire() {
    throw new Error('an event that was never scheduled');
  },
};

/** Batches up to this size are sorted by insertion. */
const INSERTION = 48;

/** A timing wheel. `slots` is a power of two from 1024 to 2^20; it should cover the longest common delay. */
export class WheelQueue implements EventQueue {
  now: Ticks = 0;
  fired = 0;
  private readonly slots: number;
  private readonly mask: number;
  /** First and last record of each slot at 2s and 2s + 1; record 0 means none. */
  private readonly ends: Int32Array;
  /** Which slots hold events: one bit each, and one bit per word of that. */
  private readonly busy: Int32Array;
  private readonly busyWords: Int32Array;
  private busySlots = 0;
  /** Records: successor and source at 2r and 2r + 1, target and payload beside them. */
  private links = new Int32Array(2 * 64);
  private readonly targets: Target[] = [NOTHING];
  private readonly payloads: unknown[] = [null];
  private free = 0;
  private used = 1;
  private slot = 0;
  /** Distance of the next busy slot from the current one, or -1 if it has to be looked up; not with an empty wheel. */
  private ahead = -1;
  /** The records of the time at hand that were not fired yet, in order. */
  private batch = new Int32Array(64);
  private batchAt = 0;
  private batchEnd = 0;
  private readonly far = new FastPriorityQueue<PendingEvent>(before);
  private farTime: Ticks = Infinity;
  private sequence = 0;

  constructor(slots = 4096) {
    if (!Number.isSafeInteger(slots) || slots < 1024 || slots > 1 << 20 || (slots & (slots - 1)) !== 0)
      throw new RangeError(`a wheel has a power of two from 1024 to ${1 << 20} slots, not ${slots}`);
    this.slots = slots;
    this.mask = slots - 1;
    this.ends = new Int32Array(2 * slots);
    this.busy = new Int32Array(slots >> 5);
    this.busyWords = new Int32Array(slots >> 10);
  }

  schedule(delay: Ticks, target: Target, payload: unknown, source: number): void {
    if (delay >= 1 && delay < this.slots && (delay | 0) === delay) {
      if (delay < this.ahead) this.ahead = delay;
      this.insert((this.slot + delay) & this.mask, target, payload, source);
      return;
    }
    const time = this.now + delay;
    if (!(delay >= 1) || !Number.isSafeInteger(time)) refuseDelay(delay);
    this.far.add({ time, source, sequence: this.sequence++, target, payload });
    if (time < this.farTime) this.farTime = time;
  }

  nextTime(): Ticks {
    if (this.batchAt < this.batchEnd) return this.now;
    if (this.busySlots === 0) return this.farTime;
    return this.now + this.nextAhead();
  }

  moveTo(time: Ticks): void {
    this.slot = (this.slot + ((time - this.now) % this.slots)) & this.mask;
    this.now = time;
    this.ahead = -1;
    if (this.farTime < time + this.slots) this.admit();
  }

  fireOne(): void {
    if (this.batchAt === this.batchEnd) this.collect();
    this.fireRecord(this.batch[this.batchAt++]!);
  }

  fireTick(): void {
    if (this.batchAt === this.batchEnd) {
      this.advance();
      const slot = this.slot;
      const first = this.ends[slot << 1]!;
      if (this.links[first << 1] === 0) {
        this.clear(slot);
        this.fireRecord(first);
        return;
      }
      this.sortSlot(slot);
    }
    // A handler may throw: the batch then stands where it was, and the next call goes on behind the culprit.
    while (this.batchAt < this.batchEnd) this.fireRecord(this.batch[this.batchAt++]!);
  }

  private fireRecord(record: number): void {
    const target = this.targets[record]!;
    const payload = this.payloads[record];
    this.payloads[record] = null;
    this.links[record << 1] = this.free;
    this.free = record;
    this.fired++;
    target.fire(payload);
  }

  private insert(slot: number, target: Target, payload: unknown, source: number): void {
    let record = this.free;
    if (record !== 0) {
      this.free = this.links[record << 1]!;
      this.targets[record] = target;
      this.payloads[record] = payload;
    } else {
      record = this.used++;
      if (record << 1 === this.links.length) this.links = grown(this.links);
      this.targets.push(target);
      this.payloads.push(payload);
    }
    const links = this.links;
    links[record << 1] = 0;
    links[(record << 1) + 1] = source;
    const end = (slot << 1) + 1;
    const ends = this.ends;
    const last = ends[end]!;
    ends[end] = record;
    if (last !== 0) links[last << 1] = record;
    else {
      ends[end - 1] = record;
      this.busySlots++;
      this.busy[slot >> 5]! |= 1 << slot;
      this.busyWords[slot >> 10]! |= 1 << (slot >> 5);
    }
  }

  /** Moves the clock to the next event, with its slot still full. */
  private advance(): void {
    if (this.busySlots === 0) {
      this.moveTo(this.farTime);
      return;
    }
    const ahead = this.nextAhead();
    this.now += ahead;
    this.slot = (this.slot + ahead) & this.mask;
    this.ahead = -1;
    if (this.farTime < this.now + this.slots) this.admit();
  }

  private collect(): void {
    this.advance();
    this.sortSlot(this.slot);
  }

  /** Takes the events that have come within the wheel. */
  private admit(): void {
    const horizon = this.now + this.slots;
    while (this.farTime < horizon) {
      this.ahead = -1;
      const event = this.far.poll()!;
      this.insert((this.slot + (event.time - this.now)) & this.mask, event.target, event.payload, event.source);
      this.farTime = this.far.peek()?.time ?? Infinity;
    }
  }

  /** Empties a slot into the batch, stably sorted by source. */
  private sortSlot(slot: number): void {
    const links = this.links;
    let record = this.ends[slot << 1]!;
    let count = 0;
    while (record !== 0) {
      if (count === this.batch.length) this.batch = grown(this.batch);
      const batch = this.batch;
      let at = count++;
      if (count <= INSERTION) {
        const source = links[(record << 1) + 1]!;
        while (at > 0 && links[(batch[at - 1]! << 1) + 1]! > source) {
          batch[at] = batch[at - 1]!;
          at--;
        }
      }
      batch[at] = record;
      record = links[record << 1]!;
    }
    if (count > INSERTION) this.sortLarge(count);
    this.batchAt = 0;
    this.batchEnd = count;
    this.clear(slot);
  }

  /** Array.prototype.sort is stable, and the prefix that was sorted by insertion kept the order of each source. */
  private sortLarge(count: number): void {
    const links = this.links;
    const sorted = Array.from(this.batch.subarray(0, count));
    sorted.sort((a, b) => links[(a << 1) + 1]! - links[(b << 1) + 1]!);
    this.batch.set(sorted);
  }

  private clear(slot: number): void {
    this.ahead = -1;
    this.ends[slot << 1] = 0;
    this.ends[(slot << 1) + 1] = 0;
    this.busySlots--;
    const word = this.busy[slot >> 5]! & ~(1 << slot);
    this.busy[slot >> 5] = word;
    if (word === 0) this.busyWords[slot >> 10]! &= ~(1 << (slot >> 5));
  }

  /** How far the next busy slot is: asked at every horizon, looked up once for each time. There must be one. */
  private nextAhead(): number {
    if (this.ahead < 0) this.ahead = (this.nextSlot() - this.slot) & this.mask;
    return this.ahead;
  }

  /** The next busy slot at or behind the current one, round the wheel. There must be one. */
  private nextSlot(): number {
    const word = this.slot >> 5;
    const here = this.busy[word]! >>> (this.slot & 31);
    if (here !== 0) return this.slot + lowest(here);
    const groups = this.busyWords.length;
    let group = word >> 5;
    let bits = (word & 31) === 31 ? 0 : this.busyWords[group]! & (-2 << (word & 31));
    while (bits === 0) {
      group = group + 1 === groups ? 0 : group + 1;
      bits = this.busyWords[group]!;
    }
    const next = (group << 5) + lowest(bits);
    return (next << 5) + lowest(this.busy[next]!);
  }
}

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
