/** The unified page cache as the client of NFS wants it: a page of a remote file lies beside those of local ones. */
import type { Code, KernelThread } from '../../../system/code.js';
import type { CacheEntry } from '../files/cache/cache-entry.js';
import type { PageCache } from '../files/cache/page-cache.js';
import type { CachedPage } from '../files/vnode.js';
import type { ClientPages } from './nfs/client-pages.js';

/** Pages of remote files in the page cache. Vnodes have numbers that `PageCache.newOwner` has given out. */
export class CachePages implements ClientPages {
  private readonly cache: PageCache;

  constructor(cache: PageCache) {
    this.cache = cache;
  }

  find(thread: KernelThread, vnode: number, index: number): Code<CachedPage | null> {
    return this.cache.find(thread, vnode, index);
  }

  insert(thread: KernelThread, vnode: number, index: number, page: number): Code<CachedPage> {
    return this.cache.adopt(thread, vnode, index, page);
  }

  release(thread: KernelThread, _vnode: number, _index: number, page: CachedPage): Code {
    return this.cache.release(thread, page as CacheEntry, false);
  }

  dropFrom(thread: KernelThread, vnode: number, first: number): Code {
    return this.cache.dropFrom(thread, vnode, first);
  }
}
