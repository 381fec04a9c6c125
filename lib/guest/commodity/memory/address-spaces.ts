/** Makes address spaces, with what they need of the kernel: locks, empty page tables, and pages of zeros for them. */
import type { Code, KernelThread } from '../../../system/code.js';
import type { KernelLayout } from '../address-layout.js';
import type { Hints } from './hints.js';
import type { Profile } from '../profile.js';
import type { Scheduler } from '../processes/scheduler.js';
import { AddressSpace } from './address-space.js';
import { PageTables } from './page-tables.js';
import type { PhysicalPages } from './physical-pages.js';

/** What address spaces are made with. */
export interface AddressSpacesOptions {
  readonly layout: KernelLayout;
  readonly physical: PhysicalPages;
  readonly scheduler: Scheduler;
  readonly hints: Hints;
  readonly profile: Profile;
  /** Processors, each of which gives a space an identifier of its own. */
  readonly processors: number;
}

/** All address spaces are made here. */
export class AddressSpaces {
  private readonly options: AddressSpacesOptions;
  /** Touched only between yields. */
  private made = 0;

  constructor(options: AddressSpacesOptions) {
    this.options = options;
  }

  /** An empty space. */
  make(): AddressSpace {
    const id = ++this.made;
    return new AddressSpace(id, this.options.scheduler.sleepLock(`space ${id}`), this);
  }

  /** Threads have tables of their own each: see Profile. */
  get lazyTables(): boolean {
    return this.options.profile.lazyTables;
  }

  /** Empty page tables. */
  makeTables(): PageTables {
    return new PageTables(this.options.processors);
  }

  /** Kernel virtual address of a physical page. */
  addressOf(page: number): number {
    return this.options.layout.addressOf(page);
  }

  /** A page of zeros for a page table; -1 if memory is exhausted. */
  *tablePage(thread: KernelThread): Code<number> {
    const { physical, hints, profile } = this.options;
    const page = yield* physical.take(thread, 'table');
    if (page >= 0) yield* hints.clear(page, this.addressOf(page), profile.zeroLineCycles);
    return page;
  }
}
