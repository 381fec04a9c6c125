/**
 * Datagrams between ports of kernels, as UDP over IP. Promised: what is delivered is a datagram that was sent, whole, to the
 * port that it was sent to. Not promised: that a datagram arrives, once, or in order.
 */
import { compute, load } from '../../../../processor/operations.js';
import type { Code, KernelCore, KernelThread, Spinlock } from '../../../../system/code.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES, readHeader, writeHeader, type DatagramHeader } from './datagram-header.js';
import { NetworkInterface, type InterfaceOptions, type NetworkPort, type Sending } from '../interface.js';
import type { MbufPool } from '../mbufs.js';
import { bytesOf, partOf, pieceOf, type Piece } from '../pieces.js';
import { Reassembly, type ReassemblyOptions } from './reassembly.js';
import { Socket, type Upcall } from './socket.js';

/** How datagrams are sent and received. */
export interface TransportOptions extends InterfaceOptions, ReassemblyOptions {
  /** Whether data are read once more for a checksum, at both ends. Costs what it costs; data are never damaged here. */
  readonly checksum: boolean;
}

/** Bytes that the loop of the checksum takes per turn, and its instructions. */
const CHECKSUM_BYTES = 32;
const CHECKSUM_CYCLES = 18;

/** A place that datagrams are sent to. */
export interface Endpoint {
  readonly address: number;
  /** 1 to 65535. */
  readonly port: number;
}

/** The transport of a kernel over one network port. */
export class Transport {
  readonly network: NetworkInterface;
  readonly mbufs: MbufPool;
  /** Guarded by `lock`. */
  readonly reassembly: Reassembly;
  readonly stats = { sent: 0, delivered: 0, malformed: 0, astray: 0, noPort: 0, noBuffers: 0, queueFull: 0 };
  private readonly core: KernelCore;
  private readonly options: TransportOptions;
  /** By port. No lock: looked at and changed between yields only, as the two below. */
  private readonly sockets = new Map<number, Socket>();
  /** Sockets that were closed, by port: kernel data live for ever, so they are used again. */
  private readonly closed = new Map<number, Socket>();
  private readonly lock: Spinlock;
  private readonly record: number;
  private nextId = 1;

  constructor(core: KernelCore, mbufs: MbufPool, port: NetworkPort, options: TransportOptions) {
    if (port.mtu < HEADER_BYTES + 8) throw new RangeError(`a frame of ${port.mtu} bytes carries no data`);
    this.core = core;
    this.mbufs = mbufs;
    this.options = options;
    this.record = core.allocate('transport', 128);
    this.lock = core.spinlock('transport');
    this.reassembly = new Reassembly(options);
    this.network = new NetworkInterface(core, mbufs, port, (...frame) => this.input(...frame), options);
  }

  /** Whether there is a socket at a port. */
  bound(port: number): boolean {
    return this.sockets.has(port);
  }

  /** Makes a socket at a port. Throws a RangeError if the port is none, or taken. For set-up. */
  bind(port: number, limit: number, upcall: Upcall | null = null): Socket {
    if (!Number.isSafeInteger(port) || port < 1 || port > 0xffff || this.sockets.has(port))
      throw new RangeError(`port ${port} ${this.sockets.has(port) ? 'is taken' : 'is not from 1 to 65535'}`);
    const known = upcall === null ? this.closed.get(port) : undefined;
    const again = known?.limit === limit ? known : undefined;
    again?.reopen();
    const socket = again ?? new Socket(this.core, port, limit, upcall);
    this.closed.delete(port);
    this.sockets.set(port, socket);
    return socket;
  }

  /** Closes a socket; its port is free again. */
  *unbind(thread: KernelThread, socket: Socket): Code {
    if (this.sockets.get(socket.port) === socket) this.sockets.delete(socket.port);
    for (const { pieces } of yield* socket.close(thread)) yield* this.mbufs.freeAll(thread, pieces);
    if (!socket.calls && !this.sockets.has(socket.port)) this.closed.set(socket.port, socket);
  }

  /**
   * Sends a datagram. Takes over the buffers of its pieces; pieces without a buffer must stay as they are until the result
   * is settled (`network.settle`). Null: dropped here, for want of buffers or room. Throws a RangeError above 65504 bytes.
   */
  *send(thread: KernelThread, fromPort: number, to: Endpoint, pieces: readonly Piece[]): Code<Sending | null> {
    const bytes = bytesOf(pieces);
    if (bytes > MAX_DATAGRAM_BYTES || bytes % 4 !== 0)
      throw new RangeError(`a datagram has whole words, at most ${MAX_DATAGRAM_BYTES} bytes, not ${bytes}`);
    yield* this.core.work('udp output', this.record);
    if (this.options.checksum) yield* checksum(pieces);
    const owned = pieces.filter(piece => piece.mbuf !== null);
    const from = { from: this.network.port.address, to: to.address, fromPort, toPort: to.port };
    const frames = yield* this.frame(thread, { ...from, id: this.nextId++ | 0 }, pieces, bytes, owned);
    if (frames === null) {
      this.stats.noBuffers++;
      yield* this.mbufs.freeAll(thread, owned);
      return null;
    }
    const sending = yield* this.network.send(thread, to.address, frames, owned);
    this.stats[sending === null ? 'queueFull' : 'sent']++;
    return sending;
  }

  /** Interrupt: the clock has ticked. Wakes receivers whose time is up, and gives up old parts. */
  *tick(thread: KernelThread): Code {
    for (const socket of [...this.sockets.values()]) yield* socket.tick(thread);
    if (this.reassembly.length === 0) return;
    yield* this.lock.acquire(thread);
    const expired = this.reassembly.expire(this.core.tickNs);
    yield* this.lock.release(thread);
    yield* this.mbufs.freeAll(thread, expired);
  }

