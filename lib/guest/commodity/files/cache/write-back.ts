/**
 * Delayed writes: pages go back to their store when a daemon finds them old, when there are too many, when memory is
 * short, or at a sync. A page that is written to meanwhile is dirty again, and goes once more.
 */
import type { Channel, Code, KernelCore, KernelThread, Spinlock } from '../../../../system/code.js';
import type { CacheEntry } from './cache-entry.js';
import type { CacheGroup } from './cache-group.js';
import type { PageStore } from './page-store.js';

/** Pages on their way to a store; guarded by the lock of the WriteBack. */
interface Batch {
  commands: number;
  error: number;
}

/** Writes pages of a cache back. */
export class WriteBack {
  /** Pages that were written back, and pages that could not be. */
  readonly stats = { pages: 0, failed: 0 };
  private readonly core: KernelCore;
  private readonly groups: readonly CacheGroup[];
  private readonly channelOf: (entry: CacheEntry) => Channel;
  private readonly dirtyLimit: number;
  private readonly clusterPages: number;
  private readonly lock: Spinlock;
  private readonly over: Channel;

  /** For the page cache, which knows where to wait for a page. */
  constructor(
    core: KernelCore,
    groups: readonly CacheGroup[],
    channelOf: (entry: CacheEntry) => Channel,
    options: { readonly dirtyLimit: number; readonly clusterPages: number },
  ) {
    this.core = core;
    this.groups = groups;
    this.channelOf = channelOf;
    this.dirtyLimit = options.dirtyLimit;
    this.clusterPages = options.clusterPages;
    this.lock = core.spinlock('write-back');
    this.over = core.channel('write-back');
  }

  /** Dirty pages at the moment. */
  get dirtyPages(): number {
    return this.groups.reduce((sum, group) => sum + group.dirty.size, 0);
  }

  /** Writes back all dirty pages of a store, and waits for them and those on their way: 0 or an ErrorNumber. */
  *sync(thread: KernelThread, store: PageStore): Code<number> {
    const ours = (entry: CacheEntry): boolean => entry.store === store;
    yield* this.write(thread, ours, Infinity, true);
    yield* this.awaitThose(thread, ours);
    // What failed above is dirty again, and what was written to meanwhile: once more.
    return yield* this.write(thread, ours, Infinity, true);
  }

  /** Starts writing back what has been dirty for `ageNs` nanoseconds or more: for a daemon. */
  *flushOld(thread: KernelThread, ageNs: number): Code {
    yield* this.write(thread, entry => this.core.tickNs - entry.dirtySinceNs >= ageNs, Infinity, false);
  }

  /** For whoever writes files, without locks that a page's completion needs: waits while there are too many dirty pages. */
  *throttle(thread: KernelThread): Code {
    if (this.dirtyPages > this.dirtyLimit) yield* this.write(thread, () => true, this.clusterPages, true);
  }

  /** Starts writing back the pages that have been dirty longest. */
  *startOldest(thread: KernelThread): Code {
    yield* this.write(thread, () => true, this.clusterPages, false);
  }

  /** Waits for pages to become clean: false if none will. */
  *relieve(thread: KernelThread): Code<boolean> {
    for (const group of this.groups) {
      if (yield* this.awaitOne(thread, group)) return true;
    }
    if (this.dirtyPages === 0) return false;
    return (yield* this.write(thread, () => true, this.clusterPages, true)) === 0;
  }

  /** Writes back up to `most` pages of each group. Waits for them if told to: 0 or an ErrorNumber. */
  private *write(
    thread: KernelThread,
    chosen: (entry: CacheEntry) => boolean,
    most: number,
    wait: boolean,
  ): Code<number> {
    const entries: CacheEntry[] = [];
    for (const group of this.groups) entries.push(...(yield* this.collect(thread, group, chosen, most)));
    const clusters = this.clustersOf(entries);
    const batch: Batch = { commands: clusters.length, error: 0 };
    for (const cluster of clusters) yield* this.startCluster(thread, cluster, batch);
    if (!wait) return 0;
    yield* this.lock.acquire(thread);
    while (batch.commands > 0) yield* this.over.sleep(thread, this.lock);
    yield* this.lock.release(thread);
    return batch.error;
  }

