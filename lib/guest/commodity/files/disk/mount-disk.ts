/** Mounts a disk: reads its superblock, and its bitmaps to stay. */
import { load } from '../../../../processor/operations.js';
import { ErrorNumber } from '../../../../system/code.js';
import type { Code, KernelCore, KernelThread } from '../../../../system/code.js';
import { Bitmap } from './bitmap.js';
import type { CacheEntry } from '../cache/cache-entry.js';
import { DiskFileSystem } from './disk-file-system.js';
import type { DiskFileSystemOptions } from './disk-file-system.js';
import { SuperWord, decodeSuperblock } from './disk-layout.js';
import type { PageCache } from '../cache/page-cache.js';
import type { PageStore } from '../cache/page-store.js';

/** Mounts the file system on a disk. EINVAL if there is none, EIO if it cannot be read, ENOMEM. */
export function* mountDisk(
  thread: KernelThread,
  core: KernelCore,
  cache: PageCache,
  store: PageStore,
  name: string,
  options: DiskFileSystemOptions,
): Code<DiskFileSystem | number> {
  const device = cache.newOwner();
  const superblock = yield* cache.read(thread, device, 0, store, 0);
  if (typeof superblock === 'number') return superblock;
  const words: number[] = [];
  for (let word = 0; word <= SuperWord.FreeInodes; word++) words.push(yield load(superblock.address + word * 4));
  const decoded = decodeSuperblock(words);
  if (decoded === null) return ErrorNumber.EINVAL;
  const { layout, freeBlocks, freeInodes } = decoded;
  const pages: CacheEntry[] = [];
  for (let block = layout.blockBitmap; block < layout.inodeTable; block++) {
    const entry = yield* cache.read(thread, device, block, store, block);
    if (typeof entry === 'number') return entry;
    pages.push(entry);
  }
  const first = layout.inodeBitmap - layout.blockBitmap;
  const blocks = new Bitmap(core, cache, `${name} blocks`, pages.slice(0, first), freeBlocks);
  const inodeBits = new Bitmap(core, cache, `${name} inode bits`, pages.slice(first), freeInodes);
  return new DiskFileSystem(core, cache, store, name, options, { device, layout, superblock, blocks, inodeBits });
}
