/**
 * A file of a disk file system: its inode in memory. Two locks: that of the content is held by whoever reads (shared) or
 * changes the file, also while it copies from and to users; that of the block map never is, because a page fault takes it.
 */
import { load } from '../../../../processor/operations.js';
import { ErrorNumber } from '../../../../system/code.js';
import type { Code, KernelThread, SleepLock } from '../../../../system/code.js';
import type { CachedPage, Vnode } from '../vnode.js';
import { copyBytes, zeroBytes } from '../byte-copy.js';
import { findBlock, makeBlock } from './block-map.js';
import type { CacheEntry } from '../cache/cache-entry.js';
import { BLOCK_BYTES, INODE_WORDS, InodeKind, InodeWord, LONGEST_FILE, blocksOf } from './disk-layout.js';
import { readInode, writeInode } from './inode-block.js';
import { prefetch, readAhead } from '../cache/read-ahead.js';
import type { SharedLock } from '../shared-lock.js';
import { shorten } from './shorten.js';
import type { Volume } from './volume.js';

/** What every inode in memory needs, and what is used again when its file is gone. */
export interface InodeSlot {
  /** Kernel virtual address of its record, 256 bytes. */
  readonly record: number;
  readonly content: SharedLock;
  readonly map: SleepLock;
}

/** A file or directory. */
export class DiskFile implements Vnode {
  readonly number: number;
  readonly id: number;
  readonly slot: InodeSlot;
  /** Guarded by the inode table. */
  references = 0;
  state: 'loading' | 'ready' | 'failed' | 'freeing' = 'loading';
  /** The words of its inode, guarded by `map`; `dirty`: they differ from what the cache has of the disk. */
  readonly words = new Int32Array(INODE_WORDS);
  dirty = false;
  /** Where the next block had best be; 0 if it does not matter. */
  near = 0;
  private readonly volume: Volume;

  constructor(volume: Volume, number: number, id: number, slot: InodeSlot) {
    this.volume = volume;
    this.number = number;
    this.id = id;
    this.slot = slot;
  }

  get kind(): 'file' | 'directory' {
    return this.metadata ? 'directory' : 'file';
  }

  /** Its blocks are metadata: it is a directory. */
  get metadata(): boolean {
    return this.words[InodeWord.Kind] === InodeKind.Directory;
  }

  get size(): number {
    return this.words[InodeWord.Size];
  }

  /** Names that it has, 0 or 1. */
  get links(): number {
    return this.words[InodeWord.Links];
  }

  get record(): number {
    return this.slot.record;
  }

  get content(): SharedLock {
    return this.slot.content;
  }

  get map(): SleepLock {
    return this.slot.map;
  }

  /** Another length, by whoever has locked the map. */
  setSize(bytes: number): void {
    this.words[InodeWord.Size] = bytes;
    this.dirty = true;
  }

  *page(thread: KernelThread, index: number): Code<CacheEntry | number> {
    if (this.metadata) return ErrorNumber.EISDIR;
    const { cache } = this.volume;
    const entry = yield* cache.hold(thread, this.id, index);
    if (typeof entry === 'number' || entry.valid) return entry;
    yield* this.map.acquire(thread);
    const block = index < blocksOf(this.size) ? yield* findBlock(thread, this.volume, this, index) : ErrorNumber.EFAULT;
    yield* this.map.release(thread);
    if (block > 0) {
      yield* cache.startFill(thread, this.volume.store, block, [entry], false);
      return yield* cache.await(thread, entry);
    }
    if (block === 0) yield* zeroBytes(entry.address, BLOCK_BYTES);
    yield* cache.filled(thread, entry, block === 0);
    if (block === 0) return entry;
    yield* cache.release(thread, entry, false);
    return block;
  }

  *prefetch(thread: KernelThread, index: number, pages: number): Code {
    if (this.metadata) return;
    yield* this.content.acquireShared(thread);
    yield* prefetch(thread, this.volume, this, index, Math.min(index + pages, blocksOf(this.size)));
    yield* this.content.release(thread);
  }

  /** A page that was written to and is in a hole of the file gets a block; if none is free, what was written is lost. */
  *release(thread: KernelThread, index: number, page: CachedPage, dirty: boolean): Code {
    const entry = page as CacheEntry;
    let kept = dirty;
    if (dirty && entry.place < 0) {
      yield* this.map.acquire(thread);
      const block = index < blocksOf(this.size) ? yield* makeBlock(thread, this.volume, this, index) : 0;
      if (block > 0) yield* this.volume.cache.settle(thread, entry, this.volume.store, block);
      kept = block > 0;
      yield* this.map.release(thread);
    }
    yield* this.volume.cache.release(thread, entry, kept);
  }

  *read(thread: KernelThread, offset: number, address: number, bytes: number): Code<number> {
    if (this.metadata) return ErrorNumber.EISDIR;
    if (offset < 0 || bytes < 0) return ErrorNumber.EINVAL;
    yield* this.volume.core.work('read', this.record);
    yield* this.content.acquireShared(thread);
    const wanted = Math.min(bytes, this.size - offset);
    let done = 0;
    let error = 0;
    while (done < wanted && error === 0) {
      const at = offset + done;
      const part = Math.min(wanted - done, BLOCK_BYTES - (at % BLOCK_BYTES));
      const index = Math.floor(at / BLOCK_BYTES);
      const entry = yield* this.page(thread, index);
      if (typeof entry === 'number') error = entry;
      else {
        yield* readAhead(thread, this.volume, this, index);
        yield* copyBytes(entry.address + (at % BLOCK_BYTES), address + done, part);
        yield* this.volume.cache.release(thread, entry, false);
        done += part;
      }
    }
    yield* this.content.release(thread);
    return done > 0 ? done : error;
  }

