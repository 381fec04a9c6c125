/**
 * What the kernel knows of a file, whoever keeps it: a file system on a disk, a server far away, or nobody (a pipe).
 * The page cache is common: a page of a file is in memory once, whether it is read, mapped or executed.
 */
import type { Code, KernelThread } from '../../../system/code.js';

/** A page of a file in memory. Whoever holds it (`holds` > 0) may count on it staying there. */
export interface CachedPage {
  /** Physical page. */
  readonly page: number;
  /** Kernel virtual address of the page. */
  readonly address: number;
  holds: number;
}

/** A file. Methods return a value from 0 up, or an ErrorNumber. */
export interface Vnode {
  readonly kind: 'file' | 'directory' | 'pipe';
  /** Number, unique among those of a kernel. */
  readonly id: number;
  /** Bytes. */
  readonly size: number;
  /** Brings a page of the file into memory and holds it: from the cache or from where the file is kept. A number is an error. */
  page(thread: KernelThread, index: number): Code<CachedPage | number>;
  /**
   * Starts bringing pages into memory, in one go, of so many from `index` on: those that are not there. It does not wait; `page`
   * does, for those on their way. A hint: it may be fewer, or none.
   */
  prefetch?(thread: KernelThread, index: number, pages: number): Code;
  /** Gives back what `page` returned. `dirty`: it was written to. */
  release(thread: KernelThread, index: number, page: CachedPage, dirty: boolean): Code;
  /** Copies bytes from the file to a virtual address (user's or kernel's). Returns how many; 0 at the end. */
  read(thread: KernelThread, offset: number, address: number, bytes: number): Code<number>;
  /** Copies bytes from a virtual address into the file, which grows. Returns how many. */
  write(thread: KernelThread, offset: number, address: number, bytes: number): Code<number>;
  /** Makes it `bytes` long, 0 or more. */
  truncate(thread: KernelThread, bytes: number): Code<number>;
  /** Writes back what is dirty of this file, and waits for it. Without it, `sync` of the file system does more than asked. */
  sync?(thread: KernelThread): Code<number>;
  /** Somebody opened it once more. */
  opened(thread: KernelThread): Code;
  /** Somebody closed it. The last close of a file without a name frees it. */
  closed(thread: KernelThread): Code;
}

/** A tree of names. */
export interface FileSystem {
  readonly name: string;
  /**
   * The file at a path from the root of this file system, or an ErrorNumber. It comes opened once: whoever asked closes
   * it, so nobody can free it in between.
   */
  lookup(thread: KernelThread, path: readonly string[]): Code<Vnode | number>;
  /** Makes a file or directory, which comes opened once; EEXIST if there is one. */
  create(thread: KernelThread, path: readonly string[], kind: 'file' | 'directory'): Code<Vnode | number>;
  /** Removes a name. */
  remove(thread: KernelThread, path: readonly string[]): Code<number>;
  /** Writes back what is dirty, and waits for it. */
  sync(thread: KernelThread): Code<number>;
}
