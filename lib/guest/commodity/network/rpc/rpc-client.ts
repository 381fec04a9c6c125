/**
 * Calls of procedures on other kernels. A call is sent again until its reply comes, so that lost frames lose nothing; the
 * server sees to it that it is executed once.
 */
import {
  ErrorNumber,
  type Channel,
  type Code,
  type KernelCore,
  type KernelThread,
  type Spinlock,
} from '../../../../system/code.js';
import { bytesOf, type Piece } from '../pieces.js';
import { Accept, callWords, readReply } from './rpc-message.js';
import type { Datagram } from '../sockets/socket.js';
import type { Endpoint, Transport } from '../sockets/transport.js';
import type { Sending } from '../interface.js';
import { writeWords, XdrReader } from './xdr.js';

/** How often calls are sent. */
export interface RpcClientOptions {
  /** Port of the client's socket. */
  readonly clientPort: number;
  /** Nanoseconds until a call is sent again; doubled each time, up to `mostRetryNs`. */
  readonly retryNs: number;
  readonly mostRetryNs: number;
  /** How often a call is sent before it fails with ETIMEDOUT; Infinity for ever (a hard mount). From 1. */
  readonly tries: number;
  /** Calls under way at once, from 1; others wait. */
  readonly calls: number;
  /** First transaction number. Kernels that restart should not begin where they began before. */
  readonly firstXid: number;
}

/** Where a call goes, and which procedure it is of. */
export interface Procedure {
  readonly server: Endpoint;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
}

/** A reply: what `reader` reads comes after its header. Free its pieces when it is read. */
export interface RpcReply {
  readonly reader: XdrReader;
  readonly pieces: readonly Piece[];
}

/** A call under way. Guarded by the client's `lock`. */
interface Slot {
  readonly channel: Channel;
  xid: number;
  server: Endpoint | null;
  retryAtNs: number;
  reply: readonly Piece[] | null;
}

const XIDS = 2 ** 32;

/** The calling side of a kernel. */
export class RpcClient {
  readonly stats = { calls: 0, retransmissions: 0, timeouts: 0, strayReplies: 0, badReplies: 0 };
  private readonly core: KernelCore;
  private readonly transport: Transport;
  private readonly options: RpcClientOptions;
  private readonly lock: Spinlock;
  private readonly record: number;
  private readonly slotFree: Channel;
  private readonly idle: Slot[];
  /** Guarded by `lock`, as the free slots and the next number are; the clock looks without it, between yields. */
  private readonly pending = new Map<number, Slot>();
  private nextXid: number;

  constructor(core: KernelCore, transport: Transport, options: RpcClientOptions) {
    if (options.tries < 1 || options.calls < 1) throw new RangeError('a client makes at least one call, at least once');
    this.core = core;
    this.transport = transport;
    this.options = options;
    this.lock = core.spinlock('rpc');
    this.record = core.allocate('rpc', 128);
    this.slotFree = core.channel('rpc slots');
    this.idle = Array.from({ length: options.calls }, (_, k) => ({
      channel: core.channel(`rpc call ${k}`),
      xid: 0,
      server: null,
      retryAtNs: 0,
      reply: null,
    }));
    this.nextXid = options.firstXid >>> 0;
    transport.bind(options.clientPort, 1, (...reply) => this.arrived(...reply));
  }

  /**
   * Calls a procedure with argument words and data behind them, which stay the caller's. Sleeps until the reply comes.
   * ETIMEDOUT: none came. EIO: the server does not know the procedure, or took the arguments for garbage.
   */
  *call(
    thread: KernelThread,
    procedure: Procedure,
    words: readonly number[],
    data: readonly Piece[] = [],
  ): Code<RpcReply | number> {
    const slot = yield* this.enter(thread, procedure.server);
    yield* this.core.work('rpc call', this.record);
    const message = [...callWords({ xid: slot.xid, ...procedure }), ...words];
    const sendings: Sending[] = [];
    let wait = this.options.retryNs;
    for (let tries = 0; tries < this.options.tries && slot.reply === null; tries++) {
      if (tries > 0) this.stats.retransmissions++;
      const sending = yield* this.transmit(thread, procedure.server, message, data);
      if (sending !== null) sendings.push(sending);
      yield* this.await(thread, slot, wait);
      wait = Math.min(wait * 2, this.options.mostRetryNs);
    }
    const pieces = yield* this.leave(thread, slot);
    if (data.length > 0) for (const sending of sendings) yield* this.transport.network.settle(thread, sending);
    if (pieces !== null) return yield* this.accept(thread, pieces);
    this.stats.timeouts++;
    return ErrorNumber.ETIMEDOUT;
  }

