/**
 * The inodes of a file system that are in memory. An inode that was read once stays, with its pages, until its file is
 * gone. Lock order: an inode's content, its block map, this table, the page cache, a disk's queue.
 */
import { ErrorNumber } from '../../../../system/code.js';
import type { Channel, Code, KernelCore, KernelThread, Spinlock } from '../../../../system/code.js';
import type { DiskFile, InodeSlot } from './disk-file.js';
import { SharedLock } from '../shared-lock.js';

/** Files by number. */
export class InodeTable {
  private readonly core: KernelCore;
  private readonly lock: Spinlock;
  private readonly loaded: Channel;
  private readonly name: string;
  private readonly make: (number: number, slot: InodeSlot) => DiskFile;
  /** Guarded by `lock`, as are `references` and `state` of the files. */
  private readonly files = new Map<number, DiskFile>();
  /** Records and locks of inodes whose files are gone, guarded by `lock`; and how many were ever made. */
  private readonly slots: InodeSlot[] = [];
  private slotCount = 0;

  /** `make`: makes a file object that is loading, of no references. */
  constructor(core: KernelCore, name: string, make: (number: number, slot: InodeSlot) => DiskFile) {
    this.core = core;
    this.name = name;
    this.lock = core.spinlock(`${name} inodes`);
    this.loaded = core.channel(`${name} inodes`);
    this.make = make;
  }

  /** The file of a number that a directory names, referenced once more. EIO if its inode cannot be read. */
  *open(thread: KernelThread, number: number): Code<DiskFile | number> {
    yield* this.lock.acquire(thread);
    const known = this.files.get(number);
    const file = known ?? this.add(number);
    file.references++;
    yield* this.core.work('iget', file.record);
    while (known !== undefined && known.state === 'loading') yield* this.loaded.sleep(thread, this.lock);
    const failed = file.state === 'failed';
    yield* this.lock.release(thread);
    if (failed) return ErrorNumber.EIO;
    if (known !== undefined) return file;
    return (yield* this.load(thread, file)) ? file : ErrorNumber.EIO;
  }

  /** The file of a number that was just allocated, referenced once. */
  *create(thread: KernelThread, number: number): Code<DiskFile> {
    yield* this.lock.acquire(thread);
    const file = this.add(number);
    file.references++;
    file.state = 'ready';
    yield* this.core.work('iget', file.record);
    yield* this.lock.release(thread);
    return file;
  }

  /** One reference more, for whoever knows that there is one. */
  *reference(thread: KernelThread, file: DiskFile): Code {
    yield* this.lock.acquire(thread);
    file.references++;
    yield* this.core.work('vn hold', file.record);
    yield* this.lock.release(thread);
  }

  /** One reference less; true if it was the last of a file without a name, which the caller, and nobody else, must free. */
  *dereference(thread: KernelThread, file: DiskFile): Code<boolean> {
    yield* this.lock.acquire(thread);
    if (file.references === 0) throw new Error(`inode ${file.number} is closed once more than it was opened`);
    file.references--;
    yield* this.core.work('vn rele', file.record);
    const last = file.references === 0 && file.links === 0;
    if (last) file.state = 'freeing';
    yield* this.lock.release(thread);
    return last;
  }

  /** A file was freed: forgets it, unless that failed and has to be done again. */
  *freed(thread: KernelThread, file: DiskFile, failed: boolean): Code {
    yield* this.lock.acquire(thread);
    if (failed) file.state = 'ready';
    else {
      this.files.delete(file.number);
      this.slots.push(file.slot);
    }
    yield* this.lock.release(thread);
  }

  /** The files that someone wants to do something with, each referenced once more. None that is being freed. */
  *select(thread: KernelThread, wanted: (file: DiskFile) => boolean): Code<DiskFile[]> {
    yield* this.lock.acquire(thread);
    const files = [...this.files.values()].filter(file => file.state === 'ready' && wanted(file));
    for (const file of files) file.references++;
    yield* this.lock.release(thread);
    return files;
  }

  private add(number: number): DiskFile {
    const file = this.make(number, this.slots.pop() ?? this.slot());
    this.files.set(number, file);
    return file;
  }

  private slot(): InodeSlot {
    const name = `${this.name} inode ${this.slotCount++}`;
    return {
      record: this.core.allocate(name, 256),
      content: new SharedLock(this.core, `${name} content`),
      map: this.core.sleepLock(`${name} map`),
    };
  }

  private *load(thread: KernelThread, file: DiskFile): Code<boolean> {
    const good = yield* file.load(thread);
    yield* this.lock.acquire(thread);
    file.state = good ? 'ready' : 'failed';
    if (!good) {
      this.files.delete(file.number);
      this.slots.push(file.slot);
    }
    yield* this.lock.release(thread);
    yield* this.loaded.wakeAll();
    return good;
  }
}
