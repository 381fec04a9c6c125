/**
 * Network buffers after those of 4.3BSD: small ones, 32 to a page, and clusters of a page. Two of the paper's changes to
 * IRIX are options: message buffers aligned to pages, and free lists that do not write into the pages they list.
 */
import type { Code, KernelCore, KernelThread, Spinlock } from '../../../system/code.js';
import { FreeList } from './free-list.js';
import { Mbuf, type Piece } from './pieces.js';

/** Bytes of a small buffer. */
export const SMALL_BYTES = 128;

/** Bytes of what the kernel knows of a buffer. */
const RECORD_BYTES = 32;

/** How buffers are kept. */
export interface MbufOptions {
  /** Most pages of small buffers, from 1. They are never given back. */
  readonly smallPages: number;
  /** Most clusters, from 1. */
  readonly clusters: number;
  /** Free clusters that are there from the beginning, for interrupts, and kept when memory is short; from 0. */
  readonly reserve: number;
  /**
   * Whether the data of a cluster fills its page, so that a page of data can be mapped to it. If not, the page begins
   * with a header, and a page of data takes two clusters.
   */
  readonly aligned: boolean;
  /** Where a free buffer keeps its link: in its first word ('inside', the original) or in the kernel's own data. */
  readonly links: 'inside' | 'outside';
}

/** Network buffers of a kernel. What is taken is freed once, by whoever has it then. */
export class MbufPool {
  readonly options: MbufOptions;
  readonly stats = { taken: 0, freed: 0, failures: 0, grown: 0, givenBack: 0 };
  private readonly core: KernelCore;
  private readonly lock: Spinlock;
  private readonly smallPerPage: number;
  private readonly smallRecords: number;
  private readonly clusterRecords: number;
  private readonly smallFree: FreeList;
  private readonly clusterFree: FreeList;
  /** Physical pages of small buffers, and of clusters (-1: none now). No lock: changed between yields only, as those on their way; the free lists are under `lock`. */
  private readonly smallPages: number[] = [];
  private readonly clusterPages: number[] = [];
  private readonly vacant: number[] = [];
  private growingSmall = 0;

  constructor(core: KernelCore, options: MbufOptions) {
    checkOptions(options);
    this.core = core;
    this.options = options;
    this.lock = core.spinlock('mbufs');
    this.smallPerPage = core.pageBytes / SMALL_BYTES;
    this.smallRecords = core.allocate('small mbufs', options.smallPages * this.smallPerPage * RECORD_BYTES);
    this.clusterRecords = core.allocate('mbuf clusters', options.clusters * RECORD_BYTES);
    const heads = core.allocate('mbuf free lists', 8);
    const inside = options.links === 'inside';
    this.smallFree = new FreeList(heads, index => (inside ? this.smallAddress(index) : this.smallRecord(index)));
    this.clusterFree = new FreeList(heads + 4, index =>
      inside ? core.addressOf(this.clusterPages[index]) : this.clusterRecord(index),
    );
    for (let index = options.clusters - 1; index >= 0; index--) this.vacant.push(index);
    core.onPressure((thread, pages) => this.reclaim(thread, pages));
  }

  /** How many buffers are taken. */
  get inUse(): number {
    return this.stats.taken - this.stats.freed;
  }

  /** Clusters that are free now. */
  get freeClusters(): number {
    return this.clusterFree.length;
  }

  /** A small buffer; null if there is none. `mayGrow`: may take memory, and wait for it, which interrupts may not. */
  *small(thread: KernelThread, mayGrow: boolean): Code<Mbuf | null> {
    let index = yield* this.pop(thread, this.smallFree);
    if (index < 0 && mayGrow) index = yield* this.growSmall(thread);
    yield* this.core.work('mbuf get', index < 0 ? this.smallRecords : this.smallRecord(index));
    if (index < 0) return this.fail();
    const page = this.smallPages[Math.floor(index / this.smallPerPage)];
    return this.take('small', index, page, (index % this.smallPerPage) * SMALL_BYTES, SMALL_BYTES);
  }

  /** A cluster; otherwise as `small`. */
  *cluster(thread: KernelThread, mayGrow: boolean): Code<Mbuf | null> {
    let index = yield* this.pop(thread, this.clusterFree);
    if (index < 0 && mayGrow) index = yield* this.newCluster(thread);
    yield* this.core.work('mbuf get', index < 0 ? this.clusterRecords : this.clusterRecord(index));
    if (index < 0) return this.fail();
    const header = this.options.aligned ? 0 : SMALL_BYTES;
    return this.take('cluster', index, this.clusterPages[index], header, this.core.pageBytes - header);
  }