  /** Frees a reply that has been read. */
  *free(thread: KernelThread, reply: RpcReply): Code {
    yield* this.transport.mbufs.freeAll(thread, reply.pieces);
  }

  /** Interrupt: the clock has ticked. Wakes those whose calls are to be sent again. */
  *tick(thread: KernelThread): Code {
    const due = () => [...this.pending.values()].filter(slot => slot.retryAtNs <= this.core.tickNs);
    if (due().length === 0) return;
    yield* this.lock.acquire(thread);
    for (const slot of due()) yield* slot.channel.wakeAll();
    yield* this.lock.release(thread);
  }

  private *enter(thread: KernelThread, server: Endpoint): Code<Slot> {
    yield* this.lock.acquire(thread);
    while (this.idle.length === 0) yield* this.slotFree.sleep(thread, this.lock);
    const slot = this.idle.pop()!;
    slot.xid = this.nextXid;
    slot.server = server;
    slot.reply = null;
    slot.retryAtNs = Infinity;
    this.nextXid = (this.nextXid + 1) % XIDS;
    this.pending.set(slot.xid, slot);
    this.stats.calls++;
    yield* this.lock.release(thread);
    return slot;
  }

  private *transmit(
    thread: KernelThread,
    server: Endpoint,
    words: readonly number[],
    data: readonly Piece[],
  ): Code<Sending | null> {
    const pieces = yield* writeWords(this.core, this.transport.mbufs, thread, words);
    if (pieces === null) return null;
    return yield* this.transport.send(thread, this.options.clientPort, server, [...pieces, ...data]);
  }

  /** Sleeps until the reply is there, or it is time to send again. */
  private *await(thread: KernelThread, slot: Slot, waitNs: number): Code {
    yield* this.lock.acquire(thread);
    slot.retryAtNs = this.core.tickNs + waitNs;
    while (slot.reply === null && this.core.tickNs < slot.retryAtNs) yield* slot.channel.sleep(thread, this.lock);
    yield* this.lock.release(thread);
  }

  private *leave(thread: KernelThread, slot: Slot): Code<readonly Piece[] | null> {
    yield* this.lock.acquire(thread);
    this.pending.delete(slot.xid);
    const { reply } = slot;
    this.idle.push(slot);
    yield* this.slotFree.wakeOne();
    yield* this.lock.release(thread);
    return reply;
  }

  private *accept(thread: KernelThread, pieces: readonly Piece[]): Code<RpcReply | number> {
    const reader = new XdrReader(pieces);
    yield* reader.word();
    if ((yield* readReply(reader)) === Accept.SUCCESS) return { reader, pieces };
    this.stats.badReplies++;
    yield* this.transport.mbufs.freeAll(thread, pieces);
    return ErrorNumber.EIO;
  }

  /** Interrupt: a datagram for this client. One that nobody waits for is freed. */
  private *arrived(thread: KernelThread, { from, fromPort, pieces }: Datagram): Code {
    const reader = new XdrReader(pieces);
    const xid = yield* reader.word();
    yield* this.lock.acquire(thread);
    yield* this.core.work('rpc reply', this.record);
    const slot = bytesOf(pieces) === 0 ? undefined : this.pending.get(xid);
    const known = slot?.server?.address === from && slot.server.port === fromPort && slot.reply === null;
    if (slot !== undefined && known) {
      slot.reply = pieces;
      yield* slot.channel.wakeAll();
    }
    yield* this.lock.release(thread);
    if (known) return;
    this.stats.strayReplies++;
    yield* this.transport.mbufs.freeAll(thread, pieces);
  }
}
