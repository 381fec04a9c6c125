/** A tree of names on a disk. Paths go from its root; directories are locked one after the other on the way. */
import { store } from '../../../../processor/operations.js';
import { ErrorNumber } from '../../../../system/code.js';
import type { Code, KernelCore, KernelThread } from '../../../../system/code.js';
import type { FileSystem } from '../vnode.js';
import type { Bitmap } from './bitmap.js';
import type { CacheEntry, Owner } from '../cache/cache-entry.js';
import { extendDirectory, holdBlock, isEmpty, putName, search } from './directory.js';
import { DiskFile } from './disk-file.js';
import { BLOCK_WORDS, InodeKind, InodeWord, ROOT_INODE, SuperWord, encodeName } from './disk-layout.js';
import type { DiskLayout } from './disk-layout.js';
import { InodeTable } from './inode-table.js';
import { NameCache } from '../name-cache.js';
import type { PageCache } from '../cache/page-cache.js';
import type { PageStore } from '../cache/page-store.js';
import { shorten } from './shorten.js';
import type { Volume } from './volume.js';

/** How a disk is used. */
export interface DiskFileSystemOptions {
  /** Names that are kept in memory. */
  readonly names: number;
  /** Pages that are read ahead of a sequential reader; 0 for none. */
  readonly readAheadPages: number;
}

/** A mounted disk file system: see `mountDisk`. */
export class DiskFileSystem implements FileSystem, Volume {
  readonly name: string;
  readonly core: KernelCore;
  readonly cache: PageCache;
  readonly store: PageStore;
  readonly layout: DiskLayout;
  readonly device: Owner;
  readonly blocks: Bitmap;
  readonly inodeBits: Bitmap;
  readonly inodes: InodeTable;
  readonly names: NameCache;
  readonly readAheadPages: number;
  private readonly superblock: CacheEntry;

  /** For `mountDisk`: the superblock and the bitmaps are held. */
  constructor(
    core: KernelCore,
    cache: PageCache,
    store: PageStore,
    name: string,
    options: DiskFileSystemOptions,
    disk: {
      readonly device: Owner;
      readonly layout: DiskLayout;
      readonly superblock: CacheEntry;
      readonly blocks: Bitmap;
      readonly inodeBits: Bitmap;
    },
  ) {
    this.core = core;
    this.cache = cache;
    this.store = store;
    this.name = name;
    this.readAheadPages = options.readAheadPages;
    this.device = disk.device;
    this.layout = disk.layout;
    this.superblock = disk.superblock;
    this.blocks = disk.blocks;
    this.inodeBits = disk.inodeBits;
    this.inodes = new InodeTable(core, name, (number, slot) => new DiskFile(this, number, cache.newOwner(), slot));
    this.names = new NameCache(core, name, this.inodes, options.names);
  }

  *lookup(thread: KernelThread, path: readonly string[]): Code<DiskFile | number> {
    yield* this.core.work('namei');
    let file = yield* this.inodes.open(thread, ROOT_INODE);
    for (const name of path) {
      if (typeof file === 'number') return file;
      const directory: DiskFile = file;
      file = yield* this.step(thread, directory, name);
      yield* directory.closed(thread);
    }
    return file;
  }

  *create(thread: KernelThread, path: readonly string[], kind: 'file' | 'directory'): Code<DiskFile | number> {
    const name = path.at(-1);
    if (name === undefined) return ErrorNumber.EEXIST;
    const directory = yield* this.lookup(thread, path.slice(0, -1));
    if (typeof directory === 'number') return directory;
    let file: DiskFile | number = ErrorNumber.ENOTDIR;
    if (directory.metadata) {
      yield* this.core.work('create', directory.record);
      yield* directory.content.acquire(thread);
      file = yield* this.createIn(thread, directory, name, kind);
      yield* directory.content.release(thread);
    }
    yield* directory.closed(thread);
    return file;
  }

  *remove(thread: KernelThread, path: readonly string[]): Code<number> {
    const name = path.at(-1);
    if (name === undefined) return ErrorNumber.EINVAL;
    const directory = yield* this.lookup(thread, path.slice(0, -1));
    if (typeof directory === 'number') return directory;
    let file: DiskFile | number = ErrorNumber.ENOTDIR;
    if (directory.metadata) {
      yield* this.core.work('remove', directory.record);
      yield* directory.content.acquire(thread);
      file = yield* this.removeFrom(thread, directory, name);
      yield* directory.content.release(thread);
    }
    yield* directory.closed(thread);
    if (typeof file === 'number') return file;
    yield* file.closed(thread);
    return 0;
  }

  *sync(thread: KernelThread): Code<number> {
    yield* this.core.work('sync');
    const updated = yield* this.update(thread);
    const written = yield* this.cache.writeBack.sync(thread, this.store);
    return updated < 0 ? updated : written;
  }

  /** Writes inodes that have changed, and what is free, into the cache; frees what could not be freed before. */
  *update(thread: KernelThread): Code<number> {
    let result = 0;
    const changed = yield* this.inodes.select(
      thread,
      file => file.dirty || (file.links === 0 && file.references === 0),
    );
    for (const file of changed) {
      const error = yield* file.update(thread);
      if (error !== 0) result = error;
      yield* file.closed(thread);
    }
    yield store(this.superblock.address + SuperWord.FreeBlocks * 4, this.blocks.free);
    yield store(this.superblock.address + SuperWord.FreeInodes * 4, this.inodeBits.free);
    yield* this.cache.soil(thread, this.superblock);
    return result;
  }

