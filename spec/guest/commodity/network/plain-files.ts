/** A file system of pages in memory, and a page cache that forgets at random: what the network's files stand on in specs. */
import type { RandomStream } from '../../../../lib/engine/random.js';
import { ErrorNumber, type Code, type KernelThread } from '../../../../lib/system/code.js';
import type { ClientPages } from '../../../../lib/guest/commodity/network/nfs/client-pages.js';
import { copyBytes } from '../../../../lib/guest/commodity/network/pieces.js';
import type { CachedPage, FileSystem, Vnode } from '../../../../lib/guest/commodity/files/vnode.js';
import { compute, store, zero } from '../../../../lib/processor/operations.js';
import type { TestKernel } from './fabric.js';

export class PlainFile implements Vnode {
  readonly kind: 'file' | 'directory';
  readonly id: number;
  readonly children = new Map<string, PlainFile>();
  size = 0;
  opens = 0;
  named = true;
  writes = 0;
  private readonly kernel: TestKernel;
  private readonly pages = new Map<number, CachedPage>();

  constructor(kernel: TestKernel, kind: PlainFile['kind'], id: number) {
    this.kernel = kernel;
    this.kind = kind;
    this.id = id;
  }

  *page(thread: KernelThread, index: number): Code<CachedPage | number> {
    this.alive();
    yield compute(1);
    let cached = this.pages.get(index);
    if (cached === undefined) {
      const page = yield* this.kernel.takePage(thread);
      if (page < 0) return ErrorNumber.ENOMEM;
      yield zero(this.kernel.addressOf(page), 4096, 1);
      cached = this.pages.get(index);
      if (cached !== undefined) yield* this.kernel.givePage(thread, page);
      else this.pages.set(index, (cached = { page, address: this.kernel.addressOf(page), holds: 0 }));
    }
    cached.holds++;
    return cached;
  }

  *release(_thread: KernelThread, _index: number, page: CachedPage): Code {
    yield compute(1);
    if (--page.holds < 0) throw new Error('a page is released more often than it was held');
  }

  read(): Code<number> {
    throw new Error('nobody reads here');
  }

  *write(thread: KernelThread, offset: number, address: number, bytes: number): Code<number> {
    this.alive();
    this.writes++;
    for (let done = 0; done < bytes;) {
      const index = Math.floor((offset + done) / 4096);
      const start = (offset + done) % 4096;
      const length = Math.min(bytes - done, 4096 - start);
      const page = yield* this.page(thread, index);
      if (typeof page === 'number') return page;
      yield* copyBytes(address + done, page.address + start, length, 1);
      yield* this.release(thread, index, page);
      done += length;
      this.size = Math.max(this.size, offset + done);
    }
    return bytes;
  }

  *truncate(thread: KernelThread, bytes: number): Code<number> {
    this.alive();
    yield compute(1);
    const smaller = bytes < this.size;
    this.size = bytes;
    if (!smaller) return 0;
    for (const [index, page] of [...this.pages]) {
      const start = index * 4096;
      // Whatever is behind the end reads as zeros later; pages may be held by replies under way, so none are freed.
      for (let k = 0; k < 4096; k += 4) {
        const at = start + k;
        if (at >= bytes) yield store(page.address + k, 0);
        else if (at + 4 > bytes)
          yield store(page.address + k, this.kernel.loadWord(page.address + k) & ~(-1 >>> (8 * (bytes % 4))));
      }
    }
    yield* this.gone(thread);
    return 0;
  }

  *opened(): Code {
    this.alive();
    yield compute(1);
    this.opens++;
  }

  *closed(thread: KernelThread): Code {
    yield compute(1);
    this.opens--;
    yield* this.gone(thread);
  }

  /** Frees the pages of a file without a name that nobody has open. */
  *gone(thread: KernelThread): Code {
    if (this.named || this.opens > 0) return;
    for (const [index, { page, holds }] of [...this.pages]) {
      if (holds > 0) throw new Error('a page of a file that is gone is held');
      this.pages.delete(index);
      yield* this.kernel.givePage(thread, page);
    }
  }

  content(): number[] {
    const bytes: number[] = [];
    for (let k = 0; k < this.size; k++) {
      const page = this.pages.get(Math.floor(k / 4096));
      bytes.push(page === undefined ? 0 : this.kernel.byte(page.address + (k % 4096)));
    }
    return bytes;
  }

