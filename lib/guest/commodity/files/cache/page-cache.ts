/**
 * The page cache: the one place in memory where pages of files and blocks of metadata are. A page has an owner (a file,
 * or a device for metadata) and an index. Pages that nobody holds stay until memory is short. Pages that were written to
 * go back to their store later: see write-back.ts.
 */
import { ErrorNumber } from '../../../../system/code.js';
import type { Channel, Code, KernelCore, KernelThread } from '../../../../system/code.js';
import { CacheEntry, keyOf } from './cache-entry.js';
import type { Owner } from './cache-entry.js';
import { CacheGroup } from './cache-group.js';
import type { PageCacheOptions } from './page-cache-options.js';
import type { PageStore } from './page-store.js';
import { WriteBack } from './write-back.js';

const CHANNELS = 16;

/** The page cache of a kernel. */
export class PageCache {
  /** Pages that were found and that were not, and pages that went when memory was short. */
  readonly stats = { hits: 0, misses: 0, reclaimed: 0 };
  readonly writeBack: WriteBack;
  private readonly core: KernelCore;
  private readonly groups: CacheGroup[];
  private readonly channels: Channel[];
  /** No lock: counted up between yields. */
  private owners = 0;

  constructor(core: KernelCore, options: PageCacheOptions) {
    this.core = core;
    this.groups = Array.from(
      { length: options.locks },
      (_, k) => new CacheGroup(core, options.locks === 1 ? 'page cache' : `page cache ${k}`, options.buckets),
    );
    this.channels = Array.from({ length: CHANNELS }, (_, k) => core.channel(`page wait ${k}`));
    this.writeBack = new WriteBack(core, this.groups, entry => this.channelOf(entry), options);
    core.onPressure((thread, pages) => this.reclaim(thread, pages));
  }

  /** Pages in the cache. */
  get size(): number {
    return this.groups.reduce((sum, group) => sum + group.pages.size, 0);
  }

  /** A number for another owner of pages, unique in this cache, from 1. An atomic increment. */
  newOwner(): Owner {
    return ++this.owners;
  }

  /** Whether a page is in the cache or on its way. A hint: it may be gone by the time of the answer. */
  has(owner: Owner, index: number): boolean {
    return this.groupOf(owner, index).pages.has(keyOf(owner, index));
  }

  /**
   * Holds a page. If it is not `valid` the caller must fill it, alone: everybody else waits until it calls `filled`.
   * Without memory for it: ENOMEM.
   */
  *hold(thread: KernelThread, owner: Owner, index: number): Code<CacheEntry | number> {
    const group = this.groupOf(owner, index);
    for (;;) {
      yield* group.lock.acquire(thread);
      const entry = yield* group.find(owner, index);
      if (entry === undefined) {
        yield* group.lock.release(thread);
        const page = yield* this.takePage(thread);
        if (page < 0) return ErrorNumber.ENOMEM;
        const fresh = yield* this.insert(thread, group, owner, index, page);
        if (fresh !== null) return fresh;
      } else if (entry.busy === 'filling') {
        yield* this.channelOf(entry).sleep(thread, group.lock);
        yield* group.lock.release(thread);
      } else {
        this.stats.hits++;
        entry.holds++;
        if (!entry.valid) entry.busy = 'filling';
        yield* group.write(entry);
        yield* group.lock.release(thread);
        return entry;
      }
    }
  }

  /** Holds a page that is in the cache; null if it is not. Waits while somebody fills it. */
  *find(thread: KernelThread, owner: Owner, index: number): Code<CacheEntry | null> {
    const group = this.groupOf(owner, index);
    yield* group.lock.acquire(thread);
    let entry = yield* group.find(owner, index);
    while (entry?.busy === 'filling') {
      yield* this.channelOf(entry).sleep(thread, group.lock);
      entry = yield* group.find(owner, index);
    }
    const found = entry?.valid === true ? entry : null;
    if (found !== null) {
      this.stats.hits++;
      found.holds++;
      yield* group.write(found);
    }
    yield* group.lock.release(thread);
    return found;
  }

