/** Reads ahead of whoever reads a file from its beginning to its end. */
import { load, store } from '../../../../processor/operations.js';
import type { Code, KernelThread } from '../../../../system/code.js';
import { findBlock } from '../disk/block-map.js';
import type { CacheEntry } from './cache-entry.js';
import { blocksOf } from '../disk/disk-layout.js';
import type { DiskFile } from '../disk/disk-file.js';
import type { Volume } from '../disk/volume.js';

/** Where in the record of an inode the block is that was read last, plus one. A hint: readers may overtake each other. */
const LAST_READ = 192;

/**
 * Page `index` was read, by somebody who has locked the content. If it follows the last one and half of the window ahead is
 * not there, starts reading the next pages, as far as they are consecutive on the disk, and does not wait.
 */
export function* readAhead(thread: KernelThread, volume: Volume, file: DiskFile, index: number): Code {
  if (volume.readAheadPages === 0) return;
  const last = yield load(file.record + LAST_READ);
  if (last === index + 1) return;
  yield store(file.record + LAST_READ, index + 1);
  const end = Math.min(index + 1 + volume.readAheadPages, blocksOf(file.size));
  const half = Math.min(index + 1 + (volume.readAheadPages >> 1), end - 1);
  if ((last !== index && index > 0) || half <= index || volume.cache.has(file.id, half)) return;
  yield* prefetch(thread, volume, file, index + 1, end);
}

/**
 * Starts reading the first pages from `from` up to `end` that are not there, as far as they are consecutive on the disk and there
 * is memory for them at once, and does not wait. For whoever has locked the content.
 */
export function* prefetch(thread: KernelThread, volume: Volume, file: DiskFile, from: number, end: number): Code {
  let first = from;
  while (first < end && volume.cache.has(file.id, first)) first++;
  const entries: CacheEntry[] = [];
  let place = 0;
  for (let index = first; index < end; index++) {
    yield* file.map.acquire(thread);
    const block = yield* findBlock(thread, volume, file, index);
    yield* file.map.release(thread);
    if (block <= 0 || (index > first && block !== place + entries.length)) break;
    const entry = yield* volume.cache.holdFresh(thread, file.id, index);
    if (entry === null) break;
    if (index === first) place = block;
    entries.push(entry);
  }
  if (entries.length > 0) yield* volume.cache.startFill(thread, volume.store, place, entries, true);
}
