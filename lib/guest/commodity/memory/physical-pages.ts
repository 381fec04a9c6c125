/**
 * Physical memory: free pages in a list with colours, and how many uses each page has. Under memlock, the one spinlock
 * over memory-management data that IRIX 5.3 had and that the Disco paper names as its bottleneck.
 */
import { load, store } from '../../../processor/operations.js';
import { LINE_BYTES, PAGE_BYTES, type KernelLayout } from '../address-layout.js';
import type { Code, KernelThread, Spinlock } from '../../../system/code.js';
import type { Hints } from './hints.js';
import type { StepBlocks } from '../step-blocks.js';

/**
 * Bytes of a page's descriptor (pfdat), and where the half of it begins that belongs to whoever uses the page. FITTED on the kernel data
 * of the bare machine in Figure 6, 6.57 MB of 256.
 */
const DESCRIPTOR_BYTES = 80;
const USER_RECORD = 40;

/** What a page is used for, for the memory report. */
export type PageUse = 'free' | 'kernel' | 'stack' | 'table' | 'user' | 'file' | 'network';

/** What physical memory is made with. */
export interface PhysicalPagesOptions {
  readonly layout: KernelLayout;
  /** Pages of the machine. Those that the layout has allocated so far belong to the kernel. */
  readonly pages: number;
  /** Memlock. */
  readonly lock: Spinlock;
  readonly blocks: StepBlocks;
  /** Told of each page that becomes free, before anybody can take it. */
  readonly hints: Hints;
}

/** All physical pages. */
export class PhysicalPages {
  readonly statistics = { taken: 0, given: 0, reclaims: 0, refused: 0 };
  private readonly options: PhysicalPagesOptions;
  /** Guarded by memlock, but for `reserve`, before the kernel runs. */
  private readonly free: number[] = [];
  /** Guarded by memlock. */
  private readonly uses: PageUse[];
  /** Users of each page: mappings and holds. Guarded by memlock when a page is taken; else touched only between yields. */
  private readonly references: Int32Array;
  private readonly descriptors: number;
  /** Added to before the kernel runs. */
  private reclaimers: ((thread: KernelThread, pages: number) => Code<number>)[] = [];

  constructor(options: PhysicalPagesOptions) {
    const { layout, pages } = options;
    this.options = options;
    this.descriptors = layout.allocate(pages * DESCRIPTOR_BYTES, LINE_BYTES);
    const first = layout.pages;
    if (first >= pages)
      throw new RangeError(
        `the kernel needs ${first} pages of memory, but there are ${pages}; give the machine more memory`,
      );
    this.references = new Int32Array(pages);
    this.uses = Array.from({ length: pages }, (_, page) => (page < first ? 'kernel' : 'free'));
    for (let page = pages - 1; page >= first; page--) this.free.push(page);
  }

  /** Free pages. */
  get available(): number {
    return this.free.length;
  }

  /** See KernelCore. */
  userRecordOf(page: number): number {
    return this.descriptors + page * DESCRIPTOR_BYTES + USER_RECORD;
  }

  /** Pages by use. */
  census(): Record<PageUse, number> {
    const counts: Record<PageUse, number> = { free: 0, kernel: 0, stack: 0, table: 0, user: 0, file: 0, network: 0 };
    for (const use of this.uses) counts[use]++;
    return counts;
  }

  /** What a page is used for. */
  useOf(page: number): PageUse {
    return this.uses[page];
  }

  /**
   * Writes the descriptors as a kernel does that starts, so that their memory is in use. One store a page of them: what is measured
   * begins later.
   */
  *initialise(): Code {
    const end = this.descriptors + this.uses.length * DESCRIPTOR_BYTES;
    for (let descriptor = this.descriptors; descriptor < end; descriptor += PAGE_BYTES) yield store(descriptor, 0);
  }

  /** Has `reclaim` called when memory is exhausted. */
  onPressure(reclaim: (thread: KernelThread, pages: number) => Code<number>): void {
    this.reclaimers.push(reclaim);
  }

  /** Takes a page before the kernel runs. */
  reserve(use: PageUse): number {
    const page = this.free.pop();
    if (page === undefined)
      throw new RangeError('no physical page is left for the kernel itself; give the machine more memory');
    this.uses[page] = use;
    this.references[page] = 1;
    return page;
  }

  /** Takes a page with one reference; -1 if there is none. Its content is whatever it was. */
  *take(thread: KernelThread, use: PageUse): Code<number> {
    const { lock, blocks } = this.options;
    for (let attempt = 0; ; attempt++) {
      yield* lock.acquire(thread);
      yield* blocks.work('page alloc');
      const page = this.free.pop();
      if (page !== undefined) {
        this.statistics.taken++;
        this.uses[page] = use;
        this.references[page] = 1;
        yield* this.touch(page);
        yield* lock.release(thread);
        return page;
      }
      yield* lock.release(thread);
      if (attempt > 0 || (yield* this.reclaim(thread)) === 0) {
        this.statistics.refused++;
        return -1;
      }
    }
  }

  /** Another user of a page. */
  share(page: number): void {
    this.references[page]++;
  }

  /** Users of a page. */
  usersOf(page: number): number {
    return this.references[page];
  }

  /** One user less; the last one frees it. */
  *give(thread: KernelThread, page: number): Code {
    yield* this.giveAll(thread, [page]);
  }

  /** One user less of each of several pages, under one acquisition of the lock for those that this frees. */
  *giveAll(thread: KernelThread, pages: readonly number[]): Code {
    const { lock, blocks } = this.options;
    const freed: number[] = [];
    for (const page of pages) {
      if (this.references[page] < 1) throw new Error(`physical page ${page} is given back, but nobody uses it`);
      if (--this.references[page] === 0) freed.push(page);
    }
    if (freed.length === 0) return;
    for (const page of freed) yield* this.options.hints.freed(page);
    yield* lock.acquire(thread);
    for (const page of freed) {
      yield* blocks.work('page free');
      this.statistics.given++;
      this.uses[page] = 'free';
      this.free.push(page);
      yield* this.touch(page);
    }
    yield* lock.release(thread);
  }

  private *reclaim(thread: KernelThread): Code<number> {
    this.statistics.reclaims++;
    let found = 0;
    for (const reclaimer of this.reclaimers) if (found === 0) found += yield* reclaimer(thread, 16);
    return found;
  }

  /** Reads and writes the page's descriptor. */
  private *touch(page: number): Code {
    const descriptor = this.descriptors + page * DESCRIPTOR_BYTES;
    yield load(descriptor);
    yield store(descriptor, this.references[page]);
  }
}
