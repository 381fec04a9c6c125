/** Inodes in the table of the disk, through the cache. */
import { load, store } from '../../../../processor/operations.js';
import type { Code, KernelThread } from '../../../../system/code.js';
import type { CacheEntry } from '../cache/cache-entry.js';
import { INODE_WORDS, blockOfInode, wordOfInode } from './disk-layout.js';
import type { Volume } from './volume.js';

/** Reads the words of an inode; false if that fails. */
export function* readInode(thread: KernelThread, volume: Volume, number: number, words: Int32Array): Code<boolean> {
  const entry = yield* holdInode(thread, volume, number);
  if (typeof entry === 'number') return false;
  const from = entry.address + wordOfInode(number) * 4;
  for (let word = 0; word < INODE_WORDS; word++) words[word] = yield load(from + word * 4);
  yield* volume.cache.release(thread, entry, false);
  return true;
}

/** Writes the words of an inode: 0 or an ErrorNumber. */
export function* writeInode(thread: KernelThread, volume: Volume, number: number, words: Int32Array): Code<number> {
  const entry = yield* holdInode(thread, volume, number);
  if (typeof entry === 'number') return entry;
  const to = entry.address + wordOfInode(number) * 4;
  for (let word = 0; word < INODE_WORDS; word++) yield store(to + word * 4, words[word]);
  yield* volume.cache.release(thread, entry, true);
  return 0;
}

function* holdInode(thread: KernelThread, volume: Volume, number: number): Code<CacheEntry | number> {
  const block = blockOfInode(volume.layout, number);
  return yield* volume.cache.read(thread, volume.device, block, volume.store, block);
}