  /** Makes a page that the caller has taken and filled one of the cache, held. Throws an Error if there is one already. */
  *adopt(thread: KernelThread, owner: Owner, index: number, page: number): Code<CacheEntry> {
    const fresh = yield* this.insert(thread, this.groupOf(owner, index), owner, index, page);
    if (fresh === null) throw new Error(`page ${index} of ${owner} is in the cache already`);
    yield* this.filled(thread, fresh, true);
    return fresh;
  }

  /** Takes the pages of an owner from `first` on that nobody holds out of the cache, whatever was written to them. */
  *dropFrom(thread: KernelThread, owner: Owner, first: number): Code {
    for (const group of this.groups) {
      const dropped: CacheEntry[] = [];
      yield* group.lock.acquire(thread);
      for (const entry of group.pages.values())
        if (entry.owner === owner && entry.index >= first && entry.holds === 0 && entry.busy === 'no')
          dropped.push(entry);
      for (const entry of dropped) yield* group.remove(entry);
      yield* group.lock.release(thread);
      for (const { page } of dropped) yield* this.core.givePage(thread, page);
    }
  }

  /** Holds a page that is not in the cache, to be filled, if there is memory for it at once; null otherwise. */
  *holdFresh(thread: KernelThread, owner: Owner, index: number): Code<CacheEntry | null> {
    if (this.has(owner, index)) return null;
    const page = yield* this.core.takePage(thread);
    return page < 0 ? null : yield* this.insert(thread, this.groupOf(owner, index), owner, index, page);
  }

  /** Whoever had to fill a page has done so, or could not; it still holds the page. */
  *filled(thread: KernelThread, entry: CacheEntry, valid: boolean): Code {
    const group = this.groupOf(entry.owner, entry.index);
    yield* group.lock.acquire(thread);
    group.inFlight.delete(entry);
    entry.busy = 'no';
    entry.valid = valid;
    yield* group.write(entry);
    yield* group.lock.release(thread);
    yield* this.channelOf(entry).wakeAll();
  }

  /** Says where a held page is kept, before it is filled or released dirty. */
  *settle(thread: KernelThread, entry: CacheEntry, store: PageStore, place: number): Code {
    if (entry.place === place && entry.store === store) return;
    const group = this.groupOf(entry.owner, entry.index);
    yield* group.lock.acquire(thread);
    entry.store = store;
    entry.place = place;
    yield* group.write(entry);
    yield* group.lock.release(thread);
  }

  /**
   * Fills pages from consecutive blocks of their store, without waiting; who fills them holds them. `release`: their
   * holds end with the transfer, since nobody waits for it.
   */
  *startFill(
    thread: KernelThread,
    store: PageStore,
    place: number,
    entries: readonly CacheEntry[],
    release: boolean,
  ): Code {
    for (const entry of entries) {
      const group = this.groupOf(entry.owner, entry.index);
      yield* group.lock.acquire(thread);
      group.inFlight.add(entry);
      entry.store = store;
      entry.place = place + entries.indexOf(entry);
      yield* group.write(entry);
      yield* group.lock.release(thread);
    }
    const pages = entries.map(entry => entry.page);
    yield* this.core.work('bread', entries[0].record);
    yield* store.start(thread, 'read', place, pages, (interrupted, error) =>
      this.readDone(interrupted, entries, error, release),
    );
  }

  /** Holds a block of metadata or a page of a file that is kept at `place`: read if it has to be. */
  *read(thread: KernelThread, owner: Owner, index: number, store: PageStore, place: number): Code<CacheEntry | number> {
    const entry = yield* this.hold(thread, owner, index);
    if (typeof entry === 'number' || entry.valid) return entry;
    yield* this.startFill(thread, store, place, [entry], false);
    return yield* this.await(thread, entry);
  }

  /** Waits until a held page is filled. If it could not be, gives it up: EIO. */
  *await(thread: KernelThread, entry: CacheEntry): Code<CacheEntry | number> {
    const group = this.groupOf(entry.owner, entry.index);
    yield* group.lock.acquire(thread);
    while (entry.busy === 'filling') yield* this.channelOf(entry).sleep(thread, group.lock);
    const { valid } = entry;
    yield* group.lock.release(thread);
    if (valid) return entry;
    yield* this.release(thread, entry, false);
    return ErrorNumber.EIO;
  }

