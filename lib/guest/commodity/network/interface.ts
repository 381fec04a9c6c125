/**
 * The driver of a network port: a queue of frames to send, and a ring of buffers to receive into. The port may be a card
 * or the virtual subnet of a monitor.
 */
import type { Channel, Code, KernelCore, KernelThread, Spinlock } from '../../../system/code.js';
import type { MbufPool } from './mbufs.js';
import { pieceOf, type Mbuf, type Piece } from './pieces.js';

/** Memory that a port reads from or writes to. */
export interface Fragment {
  /** Physical page. */
  readonly page: number;
  /** In the page, a multiple of 4. */
  readonly offset: number;
  readonly bytes: number;
}

/** A frame to send. */
export interface SentFrame {
  /** Address of the receiver on the link. */
  readonly to: number;
  readonly fragments: readonly Fragment[];
  /** For the sender: comes back in `sent`. */
  readonly tag: number;
}

/** A frame that was received. */
export interface ReceivedFrame {
  /** Address of the sender on the link. */
  readonly from: number;
  /** Each within one posted buffer, from the buffer's beginning; those buffers are the kernel's again. */
  readonly fragments: readonly Fragment[];
}

/** The bottom: sends and receives frames. Its code is executed with a lock held and must not sleep or call back. */
export interface NetworkPort {
  /** On the link. */
  readonly address: number;
  /** Most bytes of a frame; Infinity if there is no limit. */
  readonly mtu: number;
  /** Sends a frame. The memory is the port's until it reports it `sent`. */
  start(frame: SentFrame): Code;
  /** Gives the port a buffer to receive into. */
  post(buffer: Fragment): Code;
}

/** Sizes of the driver's queues. */
export interface InterfaceOptions {
  /** Frames that the port is given at once, from 1. */
  readonly transmitSlots: number;
  /** Frames that wait for the port, from 0. A datagram that does not fit is dropped. */
  readonly transmitQueue: number;
  /** Buffers posted for receiving, from 1. */
  readonly receiveRing: number;
}

/** A datagram under way out: as many frames as it took. */
export class Sending {
  /** Frames that the port has not reported as sent. */
  left: number;
  /** Its buffers, freed when all frames are sent. */
  readonly pieces: readonly Piece[];
  awaited = false;

  constructor(left: number, pieces: readonly Piece[]) {
    this.left = left;
    this.pieces = pieces;
  }
}

/** What is to be done with a frame received: takes over its pieces. In interrupt context. */
export type Input = (thread: KernelThread, from: number, pieces: readonly Piece[]) => Code;

interface Waiting {
  readonly to: number;
  readonly fragments: readonly Fragment[];
  readonly sending: Sending;
}

/** The driver. The kernel calls `sent` and `received` in interrupt context; `thread` is whoever locks are acquired for. */
export class NetworkInterface {
  readonly port: NetworkPort;
  readonly stats = { sent: 0, sendErrors: 0, sendDrops: 0, received: 0, receiveDrops: 0, strange: 0 };
  private readonly core: KernelCore;
  private readonly mbufs: MbufPool;
  private readonly options: InterfaceOptions;
  private readonly input: Input;
  private readonly record: number;
  private readonly lock: Spinlock;
  private readonly settled: Channel;
  /** All below is guarded by `lock`. */
  private readonly queue: Waiting[] = [];
  private readonly atPort = new Map<number, Sending>();
  private readonly posted = new Map<number, Mbuf>();
  private nextTag = 1;

  constructor(core: KernelCore, mbufs: MbufPool, port: NetworkPort, input: Input, options: InterfaceOptions) {
    if (options.transmitSlots < 1 || options.receiveRing < 1)
      throw new RangeError('a network interface has at least one transmit slot and one receive buffer');
    this.core = core;
    this.mbufs = mbufs;
    this.port = port;
    this.input = input;
    this.options = options;
    this.record = core.allocate('network interface', 128);
    this.lock = core.spinlock('network interface');
    this.settled = core.channel('network interface');
  }

  /** Buffers posted now. */
  get ring(): number {
    return this.posted.size;
  }

  /**
   * Fills the receive ring, and the reserve of clusters that interrupts take theirs from. Returns how many buffers are posted,
   * fewer than asked for if memory is short.
   */
  *open(thread: KernelThread): Code<number> {
    while (this.posted.size < this.options.receiveRing) {
      const mbuf = yield* this.mbufs.cluster(thread, true);
      if (mbuf === null) break;
      yield* this.lock.acquire(thread);
      yield* this.post(mbuf);
      yield* this.lock.release(thread);
    }
    yield* this.mbufs.provide(thread, this.mbufs.options.reserve);
    return this.posted.size;
  }

