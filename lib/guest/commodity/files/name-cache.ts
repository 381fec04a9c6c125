/** Names that were looked up lately: directory and name to file, so that a path costs no search of its directories. */
import type { Code, KernelCore, KernelThread, Spinlock } from '../../../system/code.js';
import type { DiskFile } from './disk/disk-file.js';
import type { InodeTable } from './disk/inode-table.js';

const ENTRY_BYTES = 64;

/** The name cache of a file system. Whoever removes a name purges it before the file can go. */
export class NameCache {
  /** Names that were found and that were not. */
  readonly stats = { hits: 0, misses: 0 };
  private readonly core: KernelCore;
  private readonly inodes: InodeTable;
  private readonly lock: Spinlock;
  private readonly entries: number;
  private readonly capacity: number;
  /** Guarded by `lock`; the one used longest ago comes first. */
  private readonly files = new Map<string, DiskFile>();

  /** Keeps up to `capacity` names, 1 or more. */
  constructor(core: KernelCore, name: string, inodes: InodeTable, capacity: number) {
    this.core = core;
    this.inodes = inodes;
    this.lock = core.spinlock(`${name} names`);
    this.entries = core.allocate(`${name} names`, capacity * ENTRY_BYTES);
    this.capacity = capacity;
  }

  /** The file of a name, referenced once more; null if the name is not known. */
  *find(thread: KernelThread, directory: number, name: string): Code<DiskFile | null> {
    const key = `${directory}/${name}`;
    yield* this.lock.acquire(thread);
    yield* this.core.work('name cache', this.addressOf(key));
    const file = this.files.get(key);
    if (file === undefined) this.stats.misses++;
    else {
      this.stats.hits++;
      this.files.delete(key);
      this.files.set(key, file);
      yield* this.inodes.reference(thread, file);
    }
    yield* this.lock.release(thread);
    return file ?? null;
  }

  /** Keeps a name, by whoever has locked its directory and references the file. */
  *enter(thread: KernelThread, directory: number, name: string, file: DiskFile): Code {
    const key = `${directory}/${name}`;
    yield* this.lock.acquire(thread);
    yield* this.core.work('name cache', this.addressOf(key));
    this.files.delete(key);
    if (this.files.size === this.capacity) this.files.delete(this.files.keys().next().value!);
    this.files.set(key, file);
    yield* this.lock.release(thread);
  }

  /** Forgets a name. */
  *purge(thread: KernelThread, directory: number, name: string): Code {
    yield* this.lock.acquire(thread);
    yield* this.core.work('name cache', this.addressOf(`${directory}/${name}`));
    this.files.delete(`${directory}/${name}`);
    yield* this.lock.release(thread);
  }

  private addressOf(key: string): number {
    let hash = 0;
    for (let k = 0; k < key.length; k++) hash = Math.imul(hash ^ key.charCodeAt(k), 0x01000193);
    return this.entries + ((hash >>> 8) % this.capacity) * ENTRY_BYTES;
  }
}
