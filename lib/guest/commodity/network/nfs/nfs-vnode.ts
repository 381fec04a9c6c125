/** A file of a server as its client knows it. */
import {
  ErrorNumber,
  type Channel,
  type Code,
  type KernelCore,
  type KernelThread,
  type SleepLock,
  type Spinlock,
} from '../../../../system/code.js';
import type { CachedPage, Vnode } from '../../files/vnode.js';
import type { Attributes, Handle } from './nfs-protocol.js';
import type { NfsClient } from './nfs-client.js';
import { copyBytes } from '../pieces.js';

/** A file or directory of a server. Offsets and addresses are multiples of 4, or the answer is EINVAL. */
export class NfsVnode implements Vnode {
  readonly kind: 'file' | 'directory';
  readonly id: number;
  readonly handle: Handle;
  /** Bytes, with what has not been written back. */
  size: number;
  /** Of the attributes known last. */
  version: number;
  /** When the attributes must be asked for again. */
  freshUntilNs: number;
  /** Whether somebody else changed the file, so that pages in memory may be old. */
  suspect = false;
  /** Data of an older version must not become pages any more. */
  validFrom = 0;
  /** Pages to be written back, held. No lock: looked at and changed between yields only, as the attributes are. */
  readonly dirty = new Map<number, CachedPage>();
  /** Pages that are being read, and written back. Guarded by `state`. */
  readonly fetching = new Set<number>();
  readonly writing = new Set<number>();
  /** Pages that daemons have been told to write: counted up under the daemons' lock, down under `state`. */
  queued = 0;
  /** What daemons were told in an earlier epoch is void. */
  epoch = 0;
  /** First error of writing back that nobody was told. */
  error = 0;
  /** The name is gone, or the server knows the file no more. */
  removed = false;
  /** Names of a directory, and until when they may be believed. */
  readonly children = new Map<string, { readonly vnode: NfsVnode; readonly untilNs: number }>();
  /** Held over reads, writes, and whatever changes the length. */
  readonly lock: SleepLock;
  private readonly client: NfsClient;
  private readonly core: KernelCore;
  private readonly state: Spinlock;
  private readonly changed: Channel;
  private nextIndex = 0;

  constructor(
    client: NfsClient,
    core: KernelCore,
    state: Spinlock,
    id: number,
    handle: Handle,
    attributes: Attributes,
    freshUntilNs: number,
  ) {
    this.client = client;
    this.core = core;
    this.state = state;
    this.id = id;
    this.handle = handle;
    this.kind = attributes.kind;
    this.size = attributes.size;
    this.version = attributes.version;
    this.freshUntilNs = freshUntilNs;
    this.lock = core.sleepLock('nfs vnode');
    this.changed = core.channel('nfs vnode');
  }

  *page(thread: KernelThread, index: number): Code<CachedPage | number> {
    return yield* this.locked(thread, () => this.client.io.fetch(thread, this, index, false));
  }

  *release(thread: KernelThread, index: number, page: CachedPage, dirty: boolean): Code {
    if (dirty) yield* this.client.io.markDirty(thread, this, index);
    yield* this.client.pages.release(thread, this.id, index, page);
  }

  *read(thread: KernelThread, offset: number, address: number, bytes: number): Code<number> {
    const fault = this.fault(offset, address, bytes);
    if (fault !== 0) return fault;
    return yield* this.locked(thread, () => this.readPages(thread, offset, address, bytes));
  }

  *write(thread: KernelThread, offset: number, address: number, bytes: number): Code<number> {
    const fault = this.fault(offset, address, bytes);
    if (fault !== 0) return fault;
    return yield* this.locked(thread, () => this.writePages(thread, offset, address, bytes));
  }

  *truncate(thread: KernelThread, bytes: number): Code<number> {
    const fault = this.fault(0, 0, bytes);
    if (fault !== 0) return fault;
    return yield* this.locked(thread, () => this.client.io.truncate(thread, this, bytes));
  }

  /** Writes back what is dirty. Returns the first error, which may be of writing back earlier. */
  *sync(thread: KernelThread): Code<number> {
    return yield* this.locked(thread, () => this.client.io.flush(thread, this));
  }

  /** Asks the server for the attributes if `checkOnOpen` says so, otherwise when they are old. */
  *opened(thread: KernelThread): Code {
    if (this.client.options.checkOnOpen) this.freshUntilNs = 0;
    yield* this.locked(thread, () => this.client.io.revalidate(thread, this));
  }

