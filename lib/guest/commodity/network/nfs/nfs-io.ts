/** Which pages of files the client of NFS has in memory, and when they go to and come from the server. */
import { ErrorNumber, type Code, type KernelCore, type KernelThread } from '../../../../system/code.js';
import type { CachedPage } from '../../files/vnode.js';
import type { NfsClient } from './nfs-client.js';
import type { Attributes } from './nfs-protocol.js';
import { NfsTransfer } from './nfs-transfer.js';
import type { NfsVnode } from './nfs-vnode.js';

/** Reads and writes pages of vnodes over the network. Unless it says otherwise, the caller holds the lock of the vnode. */
export class NfsIo {
  private readonly client: NfsClient;
  private readonly core: KernelCore;
  private readonly transfer: NfsTransfer;

  constructor(client: NfsClient, core: KernelCore) {
    this.client = client;
    this.core = core;
    this.transfer = new NfsTransfer(client, core);
  }

  /**
   * A page of a file, held: from memory or the server. `blank`: what the server has does not matter, the page is of zeros if
   * it is not in memory. Needs no lock of the vnode. A number is an error.
   */
  *fetch(thread: KernelThread, vnode: NfsVnode, index: number, blank: boolean): Code<CachedPage | number> {
    const { pages } = this.client;
    const found = yield* pages.find(thread, vnode.id, index);
    if (found !== null) return found;
    yield* vnode.claim(thread, vnode.fetching, index);
    const page = yield* this.bring(thread, vnode, index, blank);
    yield* vnode.unclaim(thread, vnode.fetching, index);
    return page;
  }

  /** Brings a page into memory for later, if it is not there. Needs no lock of the vnode. */
  *prefetch(thread: KernelThread, vnode: NfsVnode, index: number, epoch: number): Code {
    if (vnode.fetching.has(index)) return;
    yield* vnode.claim(thread, vnode.fetching, index);
    if (vnode.epoch === epoch && !vnode.removed) {
      const page = yield* this.bring(thread, vnode, index, false);
      // Given back within the claim: who waits for claims counts on nobody holding the page.
      if (typeof page !== 'number') yield* this.client.pages.release(thread, vnode.id, index, page);
    }
    yield* vnode.unclaim(thread, vnode.fetching, index);
  }

  /** Tells the daemons to read what comes behind a page. */
  *readAhead(thread: KernelThread, vnode: NfsVnode, index: number): Code {
    const last = Math.ceil(vnode.size / this.core.pageBytes) - 1;
    for (let ahead = index + 1; ahead <= Math.min(index + this.client.options.readAhead, last); ahead++) {
      const found = yield* this.client.pages.find(thread, vnode.id, ahead);
      if (found !== null) yield* this.client.pages.release(thread, vnode.id, ahead, found);
      else yield* this.client.daemons.tell(thread, { vnode, index: ahead, epoch: vnode.epoch, write: false });
    }
  }

  /** Tells the daemons to write a page that is complete, if that is an option. */
  *writeBehind(thread: KernelThread, vnode: NfsVnode, index: number): Code {
    if (!this.client.options.writeBehind) return;
    yield* this.client.daemons.tell(thread, { vnode, index, epoch: vnode.epoch, write: true });
  }

  /** Keeps a page that the caller holds until it is written back. Needs no lock of the vnode. */
  *markDirty(thread: KernelThread, vnode: NfsVnode, index: number): Code {
    if (vnode.dirty.has(index) || vnode.removed) return;
    const page = yield* this.client.pages.find(thread, vnode.id, index);
    if (page === null) return;
    if (vnode.dirty.has(index) || vnode.removed) yield* this.client.pages.release(thread, vnode.id, index, page);
    else vnode.dirty.set(index, page);
  }

  /** Asks the server for the attributes if they are old, and forgets pages if somebody else changed the file. */
  *revalidate(thread: KernelThread, vnode: NfsVnode): Code<number> {
    if (this.core.tickNs >= vnode.freshUntilNs) {
      const attributes = yield* this.transfer.attributes(thread, vnode);
      if (typeof attributes === 'number') return attributes;
      this.take(vnode, attributes, false);
    }
    if (!vnode.suspect) return 0;
    vnode.suspect = false;
    vnode.validFrom = vnode.version;
    yield* this.forget(thread, vnode, 0);
    return 0;
  }

  /** Notes attributes. `own`: of a change that this client made. */
  take(vnode: NfsVnode, { version, size }: Attributes, own: boolean): void {
    // Replies may overtake each other.
    if (version < vnode.version) return;
    const still = vnode.dirty.size + vnode.writing.size === 0;
    if (!own && (version > vnode.version || (still && size !== vnode.size))) vnode.suspect = true;
    vnode.version = version;
    vnode.freshUntilNs = this.core.tickNs + this.client.options.attributeNs;
    vnode.size = still ? size : Math.max(size, vnode.size);
  }

