/** A bitmap on a disk: which blocks, or which inodes, are in use. Its pages stay in memory while it is mounted. */
import { load, store } from '../../../../processor/operations.js';
import type { Code, KernelCore, KernelThread, Spinlock } from '../../../../system/code.js';
import type { CacheEntry } from '../cache/cache-entry.js';
import { BITS_PER_BLOCK } from './disk-layout.js';
import type { PageCache } from '../cache/page-cache.js';

/** Bits that are taken and given back. */
export class Bitmap {
  private readonly core: KernelCore;
  private readonly cache: PageCache;
  private readonly name: string;
  private readonly lock: Spinlock;
  private readonly pages: readonly CacheEntry[];
  private readonly words: number;
  /** Guarded by `lock`. */
  private freeBits: number;
  private last = 0;

  /** The pages are held for ever. Bits behind the last one are set on the disk. */
  constructor(core: KernelCore, cache: PageCache, name: string, pages: readonly CacheEntry[], freeBits: number) {
    this.core = core;
    this.cache = cache;
    this.name = name;
    this.lock = core.spinlock(name);
    this.pages = pages;
    this.words = (pages.length * BITS_PER_BLOCK) / 32;
    this.freeBits = freeBits;
  }

  /** Bits that are free. */
  get free(): number {
    return this.freeBits;
  }

  /** Takes the first free bit from `near` on, around the end; from the last one taken on if that is 0. -1 if none is free. */
  *take(thread: KernelThread, near: number): Code<number> {
    yield* this.core.work('bitmap', this.lock.address);
    yield* this.lock.acquire(thread);
    const bit = this.freeBits === 0 ? -1 : yield* this.search(near === 0 ? this.last : near);
    if (bit >= 0) {
      const address = this.addressOf(bit >> 5);
      yield store(address, (yield load(address)) | (1 << (bit & 31)));
      this.freeBits--;
      this.last = bit;
    }
    yield* this.lock.release(thread);
    if (bit >= 0) yield* this.cache.soil(thread, this.pageOf(bit >> 5));
    return bit;
  }

  /** Gives a bit back. Throws an Error if it is free. */
  *give(thread: KernelThread, bit: number): Code {
    yield* this.core.work('bitmap', this.lock.address);
    yield* this.lock.acquire(thread);
    const address = this.addressOf(bit >> 5);
    const word = yield load(address);
    if ((word & (1 << (bit & 31))) === 0) throw new Error(`${this.name}: ${bit} is given back, but is free`);
    yield store(address, word & ~(1 << (bit & 31)));
    this.freeBits++;
    yield* this.lock.release(thread);
    yield* this.cache.soil(thread, this.pageOf(bit >> 5));
  }

  /** The first free bit from `near` on. */
  private *search(near: number): Code<number> {
    const start = (near >> 5) % this.words;
    for (let k = 0; k <= this.words; k++) {
      const at = (start + k) % this.words;
      let free = ~(yield load(this.addressOf(at)));
      if (k === 0) free &= -1 << (near & 31);
      if (free !== 0) return at * 32 + 31 - Math.clz32(free & -free);
    }
    throw new Error(`${this.name} has no free bit, but counts ${this.freeBits}`);
  }

  private addressOf(word: number): number {
    return this.pageOf(word).address + ((word * 4) % 4096);
  }

  private pageOf(word: number): CacheEntry {
    return this.pages[Math.floor((word * 32) / BITS_PER_BLOCK)];
  }
}