  /**
   * Queues the frames of a datagram, all or none. Takes over `owned`, the buffers of them. Null: the queue was full, the
   * datagram is dropped and its buffers are freed.
   */
  *send(
    thread: KernelThread,
    to: number,
    frames: readonly (readonly Fragment[])[],
    owned: readonly Piece[],
  ): Code<Sending | null> {
    const sending = new Sending(frames.length, owned);
    yield* this.lock.acquire(thread);
    yield* this.core.work('ether output', this.record);
    const room = this.options.transmitSlots + this.options.transmitQueue - this.atPort.size - this.queue.length;
    if (room < frames.length) {
      yield* this.lock.release(thread);
      this.stats.sendDrops++;
      yield* this.mbufs.freeAll(thread, owned);
      return null;
    }
    for (const fragments of frames) this.queue.push({ to, fragments, sending });
    yield* this.startNext();
    yield* this.lock.release(thread);
    return sending;
  }

  /** Waits until the port no longer needs the memory of a datagram. */
  *settle(thread: KernelThread, sending: Sending): Code {
    if (sending.left === 0) return;
    yield* this.lock.acquire(thread);
    while (sending.left > 0) {
      sending.awaited = true;
      yield* this.settled.sleep(thread, this.lock);
    }
    yield* this.lock.release(thread);
  }

  /** Interrupt: the port is done with a frame. `status` other than 0 means that it was not sent. */
  *sent(thread: KernelThread, tag: number, status: number): Code {
    yield* this.lock.acquire(thread);
    yield* this.core.work('network interrupt', this.record);
    const sending = this.atPort.get(tag);
    if (sending === undefined) {
      this.stats.strange++;
      return yield* this.lock.release(thread);
    }
    this.atPort.delete(tag);
    this.stats[status === 0 ? 'sent' : 'sendErrors']++;
    const last = --sending.left === 0;
    yield* this.startNext();
    if (last && sending.awaited) yield* this.settled.wakeAll();
    yield* this.lock.release(thread);
    if (last) yield* this.mbufs.freeAll(thread, sending.pieces);
  }

  /** Interrupt: a frame lies in buffers that were posted. Without new buffers for the ring it is dropped. */
  *received(thread: KernelThread, frame: ReceivedFrame): Code {
    yield* this.core.work('network interrupt', this.record);
    const pieces = yield* this.claim(thread, frame.fragments);
    const fresh: Mbuf[] = [];
    while (fresh.length < pieces.length) {
      const mbuf = yield* this.mbufs.cluster(thread, false);
      if (mbuf === null) break;
      fresh.push(mbuf);
    }
    const full = fresh.length === pieces.length;
    const good = full && pieces.length > 0 && pieces.length === frame.fragments.length && pieces.every(inWords);
    yield* this.lock.acquire(thread);
    // What is not handed on goes back into the ring; what was taken in its place is freed below.
    for (const mbuf of good ? fresh : pieces.map(piece => piece.mbuf!)) yield* this.post(mbuf);
    yield* this.lock.release(thread);
    if (good) {
      this.stats.received++;
      return yield* this.input(thread, frame.from, pieces);
    }
    this.stats[full ? 'strange' : 'receiveDrops']++;
    for (const mbuf of fresh) yield* this.mbufs.free(thread, mbuf);
  }

  /** The posted buffers that fragments lie in. */
  private *claim(thread: KernelThread, fragments: readonly Fragment[]): Code<Piece[]> {
    const pieces: Piece[] = [];
    yield* this.lock.acquire(thread);
    for (const { page, offset, bytes } of fragments) {
      const mbuf = this.posted.get(page);
      if (mbuf === undefined) continue;
      this.posted.delete(page);
      // A length that cannot be is marked, and found by `inWords`.
      const fits = offset === mbuf.offset && bytes >= 0 && bytes <= mbuf.bytes;
      pieces.push(pieceOf(mbuf, 0, fits ? bytes : -1));
    }
    yield* this.lock.release(thread);
    return pieces;
  }

  private *post(mbuf: Mbuf): Code {
    this.posted.set(mbuf.page, mbuf);
    yield* this.port.post({ page: mbuf.page, offset: mbuf.offset, bytes: mbuf.bytes });
  }

  private *startNext(): Code {
    while (this.queue.length > 0 && this.atPort.size < this.options.transmitSlots) {
      const { to, fragments, sending } = this.queue.shift()!;
      const tag = this.nextTag;
      this.nextTag = (this.nextTag % 0x7fffffff) + 1;
      this.atPort.set(tag, sending);
      yield* this.port.start({ to, fragments, tag });
    }
  }
}

function inWords({ bytes }: Piece): boolean {
  return bytes >= 0 && bytes % 4 === 0;
}
