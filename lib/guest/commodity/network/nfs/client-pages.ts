/** What the client of NFS needs of a page cache. */
import type { Code, KernelThread } from '../../../../system/code.js';
import type { CachedPage } from '../../files/vnode.js';

/**
 * Pages of files in memory, by the number of a vnode and the index of the page. A page that is held stays. What the client
 * has to write back it holds until it is written, so for the cache every page that nobody holds is clean.
 */
export interface ClientPages {
  /** The page, held; null if it is not in memory. */
  find(thread: KernelThread, vnode: number, index: number): Code<CachedPage | null>;
  /** Makes a physical page that the client has taken and filled the page of a file, and holds it. There was none. */
  insert(thread: KernelThread, vnode: number, index: number, page: number): Code<CachedPage>;
  /** Gives back what `find` or `insert` returned. */
  release(thread: KernelThread, vnode: number, index: number, page: CachedPage): Code;
  /** Forgets pages from `first` on that nobody holds. */
  dropFrom(thread: KernelThread, vnode: number, first: number): Code;
}

/**
 * Makes the page at `to` a page with the content of that at `from`, as a copy of a page does. Both are addresses of whole
 * pages. A monitor has a call for it, which maps the one page at both places.
 */
export type Remap = (thread: KernelThread, from: number, to: number) => Code;
