/** A part of the page cache under one lock: a table of pages, in the order of their last use. */
import { load, store } from '../../../../processor/operations.js';
import type { Code, KernelCore, KernelThread, Spinlock } from '../../../../system/code.js';
import { keyOf } from './cache-entry.js';
import type { CacheEntry, Owner } from './cache-entry.js';

const BUCKET_BYTES = 4;

/** Everything is guarded by `lock`; methods are called with it held. */
export class CacheGroup {
  readonly lock: Spinlock;
  /** By key; the one used longest ago comes first. */
  readonly pages = new Map<number, CacheEntry>();
  /** Those that are dirty; the one dirty longest comes first. */
  readonly dirty = new Set<CacheEntry>();
  /** Those being read or written by their store: an interrupt will end it. */
  readonly inFlight = new Set<CacheEntry>();
  private readonly core: KernelCore;
  private readonly buckets: number;
  private readonly bucketCount: number;

  constructor(core: KernelCore, name: string, bucketCount: number) {
    this.core = core;
    this.lock = core.spinlock(name);
    this.buckets = core.allocate(`${name} buckets`, bucketCount * BUCKET_BYTES);
    this.bucketCount = bucketCount;
  }

  /** The entry of a page, if there is one: goes through its bucket. */
  *find(owner: Owner, index: number): Code<CacheEntry | undefined> {
    const entry = this.pages.get(keyOf(owner, index));
    const bucket = this.bucket(owner, index);
    // A step counts in the second word of an object: two buckets are one, or it would count behind the table.
    const pair = bucket - (bucket % (2 * BUCKET_BYTES));
    if (entry === undefined) yield* this.core.work('page hash', pair);
    else yield* this.core.work('page hash', pair, entry.record);
    yield load(bucket);
    return entry;
  }

  *insert(entry: CacheEntry): Code {
    this.pages.set(keyOf(entry.owner, entry.index), entry);
    yield store(this.bucket(entry.owner, entry.index), entry.record);
    yield* this.write(entry);
  }

  /** Takes an entry out, clean from now on, whatever it was. */
  *remove(entry: CacheEntry): Code {
    this.pages.delete(keyOf(entry.owner, entry.index));
    this.dirty.delete(entry);
    entry.dirty = false;
    entry.dropped = true;
    yield load(entry.record);
    yield store(this.bucket(entry.owner, entry.index), 0);
  }

  /** Moves an entry to the end of those to be reclaimed. */
  used(entry: CacheEntry): void {
    const key = keyOf(entry.owner, entry.index);
    this.pages.delete(key);
    this.pages.set(key, entry);
  }

  /** Makes an entry dirty. */
  soil(entry: CacheEntry): void {
    if (entry.dirty) return;
    entry.dirty = true;
    entry.dirtySinceNs = this.core.tickNs;
    this.dirty.add(entry);
  }

  /** Pages that can be had without waiting, out of the cache now: up to `most`, those used longest ago. */
  *reclaim(thread: KernelThread, most: number): Code<CacheEntry[]> {
    const taken: CacheEntry[] = [];
    yield* this.lock.acquire(thread);
    for (const entry of this.pages.values()) {
      if (taken.length === most) break;
      if (entry.holds === 0 && entry.busy === 'no' && !entry.dirty) taken.push(entry);
    }
    for (const entry of taken) yield* this.remove(entry);
    yield* this.lock.release(thread);
    return taken;
  }

  /** Writes the state of an entry into its record. */
  *write(entry: CacheEntry): Code {
    yield store(entry.record, entry.state);
  }

  private bucket(owner: Owner, index: number): number {
    return this.buckets + ((Math.imul(owner, 31) + index) % this.bucketCount) * BUCKET_BYTES;
  }
}