  /** A file that cannot be freed because of an error of the disk stays until the next sync. */
  *free(thread: KernelThread, file: DiskFile): Code {
    yield* this.core.work('ifree', file.record);
    const error = yield* this.clear(thread, file);
    yield* this.inodes.freed(thread, file, error !== 0);
    if (error === 0) yield* this.inodeBits.give(thread, file.number);
  }

  /** Frees the blocks of a file, and its inode on the disk. */
  private *clear(thread: KernelThread, file: DiskFile): Code<number> {
    yield* file.content.acquire(thread);
    const error = yield* shorten(thread, this, file, 0);
    yield* file.content.release(thread);
    if (error !== 0) return error;
    yield* file.map.acquire(thread);
    file.words.fill(0);
    file.dirty = true;
    yield* file.map.release(thread);
    return yield* file.update(thread);
  }

  /** The file of a name in a directory, referenced once more. */
  private *step(thread: KernelThread, directory: DiskFile, name: string): Code<DiskFile | number> {
    if (!directory.metadata) return ErrorNumber.ENOTDIR;
    const words = encodeName(name);
    if (words === null) return ErrorNumber.ENAMETOOLONG;
    const known = yield* this.names.find(thread, directory.number, name);
    if (known !== null) return known;
    yield* directory.content.acquireShared(thread);
    const found = yield* search(thread, this, directory, words);
    let file: DiskFile | number = typeof found === 'number' ? found : ErrorNumber.ENOENT;
    if (typeof found !== 'number' && found.inode !== 0) file = yield* this.inodes.open(thread, found.inode);
    if (typeof file !== 'number') yield* this.names.enter(thread, directory.number, name, file);
    yield* directory.content.release(thread);
    return file;
  }

  private *createIn(
    thread: KernelThread,
    directory: DiskFile,
    name: string,
    kind: 'file' | 'directory',
  ): Code<DiskFile | number> {
    const words = encodeName(name);
    if (words === null) return ErrorNumber.ENAMETOOLONG;
    if (directory.links === 0) return ErrorNumber.ENOENT;
    const found = yield* search(thread, this, directory, words);
    if (typeof found === 'number') return found;
    if (found.inode !== 0) return ErrorNumber.EEXIST;
    const at = found.free < 0 ? directory.size / 4 : found.free;
    const error = found.free < 0 ? yield* extendDirectory(thread, this, directory) : 0;
    if (error !== 0) return error;
    const entry = yield* holdBlock(thread, this, directory, Math.floor(at / BLOCK_WORDS));
    if (typeof entry === 'number') return entry;
    const file = yield* this.allocate(thread, directory, kind);
    if (typeof file !== 'number') {
      yield* putName(entry, at, file.number, words);
      yield* this.names.enter(thread, directory.number, name, file);
    }
    yield* this.cache.release(thread, entry, typeof file !== 'number');
    return file;
  }

  /** A new file without a name, its inode near that of its directory. */
  private *allocate(thread: KernelThread, directory: DiskFile, kind: 'file' | 'directory'): Code<DiskFile | number> {
    yield* this.core.work('ialloc', directory.record);
    const number = yield* this.inodeBits.take(thread, directory.number);
    if (number < 0) return ErrorNumber.ENOSPC;
    const file = yield* this.inodes.create(thread, number);
    yield* file.map.acquire(thread);
    file.words[InodeWord.Kind] = kind === 'file' ? InodeKind.File : InodeKind.Directory;
    file.words[InodeWord.Links] = 1;
    file.dirty = true;
    yield* file.map.release(thread);
    return file;
  }

  /** Removes a name, and returns its file, referenced. */
  private *removeFrom(thread: KernelThread, directory: DiskFile, name: string): Code<DiskFile | number> {
    const words = encodeName(name);
    if (words === null) return ErrorNumber.ENAMETOOLONG;
    const found = yield* search(thread, this, directory, words);
    if (typeof found === 'number') return found;
    if (found.inode === 0) return ErrorNumber.ENOENT;
    const file = yield* this.inodes.open(thread, found.inode);
    if (typeof file === 'number') return file;
    if (file.metadata) yield* file.content.acquire(thread);
    const error = yield* this.unlink(thread, directory, name, found.at, file);
    if (file.metadata) yield* file.content.release(thread);
    if (error === 0) return file;
    yield* file.closed(thread);
    return error;
  }

  private *unlink(thread: KernelThread, directory: DiskFile, name: string, at: number, file: DiskFile): Code<number> {
    const empty = file.metadata ? yield* isEmpty(thread, this, file) : 1;
    if (empty !== 1) return empty === 0 ? ErrorNumber.EEXIST : empty;
    const entry = yield* holdBlock(thread, this, directory, Math.floor(at / BLOCK_WORDS));
    if (typeof entry === 'number') return entry;
    yield* putName(entry, at, 0, null);
    yield* this.names.purge(thread, directory.number, name);
    yield* file.map.acquire(thread);
    file.words[InodeWord.Links] = 0;
    file.dirty = true;
    yield* file.map.release(thread);
    yield* this.cache.release(thread, entry, true);
    return 0;
  }
}
