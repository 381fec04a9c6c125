/**
 * A miss log: every miss that the homes of a machine served, in order, as columns of numbers. A run is recorded once, and
 * any number of policies are tried on it without a machine (docs/miss-log.md).
 */
import { flag, shown, wholeNumber } from '../../engine/checks.js';
import { checkedHeader, type MissLogHeader } from './header.js';

/** Pages are numbered below this, as in `scenario`. */
export const MOST_LOG_PAGES = 2 ** 24;
/** Threads are numbered below this. */
export const MOST_LOG_THREADS = 2 ** 31;

/** One miss. */
export interface LoggedMiss {
  /** Simulated time in whole nanoseconds; never less than that of the miss before. */
  readonly timeNs: number;
  /** The node of the processor that missed. */
  readonly node: number;
  /** A dense number of the thread, or of the processor where threads do not move. */
  readonly thread: number;
  /** A dense number of the page. A page keeps it when it moves. */
  readonly page: number;
  /** Whether it was a store: a request for ownership. */
  readonly store: boolean;
}

/** Misses in order. Grows by `add`, which checks each of them, so a log that exists is valid. */
export class MissLog {
  readonly header: MissLogHeader;
  /** Number of misses. */
  length = 0;
  /** Columns. Each has at least `length` elements, and is replaced when the log grows. To be read only. */
  timeNs = new Float64Array(0);
  node = new Uint16Array(0);
  thread = new Int32Array(0);
  page = new Int32Array(0);
  /** 1 for a store, 0 for a load. */
  store = new Uint8Array(0);

  /** An empty log. Throws a RangeError that names the field if `header` is not one. `room` is the number of misses that it can take before it grows. */
  constructor(header: MissLogHeader, room = 0) {
    this.header = checkedHeader(header, 'the header of a miss log');
    wholeNumber(room, 'a miss log: room', 0, 2 ** 30);
    this.resize(room);
  }

  /** Number of nodes. */
  get nodes(): number {
    return this.header.frames.length;
  }

  /** Appends a miss. Throws a RangeError that names the field and the number of the miss if it cannot be one. */
  add(timeNs: number, node: number, thread: number, page: number, store: boolean): void {
    const at = this.length;
    this.check(timeNs, node, thread, page);
    flag(store, `miss ${at}: store`);
    if (at === this.page.length) this.resize(Math.max(1024, 2 * at));
    this.timeNs[at] = timeNs;
    this.node[at] = node;
    this.thread[at] = thread;
    this.page[at] = page;
    this.store[at] = store ? 1 : 0;
    this.length = at + 1;
  }

  /** A miss by its number, from 0. */
  at(number: number): LoggedMiss {
    wholeNumber(number, 'the number of a miss', 0, this.length - 1);
    return {
      timeNs: this.timeNs[number],
      node: this.node[number],
      thread: this.thread[number],
      page: this.page[number],
      store: this.store[number] === 1,
    };
  }

  private check(timeNs: number, node: number, thread: number, page: number): void {
    const at = this.length;
    const before = at === 0 ? 0 : this.timeNs[at - 1];
    wholeNumber(timeNs, `miss ${at}: timeNs`, before);
    wholeNumber(node, `miss ${at}: node`, 0, this.nodes - 1);
    if (!this.header.processors[node])
      throw new RangeError(`miss ${at}: node is ${shown(node)}, which has no processors; give one that has`);
    wholeNumber(thread, `miss ${at}: thread`, 0, MOST_LOG_THREADS - 1);
    wholeNumber(page, `miss ${at}: page`, 0, MOST_LOG_PAGES - 1);
  }

  private resize(room: number): void {
    this.timeNs = resized(this.timeNs, new Float64Array(room));
    this.node = resized(this.node, new Uint16Array(room));
    this.thread = resized(this.thread, new Int32Array(room));
    this.page = resized(this.page, new Int32Array(room));
    this.store = resized(this.store, new Uint8Array(room));
  }
}

function resized<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
