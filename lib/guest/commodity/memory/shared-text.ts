/**
 * Text that is in memory, by file: the page table entries that processes with the same text share, as regions of SVR4 do.
 * A process that starts a program gets the entries of all pages that were mapped before, without faulting for them.
 */
import type { Code, KernelThread } from '../code.js';
import type { Vnode } from '../vnode.js';
import type { PhysicalPages } from './physical-pages.js';

/** Pages of text that are mapped by whoever starts the program next. Each has a user here. */
export class SharedText {
  private readonly physical: PhysicalPages;
  private readonly files = new Map<Vnode, Map<number, number>>();

  constructor(physical: PhysicalPages) {
    this.physical = physical;
    physical.onPressure((thread, pages) => this.reclaim(thread, pages));
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