  /** Makes sure that `count` clusters are free, if memory and the limit allow it. */
  *provide(thread: KernelThread, count: number): Code {
    while (this.clusterFree.length < count) {
      const index = yield* this.newCluster(thread);
      if (index < 0) return;
      yield* this.push(thread, this.clusterFree, index);
    }
  }

  /** Frees a buffer. Throws an Error if it is free already. */
  *free(thread: KernelThread, mbuf: Mbuf): Code {
    if (mbuf.free) throw new Error(`${mbuf.kind} mbuf ${mbuf.index} is freed twice`);
    mbuf.free = true;
    this.stats.freed++;
    const small = mbuf.kind === 'small';
    yield* this.core.work('mbuf free', small ? this.smallRecord(mbuf.index) : this.clusterRecord(mbuf.index));
    yield* this.push(thread, small ? this.smallFree : this.clusterFree, mbuf.index);
  }

  /** Frees the buffers of pieces; each buffer is that of one piece. */
  *freeAll(thread: KernelThread, pieces: readonly Piece[]): Code {
    for (const { mbuf } of pieces) if (mbuf !== null) yield* this.free(thread, mbuf);
  }

  private *pop(thread: KernelThread, list: FreeList): Code<number> {
    yield* this.lock.acquire(thread);
    const index = yield* list.pop();
    yield* this.lock.release(thread);
    return index;
  }

  private *push(thread: KernelThread, list: FreeList, index: number): Code {
    yield* this.lock.acquire(thread);
    yield* list.push(index);
    yield* this.lock.release(thread);
  }

  private take(kind: Mbuf['kind'], index: number, page: number, offset: number, bytes: number): Mbuf {
    this.stats.taken++;
    return new Mbuf(kind, index, page, offset, bytes, this.core.addressOf(page) + offset);
  }

  private fail(): null {
    this.stats.failures++;
    return null;
  }

  /** Another page of small buffers: returns one and puts the others onto the list. */
  private *growSmall(thread: KernelThread): Code<number> {
    if (this.smallPages.length + this.growingSmall >= this.options.smallPages) return -1;
    this.growingSmall++;
    const page = yield* this.core.takePage(thread, 'network');
    this.growingSmall--;
    if (page < 0) return -1;
    const first = this.smallPages.length * this.smallPerPage;
    this.smallPages.push(page);
    this.stats.grown++;
    yield* this.lock.acquire(thread);
    for (let k = this.smallPerPage - 1; k > 0; k--) yield* this.smallFree.push(first + k);
    yield* this.lock.release(thread);
    return first;
  }

  /** A page that was no cluster before. */
  private *newCluster(thread: KernelThread): Code<number> {
    const index = this.vacant.pop();
    if (index === undefined) return -1;
    const page = yield* this.core.takePage(thread, 'network');
    if (page < 0) {
      this.vacant.push(index);
      return -1;
    }
    this.clusterPages[index] = page;
    this.stats.grown++;
    return index;
  }

  private *reclaim(thread: KernelThread, pages: number): Code<number> {
    let given = 0;
    while (given < pages && this.clusterFree.length > this.options.reserve) {
      const index = yield* this.pop(thread, this.clusterFree);
      if (index < 0) break;
      yield* this.core.givePage(thread, this.clusterPages[index]);
      this.clusterPages[index] = -1;
      this.vacant.push(index);
      given++;
      this.stats.givenBack++;
    }
    return given;
  }

  private smallAddress(index: number): number {
    const page = this.smallPages[Math.floor(index / this.smallPerPage)];
    return this.core.addressOf(page) + (index % this.smallPerPage) * SMALL_BYTES;
  }

  private smallRecord(index: number): number {
    return this.smallRecords + index * RECORD_BYTES;
  }

  private clusterRecord(index: number): number {
    return this.clusterRecords + index * RECORD_BYTES;
  }
}

function checkOptions({ smallPages, clusters, reserve }: MbufOptions): void {
  for (const [name, value, least] of [
    ['smallPages', smallPages, 1],
    ['clusters', clusters, 1],
    ['reserve', reserve, 0],
  ] as const)
    if (!Number.isSafeInteger(value) || value < least)
      throw new RangeError(`${name} is an integer from ${least}, not ${value}`);
}
