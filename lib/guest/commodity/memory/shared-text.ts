/**
 * Text that is in memory, by file, and the lock of the region that all who execute the file share, as in SVR4. A process
 * that touches such a page need not look for it in the file.
 */
import type { Code, KernelThread, SleepLock } from '../../../system/code.js';
import type { Scheduler } from '../processes/scheduler.js';
import type { Vnode } from '../files/vnode.js';
import type { PhysicalPages } from './physical-pages.js';

/** Pages of text that are known in memory. Each has a user here. */
export class SharedText {
  private readonly physical: PhysicalPages;
  private readonly scheduler: Scheduler;
  /** Touched only between yields. */
  private readonly locks = new Map<Vnode, SleepLock>();
  /** Pages of a file: touched only between yields; kept as they are while the file's lock is held, but for a reclaim. */
  private readonly files = new Map<Vnode, Map<number, number>>();

  constructor(physical: PhysicalPages, scheduler: Scheduler) {
    this.physical = physical;
    this.scheduler = scheduler;
    physical.onPressure((thread, pages) => this.reclaim(thread, pages));
  }

  /** The lock of the region that all who execute a file share. */
  lockOf(file: Vnode): SleepLock {
    let lock = this.locks.get(file);
    if (lock === undefined) this.locks.set(file, (lock = this.scheduler.sleepLock('text')));
    return lock;
  }

  /** Pages of a file that are in memory: physical by page of the file. */
  of(file: Vnode): ReadonlyMap<number, number> | undefined {
    return this.files.get(file);
  }

  /** A page of text has been mapped. */
  remember(file: Vnode, index: number, page: number): void {
    let pages = this.files.get(file);
    if (pages === undefined) this.files.set(file, (pages = new Map()));
    if (pages.has(index)) return;
    this.physical.share(page);
    pages.set(index, page);
  }

  /** Forgets pages that no process maps. */
  private *reclaim(thread: KernelThread, wanted: number): Code<number> {
    const found: number[] = [];
    for (const pages of this.files.values())
      for (const [index, page] of pages)
        if (found.length < wanted && this.physical.usersOf(page) === 1) {
          pages.delete(index);
          found.push(page);
        }
    yield* this.physical.giveAll(thread, found);
    return found.length;
  }
}
