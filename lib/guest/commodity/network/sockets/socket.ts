/** Where datagrams wait for whoever receives at a port. */
import type { Channel, Code, KernelCore, KernelThread, Spinlock } from '../../../../system/code.js';
import type { Piece } from '../pieces.js';

/** A datagram that was received. Whoever has it frees its pieces. */
export interface Datagram {
  readonly from: number;
  readonly fromPort: number;
  readonly pieces: readonly Piece[];
}

/** Takes a datagram over as it comes, in interrupt context. */
export type Upcall = (thread: KernelThread, datagram: Datagram) => Code;

/** A port of the transport. */
export class Socket {
  readonly port: number;
  readonly stats = { received: 0, dropped: 0 };
  private readonly core: KernelCore;
  readonly limit: number;
  private readonly upcall: Upcall | null;
  private readonly record: number;
  private readonly lock: Spinlock;
  private readonly channel: Channel;
  /** Guarded by `lock`. */
  private readonly queue: Datagram[] = [];
  /** When those who wait with a timeout give up. Guarded by `lock`; the clock looks without it, between yields. */
  private readonly deadlines = new Set<{ readonly at: number }>();
  /** Guarded by `lock`, but for `reopen`, which no other processor can meet. */
  private open = true;
  /** Guarded by `lock`. Grows when the socket is closed: who waited for what came before gets nothing of what comes after. */
  private closings = 0;

  /** `limit`: datagrams that may wait, from 1. With an upcall none wait. */
  constructor(core: KernelCore, port: number, limit: number, upcall: Upcall | null) {
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new RangeError(`a socket keeps at least one datagram, not ${limit}`);
    this.core = core;
    this.port = port;
    this.limit = limit;
    this.upcall = upcall;
    this.record = core.allocate('socket', 128);
    this.lock = core.spinlock('socket');
    this.channel = core.channel(`socket ${port}`);
  }

  /** Whether datagrams are handed to somebody as they come, instead of waiting. */
  get calls(): boolean {
    return this.upcall !== null;
  }

  /** Datagrams that wait. */
  get length(): number {
    return this.queue.length;
  }

  /** Takes a datagram from the network; false if it must be dropped, and stays the caller's. */
  *deliver(thread: KernelThread, datagram: Datagram): Code<boolean> {
    if (this.upcall !== null && this.open) {
      this.stats.received++;
      yield* this.upcall(thread, datagram);
      return true;
    }
    yield* this.lock.acquire(thread);
    yield* this.core.work('socket append', this.record);
    const room = this.open && this.queue.length < this.limit;
    this.stats[room ? 'received' : 'dropped']++;
    if (room) {
      this.queue.push(datagram);
      yield* this.channel.wakeOne();
    }
    yield* this.lock.release(thread);
    return room;
  }

  /**
   * The next datagram; waits for one. Null when the socket is closed, or at the first tick `timeoutNs` or more after now.
   */
  *receive(thread: KernelThread, timeoutNs = Infinity): Code<Datagram | null> {
    const deadline = { at: this.core.tickNs + timeoutNs };
    const { closings } = this;
    yield* this.lock.acquire(thread);
    yield* this.core.work('socket receive', this.record);
    this.deadlines.add(deadline);
    const lives = (): boolean => this.open && this.closings === closings;
    while (this.queue.length === 0 && lives() && this.core.tickNs < deadline.at)
      yield* this.channel.sleep(thread, this.lock);
    this.deadlines.delete(deadline);
    const datagram = lives() ? (this.queue.shift() ?? null) : null;
    yield* this.lock.release(thread);
    return datagram;
  }

  /** Interrupt: the clock has ticked. */
  *tick(thread: KernelThread): Code {
    let due = false;
    for (const { at } of this.deadlines) due ||= at <= this.core.tickNs;
    if (!due) return;
    yield* this.lock.acquire(thread);
    yield* this.channel.wakeAll();
    yield* this.lock.release(thread);
  }

  /** Opens a socket again that was closed. */
  reopen(): void {
    this.open = true;
  }

  /** Nobody receives any more: those who wait get null. Returns what waited, for the caller to free. */
  *close(thread: KernelThread): Code<readonly Datagram[]> {
    yield* this.lock.acquire(thread);
    this.open = false;
    this.closings++;
    const waiting = this.queue.splice(0);
    yield* this.channel.wakeAll();
    yield* this.lock.release(thread);
    return waiting;
  }
}
