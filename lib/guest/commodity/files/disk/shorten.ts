/**
 * Makes a file shorter, from its end on, in steps that each leave it whole: a step frees data blocks that one block of
 * pointers points at. Called with the content of the file locked.
 */
import { load, store } from '../../../../processor/operations.js';
import type { Code, KernelThread } from '../../../../system/code.js';
import { freeBlock, pathOf } from './block-map.js';
import type { CacheEntry } from '../cache/cache-entry.js';
import { BLOCK_BYTES, BLOCK_WORDS, DIRECT_BLOCKS, blocksOf } from './disk-layout.js';
import type { DiskFile } from './disk-file.js';
import type { Volume } from './volume.js';

/** Shortens to `bytes`. 0, or an error: then the file has some length in between. */
export function* shorten(thread: KernelThread, volume: Volume, file: DiskFile, bytes: number): Code<number> {
  while (file.size > bytes) {
    const keep = blocksOf(bytes);
    const end = blocksOf(file.size);
    const first = end === keep ? keep : Math.max(keep, firstOfLeaf(end - 1));
    const error = yield* step(thread, volume, file, first, end, first === keep ? bytes : first * BLOCK_BYTES);
    if (error !== 0) return error;
  }
  return 0;
}

/** The first block whose pointer is in the same place as that of a block. */
function firstOfLeaf(index: number): number {
  if (index < DIRECT_BLOCKS) return 0;
  return index - ((index - DIRECT_BLOCKS) % BLOCK_WORDS);
}

/** Frees the blocks from `first` up to `end`, which have their pointers in one place. */
function* step(
  thread: KernelThread,
  volume: Volume,
  file: DiskFile,
  first: number,
  end: number,
  bytes: number,
): Code<number> {
  yield* file.map.acquire(thread);
  const chain = first === end ? [] : yield* holdChain(thread, volume, file, first);
  if (typeof chain === 'number') {
    yield* file.map.release(thread);
    return chain;
  }
  // From here on nothing fails. The size goes first: no page behind it is filled any more.
  file.setSize(bytes);
  yield* file.map.release(thread);
  for (let index = first; index < end; index++) yield* volume.cache.drop(thread, file.id, index);
  yield* file.map.acquire(thread);
  yield* freePointers(thread, volume, file, first, end, chain);
  file.near = 0;
  yield* file.map.release(thread);
  return 0;
}

/** Holds the blocks of pointers on the way to a block: as many as there are. */
function* holdChain(thread: KernelThread, volume: Volume, file: DiskFile, index: number): Code<CacheEntry[] | number> {
  const { slot, path } = pathOf(index);
  const chain: CacheEntry[] = [];
  let block = file.words[slot];
  for (const word of path) {
    if (block === 0) break;
    const entry = yield* volume.cache.read(thread, volume.device, block, volume.store, block);
    if (typeof entry === 'number') {
      for (const held of chain) yield* volume.cache.release(thread, held, false);
      return entry;
    }
    chain.push(entry);
    block = yield load(entry.address + word * 4);
  }
  return chain;
}

function* freePointers(
  thread: KernelThread,
  volume: Volume,
  file: DiskFile,
  first: number,
  end: number,
  chain: readonly CacheEntry[],
): Code {
  const { slot, path } = pathOf(first);
  if (path.length === 0) {
    for (let index = first; index < end; index++)
      yield* freeWord(thread, volume, file, slot + index - first, file.metadata);
    return;
  }
  if (chain.length === path.length) {
    const leaf = chain.at(-1)!;
    for (let k = 0; k < end - first; k++) yield* freeAt(thread, volume, leaf, path.at(-1)! + k, file.metadata);
  }
  // A block of pointers goes with its first pointer, unless it never was there.
  for (let level = path.length - 1; level >= 0; level--) {
    const empty = path.slice(level).every(word => word === 0);
    if (level < chain.length) yield* volume.cache.release(thread, chain[level], true);
    if (!empty) continue;
    if (level === 0) yield* freeWord(thread, volume, file, slot, true);
    else if (level <= chain.length) yield* freeAt(thread, volume, chain[level - 1], path[level - 1], true);
  }
}

/** Frees what a word of the inode points at. */
function* freeWord(thread: KernelThread, volume: Volume, file: DiskFile, word: number, metadata: boolean): Code {
  const block = file.words[word];
  file.words[word] = 0;
  // Somebody may have written the inode since its size changed.
  file.dirty = true;
  if (block !== 0) yield* freeBlock(thread, volume, block, metadata);
}

/** Frees what a word of a block of pointers points at. */
function* freeAt(thread: KernelThread, volume: Volume, entry: CacheEntry, word: number, metadata: boolean): Code {
  const block = yield load(entry.address + word * 4);
  if (block === 0) return;
  yield store(entry.address + word * 4, 0);
  yield* freeBlock(thread, volume, block, metadata);
}