  held(): number {
    return [...this.pages.values(), ...[...this.children.values()].map(child => ({ holds: child.held() }))].reduce(
      (sum, { holds }) => sum + holds,
      0,
    );
  }

  private alive(): void {
    if (!this.named && this.opens === 0) throw new Error(`file ${this.id} is gone`);
  }
}

export class PlainFiles implements FileSystem {
  readonly name = 'plain';
  readonly root: PlainFile;
  readonly stats = { creates: 0, removes: 0, syncs: 0 };
  private readonly kernel: TestKernel;
  private nextId = 2;

  constructor(kernel: TestKernel) {
    this.kernel = kernel;
    this.root = new PlainFile(kernel, 'directory', 1);
  }

  find(path: readonly string[]): PlainFile | number {
    let file = this.root;
    for (const name of path) {
      if (file.kind !== 'directory') return ErrorNumber.ENOTDIR;
      const child = file.children.get(name);
      if (child === undefined) return ErrorNumber.ENOENT;
      file = child;
    }
    return file;
  }

  *lookup(_thread: KernelThread, path: readonly string[]): Code<Vnode | number> {
    yield compute(1);
    return this.find(path);
  }

  *create(_thread: KernelThread, path: readonly string[], kind: 'file' | 'directory'): Code<Vnode | number> {
    yield compute(1);
    const parent = this.find(path.slice(0, -1));
    if (typeof parent === 'number') return parent;
    if (parent.kind !== 'directory') return ErrorNumber.ENOTDIR;
    if (parent.children.has(path.at(-1)!)) return ErrorNumber.EEXIST;
    this.stats.creates++;
    const file = new PlainFile(this.kernel, kind, this.nextId++);
    parent.children.set(path.at(-1)!, file);
    return file;
  }

  *remove(thread: KernelThread, path: readonly string[]): Code<number> {
    yield compute(1);
    const file = this.find(path);
    const parent = this.find(path.slice(0, -1));
    if (typeof file === 'number' || typeof parent === 'number') return ErrorNumber.ENOENT;
    if (file.children.size > 0) return ErrorNumber.ENOTEMPTY;
    this.stats.removes++;
    parent.children.delete(path.at(-1)!);
    file.named = false;
    yield* file.gone(thread);
    return 0;
  }

  *sync(): Code<number> {
    yield compute(1);
    this.stats.syncs++;
    return 0;
  }
}

/** Keeps up to `capacity` pages, and forgets one that nobody holds whenever chance will have it. */
export class ForgetfulPages implements ClientPages {
  private readonly kernel: TestKernel;
  private readonly random: RandomStream;
  private readonly capacity: number;
  private readonly pages = new Map<string, CachedPage>();

  constructor(kernel: TestKernel, random: RandomStream, capacity: number) {
    this.kernel = kernel;
    this.random = random;
    this.capacity = capacity;
  }

  get held(): number {
    return [...this.pages.values()].reduce((sum, { holds }) => sum + holds, 0);
  }

  *find(_thread: KernelThread, vnode: number, index: number): Code<CachedPage | null> {
    yield compute(1);
    const page = this.pages.get(`${vnode}/${index}`) ?? null;
    if (page !== null) page.holds++;
    yield compute(1);
    return page;
  }

  *insert(thread: KernelThread, vnode: number, index: number, page: number): Code<CachedPage> {
    const key = `${vnode}/${index}`;
    if (this.pages.has(key)) throw new Error(`page ${key} is there already`);
    const cached = { page, address: this.kernel.addressOf(page), holds: 1 };
    this.pages.set(key, cached);
    for (const [other, { holds }] of [...this.pages])
      if (holds === 0 && (this.pages.size > this.capacity || this.random.below(8) === 0))
        yield* this.forget(thread, other);
    return cached;
  }

  *release(_thread: KernelThread, vnode: number, index: number, page: CachedPage): Code {
    yield compute(1);
    if (this.pages.get(`${vnode}/${index}`) !== page || page.holds === 0) throw new Error('this page is not held');
    page.holds--;
  }

  *dropFrom(thread: KernelThread, vnode: number, first: number): Code {
    for (const [key, { holds }] of [...this.pages]) {
      const [of, index] = key.split('/').map(Number);
      if (of === vnode && index >= first && holds === 0) yield* this.forget(thread, key);
    }
  }

  private *forget(thread: KernelThread, key: string): Code {
    const page = this.pages.get(key);
    if (page === undefined || page.holds > 0) return;
    this.pages.delete(key);
    yield* this.kernel.givePage(thread, page.page);
  }
}
