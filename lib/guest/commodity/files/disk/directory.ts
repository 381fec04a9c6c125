/** The names in a directory: a table in its blocks, searched from the start. Called with its content locked. */
import { load, store } from '../../../../processor/operations.js';
import type { Code, KernelThread } from '../../../../system/code.js';
import { findBlock, makeBlock } from './block-map.js';
import type { CacheEntry } from '../cache/cache-entry.js';
import { BLOCK_BYTES, BLOCK_WORDS, ENTRY_WORDS, blocksOf } from './disk-layout.js';
import type { DiskFile } from './disk-file.js';
import type { Volume } from './volume.js';

/** What a search found: the inode of the name, or 0; where the name is; where one could be put, -1 if nowhere. */
export interface Found {
  readonly inode: number;
  /** In words from the beginning of the directory. */
  readonly at: number;
  readonly free: number;
}

/** Looks for a name (of `encodeName`). */
export function* search(
  thread: KernelThread,
  volume: Volume,
  directory: DiskFile,
  name: Int32Array,
): Code<Found | number> {
  yield* volume.core.work('directory search', directory.record);
  let free = -1;
  for (let index = 0; index < blocksOf(directory.size); index++) {
    const entry = yield* holdBlock(thread, volume, directory, index);
    if (typeof entry === 'number') return entry;
    for (let word = 0; word < BLOCK_WORDS; word += ENTRY_WORDS) {
      const inode = yield load(entry.address + word * 4);
      if (inode === 0) {
        if (free < 0) free = index * BLOCK_WORDS + word;
      } else if (yield* matches(entry.address + word * 4 + 4, name)) {
        yield* volume.cache.release(thread, entry, false);
        return { inode, at: index * BLOCK_WORDS + word, free };
      }
    }
    yield* volume.cache.release(thread, entry, false);
  }
  return { inode: 0, at: -1, free };
}

/** Whether a directory has no names: 1 or 0, or an ErrorNumber. */
export function* isEmpty(thread: KernelThread, volume: Volume, directory: DiskFile): Code<number> {
  for (let index = 0; index < blocksOf(directory.size); index++) {
    const entry = yield* holdBlock(thread, volume, directory, index);
    if (typeof entry === 'number') return entry;
    let used = 0;
    for (let word = 0; word < BLOCK_WORDS && used === 0; word += ENTRY_WORDS)
      used = yield load(entry.address + word * 4);
    yield* volume.cache.release(thread, entry, false);
    if (used !== 0) return 0;
  }
  return 1;
}

/** Makes a directory longer by a block of no names: 0, or an ErrorNumber. */
export function* extendDirectory(thread: KernelThread, volume: Volume, directory: DiskFile): Code<number> {
  yield* directory.map.acquire(thread);
  const block = yield* makeBlock(thread, volume, directory, blocksOf(directory.size));
  if (block > 0) directory.setSize(directory.size + BLOCK_BYTES);
  yield* directory.map.release(thread);
  return block > 0 ? 0 : block;
}

/** Holds a block of a directory; it has no holes. */
export function* holdBlock(
  thread: KernelThread,
  volume: Volume,
  directory: DiskFile,
  index: number,
): Code<CacheEntry | number> {
  yield* directory.map.acquire(thread);
  const block = yield* findBlock(thread, volume, directory, index);
  yield* directory.map.release(thread);
  if (block < 0) return block;
  return yield* volume.cache.read(thread, volume.device, block, volume.store, block);
}

/** Writes a name into a held block, or with inode 0 removes it. */
export function* putName(entry: CacheEntry, at: number, inode: number, name: Int32Array | null): Code {
  const address = entry.address + (at % BLOCK_WORDS) * 4;
  if (name !== null) for (let word = 0; word < name.length; word++) yield store(address + 4 + word * 4, name[word]);
  yield store(address, inode);
}

/** Compares length and hash first, and then the words that the name has. */
function* matches(address: number, name: Int32Array): Code<boolean> {
  if ((yield load(address)) !== name[0]) return false;
  const words = 1 + (((name[0] & 255) + 3) >> 2);
  for (let word = 1; word < words; word++) if ((yield load(address + word * 4)) !== name[word]) return false;
  return true;
}