  /** The first error of writing back that nobody was told, or 0. */
  takeError(vnode: NfsVnode): number {
    const { error } = vnode;
    vnode.error = 0;
    return error;
  }

  /** Writes all dirty pages to the server, and waits for it. */
  *flush(thread: KernelThread, vnode: NfsVnode): Code<number> {
    const alone = this.client.daemons.length === 0 || vnode.dirty.size === 1;
    for (const index of [...vnode.dirty.keys()].sort((a, b) => a - b)) {
      const told =
        !alone && (yield* this.client.daemons.tell(thread, { vnode, index, epoch: vnode.epoch, write: true }));
      if (!told) yield* this.writePage(thread, vnode, index);
    }
    yield* vnode.quiet(thread);
    return this.takeError(vnode);
  }

  /** Writes a page to the server if it is dirty. Needs no lock of the vnode. */
  *writePage(thread: KernelThread, vnode: NfsVnode, index: number): Code {
    yield* vnode.claim(thread, vnode.writing, index);
    const page = vnode.dirty.get(index);
    if (page !== undefined) {
      // Off the list first: what is written to the page from now on makes it dirty again.
      vnode.dirty.delete(index);
      const sent = yield* this.transfer.send(thread, vnode, index, page);
      const error = typeof sent === 'number' ? sent : 0;
      if (typeof sent !== 'number') this.take(vnode, sent, true);
      const keep = error < 0 && !vnode.removed && !vnode.dirty.has(index);
      if (error < 0) vnode.error ||= error;
      if (keep) vnode.dirty.set(index, page);
      else yield* this.client.pages.release(thread, vnode.id, index, page);
    }
    yield* vnode.unclaim(thread, vnode.writing, index);
  }

  /** Changes the length of a file, at the server and here. */
  *truncate(thread: KernelThread, vnode: NfsVnode, bytes: number): Code<number> {
    yield* this.silence(thread, vnode);
    const attributes = yield* this.transfer.setSize(thread, vnode, bytes);
    if (typeof attributes === 'number') return attributes;
    const first = Math.ceil(bytes / this.core.pageBytes);
    yield* this.discard(thread, vnode, first);
    yield* this.clearTail(thread, vnode, bytes);
    this.take(vnode, attributes, true);
    vnode.size = bytes;
    yield* this.client.pages.dropFrom(thread, vnode.id, first);
    return 0;
  }

  /** The server does not know the file any more: forgets what is in memory of it. */
  *bury(thread: KernelThread, vnode: NfsVnode): Code {
    vnode.removed = true;
    yield* this.silence(thread, vnode);
    yield* this.discard(thread, vnode, 0);
    yield* this.client.pages.dropFrom(thread, vnode.id, 0);
  }

  /** Waits until no page is under way, and keeps daemons from what they were told before. */
  private *silence(thread: KernelThread, vnode: NfsVnode): Code {
    vnode.epoch++;
    yield* vnode.quiet(thread);
  }

  private *forget(thread: KernelThread, vnode: NfsVnode, first: number): Code {
    yield* this.silence(thread, vnode);
    yield* this.client.pages.dropFrom(thread, vnode.id, first);
  }

  /** Dirty pages from `first` on need not be written any more. */
  private *discard(thread: KernelThread, vnode: NfsVnode, first: number): Code {
    for (const [index, page] of [...vnode.dirty]) {
      if (index < first || !vnode.dirty.delete(index)) continue;
      yield* this.client.pages.release(thread, vnode.id, index, page);
    }
  }

  /** Zeros behind the end of the file in its last page, if that is in memory. */
  private *clearTail(thread: KernelThread, vnode: NfsVnode, bytes: number): Code {
    const { pageBytes } = this.core;
    if (bytes % pageBytes === 0) return;
    const index = Math.floor(bytes / pageBytes);
    const page = yield* this.client.pages.find(thread, vnode.id, index);
    if (page === null) return;
    yield* this.transfer.clearFrom(page.address, bytes % pageBytes);
    yield* this.client.pages.release(thread, vnode.id, index, page);
  }

  private *bring(thread: KernelThread, vnode: NfsVnode, index: number, blank: boolean): Code<CachedPage | number> {
    const { pages } = this.client;
    const found = yield* pages.find(thread, vnode.id, index);
    if (found !== null) return found;
    const page = yield* this.core.takePage(thread);
    if (page < 0) return ErrorNumber.ENOMEM;
    const error = blank ? yield* this.transfer.clear(page) : yield* this.transfer.fill(thread, vnode, index, page);
    if (error === 0) return yield* pages.insert(thread, vnode.id, index, page);
    yield* this.core.givePage(thread, page);
    return error;
  }
}
