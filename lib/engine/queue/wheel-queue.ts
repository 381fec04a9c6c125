/**
 * The event queue that simulations run on: a rolling wheel of one-tick slots for the near future, in front of
 * `fastpriorityqueue` for the far one. After the measurements in docs/architecture.md, section "The event queue".
 *
 * Invariants: no pending event lies before `now`; the wheel holds all events with time < now + slots, because far
 * events are admitted whenever `now` moves, before any handler at the new time runs. So the events of one source in a
 * slot stand in the order of their scheduling, and sorting a slot stably by source when it is due gives the total order.
 */
import { shown } from '../checks.js';
import FastPriorityQueue from 'fastpriorityqueue';
import { before, type PendingEvent } from './plain-queue.js';
import { refuseDelay, type EventQueue, type Target } from './queue.js';
import type { Ticks } from '../time.js';

const NOTHING: Target = {
  fire() {
    throw new Error('an event that was never scheduled');
  },
};

/** Batches up to this size are sorted by insertion. */
const INSERTION = 48;

/**
 * An event in a slot's list, or in the list of free records. An object, not a row of typed arrays: its fields are
 * plain loads, where V8 checks every access to an array (spec/bench/hold: a fifth fewer cycles with 4096 pending).
 */
class EventRecord {
  next: EventRecord | null = null;
  target: Target = NOTHING;
  payload: unknown = null;
  source = 0;
}

/** For `next`: it has to be looked up, or there is nothing. */
const UNKNOWN = -1;
const NONE = -2;

/** A timing wheel. `slots` is a power of two from 1024 to 2^20; it should cover the longest common delay. */
export class WheelQueue implements EventQueue {
  now: Ticks = 0;
  fired = 0;
  private readonly slots: number;
  private readonly mask: number;
  /** The last record of each slot, which leads to the first; null where there is none. An event lies in slot `time & mask`. */
  private readonly last: (EventRecord | null)[];
  /** Which slots hold events: one bit each, and one bit per word of that. */
  private readonly busy: Int32Array;
  private readonly busyWords: Int32Array;
  private busySlots = 0;
  private free: EventRecord | null = null;
  /** Time of the next event that is not in the batch, NONE, or UNKNOWN: every horizon asks for it. */
  private next: Ticks = NONE;
  /** The records of the time at hand that were not fired yet, in order. */
  private readonly batch: EventRecord[] = [];
  private batchAt = 0;
  private batchEnd = 0;
  private readonly far = new FastPriorityQueue<PendingEvent>(before);
  private farTime: Ticks = Infinity;
  private sequence = 0;

  constructor(slots = 4096) {
    if (!Number.isSafeInteger(slots) || slots < 1024 || slots > 1 << 20 || (slots & (slots - 1)) !== 0)
      throw new RangeError(`a wheel has a power of two from 1024 to ${1 << 20} slots, not ${shown(slots)}`);
    this.slots = slots;
    this.mask = slots - 1;
    this.last = new Array<EventRecord | null>(slots).fill(null);
    this.busy = new Int32Array(slots >> 5);
    this.busyWords = new Int32Array(slots >> 10);
  }

  schedule(delay: Ticks, target: Target, payload: unknown, source: number): void {
    const time = this.now + delay;
    if (delay >= 1 && delay < this.slots && (delay | 0) === delay) this.insert(time, target, payload, source);
    else {
      if (!(delay >= 1) || !Number.isSafeInteger(delay)) refuseDelay(delay);
      this.far.add({ time, source, sequence: this.sequence++, target, payload });
      if (time < this.farTime) this.farTime = time;
    }
    // What is UNKNOWN stays so.
    if (time < this.next || this.next === NONE) this.next = time;
  }

  nextTime(): Ticks {
    if (this.batchAt < this.batchEnd) return this.now;
    const next = this.next === UNKNOWN ? this.lookUp() : this.next;
    return next === NONE ? Infinity : next;
  }

  moveTo(time: Ticks): void {
    this.now = time;
    if (this.farTime < time + this.slots) this.admit();
  }