  /** Writes back what is dirty. An error stays for `sync`, or the next write, to return. */
  *closed(thread: KernelThread): Code {
    const error = yield* this.sync(thread);
    if (!this.removed) this.error ||= error;
  }

  /** Waits until nobody else has claimed a page in `claims`, and claims it. */
  *claim(thread: KernelThread, claims: Set<number>, index: number): Code {
    yield* this.state.acquire(thread);
    while (claims.has(index)) yield* this.changed.sleep(thread, this.state);
    claims.add(index);
    yield* this.state.release(thread);
  }

  *unclaim(thread: KernelThread, claims: Set<number>, index: number): Code {
    yield* this.state.acquire(thread);
    claims.delete(index);
    yield* this.changed.wakeAll();
    yield* this.state.release(thread);
  }

  /** A daemon has done, or left, a page that it was told to write. */
  *unqueue(thread: KernelThread): Code {
    yield* this.state.acquire(thread);
    this.queued--;
    yield* this.changed.wakeAll();
    yield* this.state.release(thread);
  }

  /** Waits until no page is being read or written, nor waits for a daemon to write it. */
  *quiet(thread: KernelThread): Code {
    yield* this.state.acquire(thread);
    while (this.fetching.size + this.writing.size + this.queued > 0) yield* this.changed.sleep(thread, this.state);
    yield* this.state.release(thread);
  }

  private fault(offset: number, address: number, bytes: number): number {
    if (this.kind === 'directory') return ErrorNumber.EISDIR;
    const whole = [offset, address, bytes].every(value => Number.isSafeInteger(value) && value >= 0);
    if (!whole || offset % 4 !== 0 || address % 4 !== 0) return ErrorNumber.EINVAL;
    return offset + bytes > this.client.mostFileBytes ? ErrorNumber.EFBIG : 0;
  }

  private *locked<T>(thread: KernelThread, inside: () => Code<T | number>): Code<T | number> {
    yield* this.lock.acquire(thread);
    const result = this.removed ? ErrorNumber.ESTALE : yield* inside();
    yield* this.lock.release(thread);
    return result;
  }

  private *readPages(thread: KernelThread, offset: number, address: number, bytes: number): Code<number> {
    const { io, options } = this.client;
    const error = yield* io.revalidate(thread, this);
    if (error < 0) return error;
    let done = 0;
    while (done < bytes && offset + done < this.size) {
      const index = Math.floor((offset + done) / this.core.pageBytes);
      const start = (offset + done) % this.core.pageBytes;
      const length = Math.min(bytes - done, this.core.pageBytes - start, this.size - offset - done);
      if (index === this.nextIndex) yield* io.readAhead(thread, this, index);
      this.nextIndex = index + 1;
      const page = yield* io.fetch(thread, this, index, false);
      if (typeof page === 'number') return done > 0 ? done : page;
      yield* this.core.work('nfs read');
      yield* copyBytes(page.address + start, address + done, length, options.cyclesPerLine);
      yield* this.client.pages.release(thread, this.id, index, page);
      done += length;
    }
    return done;
  }

  private *writePages(thread: KernelThread, offset: number, address: number, bytes: number): Code<number> {
    const { io, options } = this.client;
    const error = (yield* io.revalidate(thread, this)) || io.takeError(this);
    if (error < 0) return error;
    let done = 0;
    while (done < bytes) {
      const index = Math.floor((offset + done) / this.core.pageBytes);
      const start = (offset + done) % this.core.pageBytes;
      const length = Math.min(bytes - done, this.core.pageBytes - start);
      // What is not overwritten must come from the server, if the file has it.
      const covered = start === 0 && (length === this.core.pageBytes || offset + done + length >= this.size);
      const blank = covered || index * this.core.pageBytes >= this.size;
      const page = yield* io.fetch(thread, this, index, blank);
      if (typeof page === 'number') return done > 0 ? done : page;
      yield* this.core.work('nfs write');
      yield* copyBytes(address + done, page.address + start, length, options.cyclesPerLine);
      yield* io.markDirty(thread, this, index);
      this.size = Math.max(this.size, offset + done + length);
      yield* this.client.pages.release(thread, this.id, index, page);
      if (start + length === this.core.pageBytes) yield* io.writeBehind(thread, this, index);
      done += length;
    }
    return done;
  }
}
