/** What may be chosen of a page cache. */

/** The size of the cache's parts. The cache itself takes what memory there is. */
export interface PageCacheOptions {
  /** Locks: pages are spread over so many groups. One, as in kernels whose memory is under one lock. */
  readonly locks: number;
  /** Hash buckets of a group. */
  readonly buckets: number;
  /** Dirty pages above which whoever writes must write some back first. */
  readonly dirtyLimit: number;
  /** Pages of the longest transfer. */
  readonly clusterPages: number;
}

/** A cache of 16 MB of memory: the limit of dirty pages is an eighth of it. Commands of up to 64 KB. */
export const DEFAULT_PAGE_CACHE: PageCacheOptions = {
  locks: 1,
  buckets: 1024,
  dirtyLimit: 512,
  clusterPages: 16,
};
