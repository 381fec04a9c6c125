/** What the files of one disk share. */
import type { Code, KernelCore, KernelThread } from '../../../../system/code.js';
import type { Bitmap } from './bitmap.js';
import type { Owner } from '../cache/cache-entry.js';
import type { DiskFile } from './disk-file.js';
import type { DiskLayout } from './disk-layout.js';
import type { InodeTable } from './inode-table.js';
import type { PageCache } from '../cache/page-cache.js';
import type { PageStore } from '../cache/page-store.js';

/** A mounted disk. */
export interface Volume {
  readonly core: KernelCore;
  readonly cache: PageCache;
  readonly store: PageStore;
  readonly layout: DiskLayout;
  /** Owner of the metadata in the page cache; the index is the block. */
  readonly device: Owner;
  readonly blocks: Bitmap;
  readonly inodeBits: Bitmap;
  readonly inodes: InodeTable;
  /** Pages that are read ahead of a sequential reader; 0 for none. */
  readonly readAheadPages: number;
  /** Frees a file that has neither a name nor anybody who has it open. */
  free(thread: KernelThread, file: DiskFile): Code;
}
