/** What the client of NFS asks of the server for a file: pages, and attributes. Callers keep the books. */
import { copy, load, store, zero } from '../../../../processor/operations.js';
import { ErrorNumber, type Code, type KernelCore, type KernelThread } from '../../../../system/code.js';
import type { CachedPage } from '../../files/vnode.js';
import type { NfsClient } from './nfs-client.js';
import { Nfs, readAttributes, type Attributes } from './nfs-protocol.js';
import type { NfsVnode } from './nfs-vnode.js';
import { lastMask, wordsUp, type Piece } from '../pieces.js';
import type { RpcReply } from '../rpc/rpc-client.js';

/** Times that a page is read anew because the file changed meanwhile, before what came is taken as it is. */
const MOST_READS = 4;

/** Moves pages between the server and memory. */
export class NfsTransfer {
  private readonly client: NfsClient;
  private readonly core: KernelCore;

  constructor(client: NfsClient, core: KernelCore) {
    this.client = client;
    this.core = core;
  }

  /** The attributes of a file; a number is an error. */
  *attributes(thread: KernelThread, vnode: NfsVnode): Code<Attributes | number> {
    const reply = yield* this.client.ask(thread, Nfs.GETATTR, vnode.handle);
    if (typeof reply === 'number') return this.failed(vnode, reply);
    return yield* this.readAll(thread, reply);
  }

  /** Changes the length of a file; returns its attributes, or an error. */
  *setSize(thread: KernelThread, vnode: NfsVnode, bytes: number): Code<Attributes | number> {
    const words = [...vnode.handle, ...[-1, -1, -1, bytes, -1, -1, -1, -1]];
    const reply = yield* this.client.ask(thread, Nfs.SETATTR, words);
    if (typeof reply === 'number') return this.failed(vnode, reply);
    return yield* this.readAll(thread, reply);
  }

  /** Fills a physical page from the server. Returns 0, or an error. */
  *fill(thread: KernelThread, vnode: NfsVnode, index: number, page: number): Code<number> {
    const { pageBytes } = this.core;
    for (let reads = 1; ; reads++) {
      const words = [...vnode.handle, index * pageBytes, pageBytes, 0];
      const reply = yield* this.client.ask(thread, Nfs.READ, words);
      if (typeof reply === 'number') return this.failed(vnode, reply);
      const attributes = yield* readAttributes(reply.reader);
      const bytes = yield* reply.reader.word();
      const data = bytes > pageBytes ? null : reply.reader.data(bytes);
      const whole = attributes !== null && !reply.reader.truncated && data !== null;
      if (whole) yield* this.move(thread, data, bytes, this.core.addressOf(page));
      yield* this.client.freeReply(thread, reply);
      if (!whole) return ErrorNumber.EIO;
      if (attributes.version >= vnode.validFrom || reads === MOST_READS) return 0;
    }
  }

  /** From network buffers into a page: the copy that the paper turns into a call of the monitor. */
  private *move(thread: KernelThread, data: readonly Piece[], bytes: number, to: number): Code {
    const { remap, cyclesPerLine } = this.client.options;
    const [first] = data;
    yield* this.core.work('nfs page');
    if (remap !== null && data.length === 1 && first.offset === 0 && bytes === this.core.pageBytes)
      return yield* remap(thread, first.address, to);
    let done = 0;
    for (const piece of data) {
      yield copy(piece.address, to + done, piece.bytes, cyclesPerLine);
      done += piece.bytes;
    }
    yield* this.clearFrom(to, bytes);
  }

  /** Sends a page to the server, from where it lies; returns the attributes after it, 0 if there was nothing to send, or an error. */
  *send(thread: KernelThread, vnode: NfsVnode, index: number, page: CachedPage): Code<Attributes | number> {
    const offset = index * this.core.pageBytes;
    const bytes = Math.min(this.core.pageBytes, vnode.size - offset);
    if (bytes <= 0) return 0;
    const data: Piece = { page: page.page, offset: 0, bytes: wordsUp(bytes), address: page.address, mbuf: null };
    const words = [...vnode.handle, 0, offset, 0, bytes];
    const reply = yield* this.client.ask(thread, Nfs.WRITE, words, [data]);
    if (typeof reply === 'number') return this.failed(vnode, reply);
    return yield* this.readAll(thread, reply);
  }

  /** Makes a page one of zeros. Returns 0. */
  *clear(page: number): Code<number> {
    yield zero(this.core.addressOf(page), this.core.pageBytes, this.client.options.cyclesPerLine);
    return 0;
  }

  /** Makes zeros of what is behind the first `bytes` bytes of a page. */
  *clearFrom(address: number, bytes: number): Code {
    const mask = lastMask(bytes);
    const last = address + wordsUp(bytes) - 4;
    if (mask !== 0) yield store(last, (yield load(last)) & ~mask);
    const rest = this.core.pageBytes - wordsUp(bytes);
    if (rest > 0) yield zero(address + wordsUp(bytes), rest, this.client.options.cyclesPerLine);
  }

  /** Reads a reply of attributes and frees it. */
  private *readAll(thread: KernelThread, reply: RpcReply): Code<Attributes | number> {
    const attributes = yield* readAttributes(reply.reader);
    yield* this.client.freeReply(thread, reply);
    return attributes ?? ErrorNumber.EIO;
  }

  private failed(vnode: NfsVnode, error: number): number {
    if (error === ErrorNumber.ESTALE) vnode.removed = true;
    return error;
  }
}