  /** Cuts a datagram into frames, each with a header; adds the buffers of headers to `owned`. Null: no buffers. */
  private *frame(
    thread: KernelThread,
    names: Omit<DatagramHeader, 'bytes' | 'offset' | 'more'>,
    pieces: readonly Piece[],
    bytes: number,
    owned: Piece[],
  ): Code<(readonly Piece[])[] | null> {
    const { mtu } = this.network.port;
    const most = mtu === Infinity ? MAX_DATAGRAM_BYTES : Math.floor((mtu - HEADER_BYTES) / 8) * 8;
    const frames: (readonly Piece[])[] = [];
    let offset = 0;
    do {
      const data = slice(pieces, offset, Math.min(most, bytes - offset));
      const room = frames.length === 0 ? roomInFront(pieces[0]) : null;
      const header = room ?? (yield* this.headerBuffer(thread));
      if (header === null) return null;
      if (room === null) owned.push(header);
      const length = bytesOf(data);
      const more = offset + length < bytes;
      yield* writeHeader(header.address, { ...names, bytes: length, offset, more });
      if (frames.length > 0) yield* this.core.work('ip fragment', this.record);
      frames.push(room === null ? [header, ...data] : [joined(header, data[0]), ...data.slice(1)]);
      offset += length;
    } while (offset < bytes);
    return frames;
  }

  private *headerBuffer(thread: KernelThread): Code<Piece | null> {
    const mbuf = yield* this.mbufs.small(thread, true);
    return mbuf === null ? null : pieceOf(mbuf, 0, HEADER_BYTES);
  }

  /** Interrupt: a frame has come. */
  private *input(thread: KernelThread, from: number, pieces: readonly Piece[]): Code {
    yield* this.core.work('ether input', this.record);
    const first = pieces[0];
    const header = first.bytes < HEADER_BYTES ? null : yield* readHeader(first.address);
    if (header === null || header.from !== (from | 0) || header.bytes !== bytesOf(pieces) - HEADER_BYTES) {
      this.stats.malformed++;
      return yield* this.mbufs.freeAll(thread, pieces);
    }
    if (header.to !== (this.network.port.address | 0)) {
      this.stats.astray++;
      return yield* this.mbufs.freeAll(thread, pieces);
    }
    const data = yield* this.trim(thread, pieces);
    const whole = header.offset === 0 && !header.more ? data : yield* this.assemble(thread, header, data);
    if (whole !== null) yield* this.deliver(thread, header, whole);
  }

  /** Takes the header off, and pieces without data out. */
  private *trim(thread: KernelThread, pieces: readonly Piece[]): Code<readonly Piece[]> {
    const [first, ...rest] = pieces;
    const data = [partOf(first, HEADER_BYTES, first.bytes - HEADER_BYTES, first.mbuf), ...rest];
    yield* this.mbufs.freeAll(
      thread,
      data.filter(piece => piece.bytes === 0),
    );
    return data.filter(piece => piece.bytes > 0);
  }

  private *assemble(
    thread: KernelThread,
    header: DatagramHeader,
    data: readonly Piece[],
  ): Code<readonly Piece[] | null> {
    yield* this.lock.acquire(thread);
    yield* this.core.work('ip reassemble', this.record);
    const { whole, unwanted } = this.reassembly.add(header, data, this.core.tickNs);
    yield* this.lock.release(thread);
    yield* this.mbufs.freeAll(thread, unwanted);
    return whole;
  }

  private *deliver(thread: KernelThread, header: DatagramHeader, pieces: readonly Piece[]): Code {
    yield* this.core.work('udp input', this.record);
    if (this.options.checksum) yield* checksum(pieces);
    const socket = this.sockets.get(header.toPort);
    if (socket === undefined) this.stats.noPort++;
    const datagram = { from: header.from, fromPort: header.fromPort, pieces };
    if (socket !== undefined && (yield* socket.deliver(thread, datagram))) this.stats.delivered++;
    else yield* this.mbufs.freeAll(thread, pieces);
  }
}

/** Reads all data, a load for each turn of the loop: what a checksum costs, without its value. */
function* checksum(pieces: readonly Piece[]): Code {
  for (const { address, bytes } of pieces)
    for (let offset = 0; offset < bytes; offset += CHECKSUM_BYTES) {
      yield load(address + offset);
      yield compute(CHECKSUM_CYCLES);
    }
}

/** `bytes` bytes of pieces from `offset` on, without their buffers. */
function slice(pieces: readonly Piece[], offset: number, bytes: number): Piece[] {
  const parts: Piece[] = [];
  let start = 0;
  for (const piece of pieces) {
    const from = Math.max(offset - start, 0);
    const to = Math.min(offset + bytes - start, piece.bytes);
    if (from < to) parts.push(partOf(piece, from, to - from, null));
    start += piece.bytes;
  }
  return parts;
}

/** Room for a header in front of a piece in its buffer. */
function roomInFront(piece: Piece | undefined): Piece | null {
  if (piece === undefined || piece.mbuf === null || piece.bytes === 0) return null;
  if (piece.offset - piece.mbuf.offset < HEADER_BYTES) return null;
  return partOf(piece, -HEADER_BYTES, HEADER_BYTES, null);
}

function joined(header: Piece, data: Piece): Piece {
  return partOf(header, 0, header.bytes + data.bytes, null);
}