  /** Gives up a page. `dirty`: it was written to. */
  *release(thread: KernelThread, entry: CacheEntry, dirty: boolean): Code {
    const group = this.groupOf(entry.owner, entry.index);
    yield* group.lock.acquire(thread);
    if (entry.holds === 0) throw new Error(`page ${entry.index} of ${entry.owner} is released, but nobody holds it`);
    entry.holds--;
    if (!entry.dropped) group.used(entry);
    if (dirty && !entry.dropped) group.soil(entry);
    const last = entry.dropped && entry.holds === 0;
    yield* group.write(entry);
    yield* group.lock.release(thread);
    if (last) yield* this.core.givePage(thread, entry.page);
  }

  /** Marks a page dirty that is held for ever. */
  *soil(thread: KernelThread, entry: CacheEntry): Code {
    const group = this.groupOf(entry.owner, entry.index);
    yield* group.lock.acquire(thread);
    group.soil(entry);
    yield* group.write(entry);
    yield* group.lock.release(thread);
  }

  /** Takes a page out of the cache for good, whatever was written to it. Waits while it is busy. */
  *drop(thread: KernelThread, owner: Owner, index: number): Code {
    const group = this.groupOf(owner, index);
    yield* group.lock.acquire(thread);
    let entry = yield* group.find(owner, index);
    while (entry !== undefined && entry.busy !== 'no') {
      yield* this.channelOf(entry).sleep(thread, group.lock);
      entry = yield* group.find(owner, index);
    }
    if (entry !== undefined) yield* group.remove(entry);
    const free = entry !== undefined && entry.holds === 0;
    yield* group.lock.release(thread);
    if (free) yield* this.core.givePage(thread, entry!.page);
  }

  /** A fresh entry that its caller holds and must fill; null if somebody else was faster. */
  private *insert(
    thread: KernelThread,
    group: CacheGroup,
    owner: Owner,
    index: number,
    page: number,
  ): Code<CacheEntry | null> {
    const fresh = new CacheEntry(owner, index, page, this.core.addressOf(page), this.core.userRecordOf(page));
    yield* group.lock.acquire(thread);
    const faster = yield* group.find(owner, index);
    if (faster === undefined) {
      this.stats.misses++;
      fresh.busy = 'filling';
      fresh.holds = 1;
      yield* group.insert(fresh);
    }
    yield* group.lock.release(thread);
    if (faster === undefined) return fresh;
    yield* this.core.givePage(thread, page);
    return null;
  }

  /** A physical page; waits for pages to be written back while that helps. */
  private *takePage(thread: KernelThread): Code<number> {
    for (;;) {
      const page = yield* this.core.takePage(thread);
      if (page >= 0 || !(yield* this.writeBack.relieve(thread))) return page;
    }
  }

  /** In interrupt context: pages were read, or could not be. */
  private *readDone(thread: KernelThread, entries: readonly CacheEntry[], error: number, release: boolean): Code {
    for (const entry of entries) {
      yield* this.filled(thread, entry, error === 0);
      if (release) yield* this.release(thread, entry, false);
    }
  }

  private *reclaim(thread: KernelThread, pages: number): Code<number> {
    let freed = 0;
    for (const group of this.groups) {
      if (freed === pages) break;
      const taken = yield* group.reclaim(thread, pages - freed);
      for (const entry of taken) yield* this.core.givePage(thread, entry.page);
      freed += taken.length;
    }
    this.stats.reclaimed += freed;
    if (freed < pages) yield* this.writeBack.startOldest(thread);
    return freed;
  }

  private groupOf(owner: Owner, index: number): CacheGroup {
    return this.groups[(owner + index) % this.groups.length];
  }

  private channelOf(entry: CacheEntry): Channel {
    return this.channels[entry.page % CHANNELS];
  }
}