  *write(thread: KernelThread, offset: number, address: number, bytes: number): Code<number> {
    if (this.metadata) return ErrorNumber.EISDIR;
    if (offset < 0 || bytes < 0) return ErrorNumber.EINVAL;
    if (bytes > 0 && offset >= LONGEST_FILE) return ErrorNumber.EFBIG;
    yield* this.volume.core.work('write', this.record);
    const wanted = Math.min(bytes, LONGEST_FILE - offset);
    let done = 0;
    let error = 0;
    yield* this.content.acquire(thread);
    while (done < wanted && error === 0) {
      const at = offset + done;
      const part = Math.min(wanted - done, BLOCK_BYTES - (at % BLOCK_BYTES));
      error = yield* this.writePart(thread, at, address + done, part);
      if (error === 0) done += part;
    }
    yield* this.content.release(thread);
    yield* this.volume.cache.writeBack.throttle(thread);
    return done > 0 ? done : error;
  }

  *truncate(thread: KernelThread, bytes: number): Code<number> {
    if (this.metadata) return ErrorNumber.EISDIR;
    if (bytes < 0) return ErrorNumber.EINVAL;
    if (bytes > LONGEST_FILE) return ErrorNumber.EFBIG;
    yield* this.volume.core.work('truncate', this.record);
    yield* this.content.acquire(thread);
    const result = bytes < this.size ? yield* this.cut(thread, bytes) : 0;
    if (result === 0 && bytes > this.size) yield* this.grow(thread, bytes);
    yield* this.content.release(thread);
    return result;
  }

  *opened(thread: KernelThread): Code {
    yield* this.volume.inodes.reference(thread, this);
  }

  *closed(thread: KernelThread): Code {
    if (yield* this.volume.inodes.dereference(thread, this)) yield* this.volume.free(thread, this);
  }

  /** Reads the inode from the disk; false if that fails. */
  *load(thread: KernelThread): Code<boolean> {
    return yield* readInode(thread, this.volume, this.number, this.words);
  }

  /** Writes the inode into the cache of the disk if it has changed: 0 or an error. */
  *update(thread: KernelThread): Code<number> {
    yield* this.map.acquire(thread);
    let error = 0;
    if (this.dirty) {
      yield* this.volume.core.work('iupdate', this.record);
      error = yield* writeInode(thread, this.volume, this.number, this.words);
      if (error === 0) this.dirty = false;
    }
    yield* this.map.release(thread);
    return error;
  }

  /** Writes bytes that lie within one page. */
  private *writePart(thread: KernelThread, at: number, address: number, bytes: number): Code<number> {
    const { cache } = this.volume;
    // The user's page comes in now rather than while this page is busy, which it might itself be waiting for.
    yield load(address - (address & 3));
    const entry = yield* cache.hold(thread, this.id, Math.floor(at / BLOCK_BYTES));
    if (typeof entry === 'number') return entry;
    const error = yield* this.prepare(thread, entry, at % BLOCK_BYTES, bytes);
    if (error !== 0) return error;
    yield* copyBytes(address, entry.address + (at % BLOCK_BYTES), bytes);
    if (!entry.valid) yield* cache.filled(thread, entry, true);
    if (at + bytes > this.size) yield* this.grow(thread, at + bytes);
    yield* cache.release(thread, entry, true);
    return 0;
  }

  /** Makes a held page ready to be written to from `from` on: it has a block, and what is not written to is there. */
  private *prepare(thread: KernelThread, entry: CacheEntry, from: number, bytes: number): Code<number> {
    if (entry.valid && entry.place >= 0) return 0;
    const { cache, store: disk } = this.volume;
    yield* this.map.acquire(thread);
    const old = yield* findBlock(thread, this.volume, this, entry.index);
    const block = old === 0 ? yield* makeBlock(thread, this.volume, this, entry.index) : old;
    if (block > 0) yield* cache.settle(thread, entry, disk, block);
    yield* this.map.release(thread);
    if (block < 0) {
      if (!entry.valid) yield* cache.filled(thread, entry, false);
      yield* cache.release(thread, entry, false);
      return block;
    }
    if (entry.valid) return 0;
    if (old === 0) {
      yield* zeroBytes(entry.address, from);
      yield* zeroBytes(entry.address + from + bytes, BLOCK_BYTES - from - bytes);
    } else if (bytes < BLOCK_BYTES) {
      yield* cache.startFill(thread, disk, block, [entry], false);
      const read = yield* cache.await(thread, entry);
      if (typeof read === 'number') return read;
    }
    return 0;
  }

  private *grow(thread: KernelThread, bytes: number): Code {
    yield* this.map.acquire(thread);
    this.setSize(bytes);
    yield* this.map.release(thread);
  }

  /** Shortens the file; what is left of its last page is zeros. */
  private *cut(thread: KernelThread, bytes: number): Code<number> {
    const rest = bytes % BLOCK_BYTES;
    if (rest === 0) return yield* shorten(thread, this.volume, this, bytes);
    const last = yield* this.page(thread, Math.floor(bytes / BLOCK_BYTES));
    if (typeof last === 'number') return last;
    const error = yield* shorten(thread, this.volume, this, bytes);
    if (error === 0) yield* zeroBytes(last.address + rest, BLOCK_BYTES - rest);
    yield* this.volume.cache.release(thread, last, error === 0 && last.place >= 0);
    return error;
  }
}