  /** Marks the dirty pages of a group as being written: clean from now on. */
  private *collect(
    thread: KernelThread,
    group: CacheGroup,
    chosen: (entry: CacheEntry) => boolean,
    most: number,
  ): Code<CacheEntry[]> {
    const entries: CacheEntry[] = [];
    yield* group.lock.acquire(thread);
    for (const entry of group.dirty) {
      if (entries.length === most) break;
      if (entry.busy === 'no' && entry.place >= 0 && chosen(entry)) entries.push(entry);
    }
    for (const entry of entries) {
      group.dirty.delete(entry);
      group.inFlight.add(entry);
      entry.dirty = false;
      entry.busy = 'writing';
      yield* group.write(entry);
    }
    yield* group.lock.release(thread);
    return entries;
  }

  /** Pages that are neighbours on their store go in one command. */
  private clustersOf(entries: CacheEntry[]): CacheEntry[][] {
    const stores = [...new Set(entries.map(entry => entry.store))];
    entries.sort((a, b) => stores.indexOf(a.store) - stores.indexOf(b.store) || a.place - b.place);
    const clusters: CacheEntry[][] = [];
    for (const entry of entries) {
      const last = clusters.at(-1);
      const before = last?.at(-1);
      const joins = before?.store === entry.store && before.place + 1 === entry.place;
      if (joins && last!.length < this.clusterPages) last!.push(entry);
      else clusters.push([entry]);
    }
    return clusters;
  }

  private *startCluster(thread: KernelThread, cluster: CacheEntry[], batch: Batch): Code {
    const pages = cluster.map(entry => entry.page);
    yield* this.core.work('bwrite', cluster[0].record);
    yield* cluster[0].store!.start(thread, 'write', cluster[0].place, pages, (interrupted, error) =>
      this.written(interrupted, cluster, batch, error),
    );
  }

  /** In interrupt context: a cluster was written, or could not be. */
  private *written(thread: KernelThread, cluster: CacheEntry[], batch: Batch, error: number): Code {
    for (const entry of cluster) {
      const group = this.groups.find(one => one.inFlight.has(entry))!;
      yield* group.lock.acquire(thread);
      group.inFlight.delete(entry);
      entry.busy = 'no';
      if (error !== 0) group.soil(entry);
      yield* group.write(entry);
      yield* group.lock.release(thread);
      yield* this.channelOf(entry).wakeAll();
    }
    yield* this.lock.acquire(thread);
    if (error === 0) this.stats.pages += cluster.length;
    else this.stats.failed += cluster.length;
    batch.commands--;
    if (error !== 0) batch.error = error;
    yield* this.lock.release(thread);
    yield* this.over.wakeAll();
  }

  /** Waits for all pages that are on their way now. */
  private *awaitThose(thread: KernelThread, chosen: (entry: CacheEntry) => boolean): Code {
    for (const group of this.groups) {
      yield* group.lock.acquire(thread);
      for (const entry of [...group.inFlight].filter(chosen))
        while (group.inFlight.has(entry)) yield* this.channelOf(entry).sleep(thread, group.lock);
      yield* group.lock.release(thread);
    }
  }

  /** Waits for one page of a group that is busy; false if none is. */
  private *awaitOne(thread: KernelThread, group: CacheGroup): Code<boolean> {
    yield* group.lock.acquire(thread);
    const entry = [...group.inFlight][0];
    while (entry !== undefined && group.inFlight.has(entry)) yield* this.channelOf(entry).sleep(thread, group.lock);
    yield* group.lock.release(thread);
    return entry !== undefined;
  }
}
