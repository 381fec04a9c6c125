/** A page of the cache: what the kernel knows of it. Every field that changes is guarded by the lock of its group. */
import type { CachedPage } from '../vnode.js';
import type { PageStore } from './page-store.js';

/** Whose page it is: a file by its vnode's number, or a device's metadata by that of the device. */
export type Owner = number;

/** A page in memory. It is read or written by the store only while it is busy. */
export class CacheEntry implements CachedPage {
  readonly owner: Owner;
  readonly index: number;
  readonly page: number;
  readonly address: number;
  /** Kernel virtual address of its record. */
  readonly record: number;
  /** Who counts on it; it is not reclaimed meanwhile. */
  holds = 0;
  /** Its content is that of the file. */
  valid = false;
  /** Somebody is filling it, or it is being written back. */
  busy: 'no' | 'filling' | 'writing' = 'no';
  /** Written to since it was last read or written back. */
  dirty = false;
  /** Tick of the kernel's clock, in nanoseconds, when it became dirty. */
  dirtySinceNs = 0;
  /** Block of the store that it is kept in; -1 if none. */
  place = -1;
  store: PageStore | null = null;
  /** No longer in the cache; its last holder gives the page back. */
  dropped = false;

  constructor(owner: Owner, index: number, page: number, address: number, record: number) {
    this.owner = owner;
    this.index = index;
    this.page = page;
    this.address = address;
    this.record = record;
  }

  /** Its state in a word, for its record. */
  get state(): number {
    const busy = this.busy === 'no' ? 0 : this.busy === 'filling' ? 4 : 8;
    return Number(this.valid) | (Number(this.dirty) << 1) | busy | (this.holds << 4);
  }
}

/** Where a page is looked up: a number for each owner and index. */
export function keyOf(owner: Owner, index: number): number {
  return owner * 2 ** 24 + index;
}