  fireOne(): void {
    if (this.batchAt === this.batchEnd) {
      const last = this.takeSlot();
      if (last.next === last) {
        this.fireRecord(last);
        return;
      }
      this.sort(last);
    }
    this.fireRecord(this.batch[this.batchAt++]);
  }

  fireTick(): void {
    if (this.batchAt === this.batchEnd) {
      const last = this.takeSlot();
      if (last.next === last) {
        this.fireRecord(last);
        return;
      }
      this.sort(last);
    }
    // A handler may throw: the batch then stands where it was, and the next call goes on behind the culprit.
    while (this.batchAt < this.batchEnd) this.fireRecord(this.batch[this.batchAt++]);
  }

  private fireRecord(record: EventRecord): void {
    const { target, payload } = record;
    if (payload !== null) record.payload = null;
    record.next = this.free;
    this.free = record;
    this.fired++;
    target.fire(payload);
  }

  private insert(time: Ticks, target: Target, payload: unknown, source: number): void {
    const record = this.free ?? new EventRecord();
    this.free = record.next;
    record.target = target;
    record.payload = payload;
    record.source = source;
    const slot = time & this.mask;
    const last = this.last[slot]!;
    if (last !== null) {
      record.next = last.next;
      last.next = record;
    } else {
      record.next = record;
      this.busySlots++;
      this.busy[slot >> 5] |= 1 << slot;
      this.busyWords[slot >> 10] |= 1 << (slot >> 5);
    }
    this.last[slot] = record;
  }

  /** Moves the clock to the next event and empties its slot. Returns the last record. */
  private takeSlot(): EventRecord {
    this.moveTo(this.next === UNKNOWN ? this.lookUp() : this.next);
    this.next = UNKNOWN;
    const slot = this.now & this.mask;
    const last = this.last[slot]!;
    this.last[slot] = null;
    this.busySlots--;
    const word = this.busy[slot >> 5] & ~(1 << slot);
    this.busy[slot >> 5] = word;
    if (word === 0) this.busyWords[slot >> 10] &= ~(1 << (slot >> 5));
    return last;
  }

  /** Takes the events that have come within the wheel. */
  private admit(): void {
    const horizon = this.now + this.slots;
    while (this.farTime < horizon) {
      const event = this.far.poll()!;
      this.insert(event.time, event.target, event.payload, event.source);
      this.farTime = this.far.peek()?.time ?? Infinity;
    }
  }

  /** Puts the records of a slot into the batch, stably sorted by source. */
  private sort(last: EventRecord): void {
    const { batch } = this;
    let count = 0;
    let record = last;
    do {
      record = record.next!;
      let at = count++;
      if (count <= INSERTION) {
        const { source } = record;
        while (at > 0 && batch[at - 1].source > source) {
          batch[at] = batch[at - 1]!;
          at--;
        }
      }
      batch[at] = record;
    } while (record !== last);
    if (count > INSERTION) this.sortLarge(count);
    this.batchAt = 0;
    this.batchEnd = count;
  }

  /** Array.prototype.sort is stable, and the prefix that was sorted by insertion kept the order of each source. */
  private sortLarge(count: number): void {
    const sorted = this.batch.slice(0, count).sort((a, b) => a.source - b.source);
    for (let i = 0; i < count; i++) this.batch[i] = sorted[i]!;
  }

  private lookUp(): Ticks {
    const { now, mask } = this;
    if (this.busySlots > 0) this.next = now + ((this.nextSlot(now & mask) - now) & mask);
    else this.next = this.far.peek()?.time ?? NONE;
    return this.next;
  }

  /** The next busy slot at or behind this one, round the wheel. There must be one. */
  private nextSlot(slot: number): number {
    const word = slot >> 5;
    const here = this.busy[word] >>> (slot & 31);
    if (here !== 0) return slot + lowest(here);
    const groups = this.busyWords.length;
    let group = word >> 5;
    let bits = (word & 31) === 31 ? 0 : this.busyWords[group] & (-2 << (word & 31));
    while (bits === 0) {
      group = group + 1 === groups ? 0 : group + 1;
      bits = this.busyWords[group]!;
    }
    const next = (group << 5) + lowest(bits);
    return (next << 5) + lowest(this.busy[next]);
  }
}

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
