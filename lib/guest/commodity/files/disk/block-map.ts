/**
 * From blocks of a file to blocks of the disk: pointers in the inode, in a block of pointers, in a block of such blocks.
 * All is called with the map of the file locked. What fails leaves everything as it was.
 */
import { load, store, zero } from '../../../../processor/operations.js';
import { ErrorNumber } from '../../../../system/code.js';
import type { Code, KernelThread } from '../../../../system/code.js';
import { ZERO_CYCLES_PER_LINE } from '../byte-copy.js';
import type { CacheEntry } from '../cache/cache-entry.js';
import { BLOCK_BYTES, BLOCK_WORDS, DIRECT_BLOCKS, InodeWord } from './disk-layout.js';
import type { Volume } from './volume.js';

/** The inode words of a file, which the map changes, and where its next block had best be. */
export interface MappedFile {
  readonly words: Int32Array;
  readonly metadata: boolean;
  near: number;
  dirty: boolean;
}

/** Where the pointer to a block is: a word of the inode, then words of blocks of pointers. */
export function pathOf(index: number): { slot: number; path: number[] } {
  if (index < DIRECT_BLOCKS) return { slot: InodeWord.Pointers + index, path: [] };
  const rest = index - DIRECT_BLOCKS;
  if (rest < BLOCK_WORDS) return { slot: InodeWord.Indirect, path: [rest] };
  const far = rest - BLOCK_WORDS;
  return { slot: InodeWord.DoubleIndirect, path: [Math.floor(far / BLOCK_WORDS), far % BLOCK_WORDS] };
}

/** The block of the disk that has block `index` of a file; 0 if none has; or an ErrorNumber. */
export function* findBlock(thread: KernelThread, volume: Volume, file: MappedFile, index: number): Code<number> {
  const { slot, path } = pathOf(index);
  let block = file.words[slot];
  for (const word of path) {
    if (block === 0) return 0;
    const entry = yield* volume.cache.read(thread, volume.device, block, volume.store, block);
    if (typeof entry === 'number') return entry;
    block = yield load(entry.address + word * 4);
    yield* volume.cache.release(thread, entry, false);
  }
  return block;
}

/**
 * As `findBlock`, but allocates what is missing, near the block before. A new block of a directory is in the cache then,
 * all zeros; that of a file must be written by the caller. ENOSPC, ENOMEM, EIO.
 */
export function* makeBlock(thread: KernelThread, volume: Volume, file: MappedFile, index: number): Code<number> {
  const { slot, path } = pathOf(index);
  let block = file.words[slot];
  let depth = 0;
  let parent: CacheEntry | null = null;
  while (block !== 0 && depth < path.length) {
    if (parent !== null) yield* volume.cache.release(thread, parent, false);
    const entry: CacheEntry | number = yield* volume.cache.read(thread, volume.device, block, volume.store, block);
    if (typeof entry === 'number') return entry;
    parent = entry;
    block = yield load(entry.address + path[depth] * 4);
    depth++;
  }
  if (block === 0) block = yield* extend(thread, volume, file, slot, path, depth, parent);
  else if (parent !== null) yield* volume.cache.release(thread, parent, false);
  return block;
}

/** Allocates the blocks of a path from `depth` on and links the first into `parent`, which it releases, or the inode. */
function* extend(
  thread: KernelThread,
  volume: Volume,
  file: MappedFile,
  slot: number,
  path: readonly number[],
  depth: number,
  parent: CacheEntry | null,
): Code<number> {
  yield* volume.core.work('balloc');
  const claimed = yield* claim(thread, volume, file, path.length - depth + 1);
  if (typeof claimed === 'number') {
    if (parent !== null) yield* volume.cache.release(thread, parent, false);
    return claimed;
  }
  const { blocks, entries } = claimed;
  for (let k = 0; k < entries.length; k++) {
    if (k + 1 < blocks.length) yield store(entries[k].address + path[depth + k] * 4, blocks[k + 1]);
    yield* volume.cache.release(thread, entries[k], true);
  }
  if (parent === null) {
    file.words[slot] = blocks[0]!;
    file.dirty = true;
  } else {
    yield store(parent.address + path[depth - 1] * 4, blocks[0]);
    yield* volume.cache.release(thread, parent, true);
  }
  file.near = blocks.at(-1)! + 1;
  return blocks.at(-1)!;
}

interface Claim {
  readonly blocks: number[];
  /** The pages of those that are metadata, held. */
  readonly entries: CacheEntry[];
}

/** Takes blocks; those of metadata are zeros in the cache. All or none: ENOSPC, ENOMEM. */
function* claim(thread: KernelThread, volume: Volume, file: MappedFile, count: number): Code<Claim | number> {
  const blocks: number[] = [];
  const entries: CacheEntry[] = [];
  let error = 0;
  while (blocks.length < count && error === 0) {
    const block = yield* volume.blocks.take(thread, blocks.length === 0 ? file.near : blocks.at(-1)!);
    if (block < 0) error = ErrorNumber.ENOSPC;
    else blocks.push(block);
  }
  const metadata = file.metadata ? blocks.length : blocks.length - 1;
  for (let k = 0; k < metadata && error === 0; k++) {
    const entry = yield* zeroBlock(thread, volume, blocks[k]);
    if (typeof entry === 'number') error = entry;
    else entries.push(entry);
  }
  if (error === 0) return { blocks, entries };
  for (const entry of entries) yield* volume.cache.release(thread, entry, false);
  for (const block of blocks) yield* freeBlock(thread, volume, block, true);
  return error;
}

/** A new block of metadata in the cache, all zeros, held; or ENOMEM. */
function* zeroBlock(thread: KernelThread, volume: Volume, block: number): Code<CacheEntry | number> {
  const { cache, device } = volume;
  const entry = yield* cache.hold(thread, device, block);
  if (typeof entry === 'number') return entry;
  yield* cache.settle(thread, entry, volume.store, block);
  yield zero(entry.address, BLOCK_BYTES, ZERO_CYCLES_PER_LINE);
  yield* cache.filled(thread, entry, true);
  return entry;
}

/** Frees a block that nothing points at any more. Of metadata the cache forgets what it has. */
export function* freeBlock(thread: KernelThread, volume: Volume, block: number, metadata: boolean): Code {
  if (metadata) yield* volume.cache.drop(thread, volume.device, block);
  yield* volume.blocks.give(thread, block);
}
