/**
 * Page faults: zeros on first touch, pages of files, copies on write. The translation that was missing or forbade the
 * access is loaded anew by the refill handler, once the table says so. More than 250 lines, as all kinds of faults end in the
 * same few steps under the space's lock.
 */
import { copy, readRegister, tlbProbe, tlbWriteIndexed, writeRegister } from '../../../processor/operations.js';
import { entryLo, Register } from '../../../processor/registers.js';
import { PAGE_BYTES, PAGE_SHIFT, type KernelLayout } from '../address-layout.js';
import { ErrorNumber, type Code, type KernelThread } from '../../../system/code.js';
import type { Hints } from './hints.js';
import type { Profile } from '../profile.js';
import type { ServiceName } from '../services.js';
import type { StepBlocks } from '../step-blocks.js';
import type { Thread } from '../processes/threads.js';
import type { Translations } from './translations.js';
import type { Vnode } from '../files/vnode.js';
import { TABLE_SHIFT, type AddressSpace, type Mapping, type Region } from './address-space.js';
import type { PageTables } from './page-tables.js';
import type { PhysicalPages } from './physical-pages.js';
import type { SharedText } from './shared-text.js';

/** What a fault is about. */
interface Fault {
  readonly space: AddressSpace;
  /** Page tables of the thread that the fault is of. */
  readonly tables: PageTables;
  /** Virtual page. */
  readonly page: number;
  readonly store: boolean;
}

/** What faults are made with. */
export interface FaultsOptions {
  readonly physical: PhysicalPages;
  readonly profile: Profile;
  readonly text: SharedText;
  readonly hints: Hints;
  readonly layout: KernelLayout;
  readonly translations: Translations;
  readonly blocks: StepBlocks;
}

/** Serves faults. */
export class Faults {
  private readonly options: FaultsOptions;

  constructor(options: FaultsOptions) {
    this.options = options;
  }

  /** The service that a fault of a thread will be accounted as. Looks only. */
  classify({ space, tables }: Thread, address: number, store: boolean): ServiceName {
    if (space === null || tables === null) return 'other fault';
    return this.serviceOf({ space, tables, page: address >>> PAGE_SHIFT, store });
  }

  /** Makes an access of a thread possible. 0, EFAULT if the address is not the process's, ENOMEM, or EIO. */
  *serve(thread: Thread, address: number, store: boolean): Code<number> {
    const { space, tables } = thread;
    if (space === null || tables === null)
      throw new Error(`${thread.name} touches 0x${address.toString(16)}, but has no address space`);
    return yield* this.serveFault(thread, { space, tables, page: address >>> PAGE_SHIFT, store });
  }

  /** Makes a page table for a thread of a process. 0, or ENOMEM. */
  *makeTable(thread: Thread, table: number): Code<number> {
    const space = thread.space!;
    yield* space.lock.acquire(thread);
    const page = yield* space.tableFor(thread, thread.tables!, table << TABLE_SHIFT);
    yield* space.lock.release(thread);
    return page < 0 ? ErrorNumber.ENOMEM : 0;
  }

  private serviceOf({ space, page, store }: Fault): ServiceName {
    const mapping = space.mappings.get(page);
    if (mapping !== undefined) return store && !mapping.writable ? 'COPY_FAULT' : 'QUICK_FAULT';
    const region = space.regionOf(page);
    if (region !== undefined && this.residentText(region, page) !== undefined) return 'QUICK_FAULT';
    switch (region?.kind) {
      case 'zero':
        return 'DEMAND_ZERO';
      case 'text':
      case 'data':
      case 'shared-file':
        return 'FILE_FAULT';
      default:
        return 'other fault';
    }
  }

  private *serveFault(thread: KernelThread, fault: Fault): Code<number> {
    const { space, page } = fault;
    // What takes long is done before the lock is taken; what has changed meanwhile is seen below.
    if (space.mappings.has(page) && this.serviceOf(fault) === 'QUICK_FAULT') {
      yield* this.options.blocks.work('quick fault');
      if (yield* this.enterShared(thread, fault)) return 0;
    }
    const cleared = this.needsZeros(fault) ? yield* this.clearPage(thread) : -1;
    yield* space.lock.acquire(thread);
    const result = yield* this.serveLocked(thread, fault, cleared);
    // Known while the lock is held: afterwards others may have taken the page away again, and given it back.
    const spare = cleared >= 0 && space.mappings.get(page)?.page !== cleared;
    if (result === 0) yield* this.refresh(thread, fault);
    yield* space.lock.release(thread);
    if (spare) yield* this.options.physical.give(thread, cleared);
    return result;
  }

  /**
   * Enters a page that is in memory into the thread's own page tables, which only needs that the page stays there: others may do
   * likewise at the same time. False if it takes more.
   */
  private *enterShared(thread: KernelThread, fault: Fault): Code<boolean> {
    const { space, tables, page, store } = fault;
    if (!this.options.profile.lazyTables) return false;
    yield* space.lock.acquireShared(thread);
    const mapping = space.mappings.get(page);
    const enough = mapping !== undefined && (!store || mapping.writable) && tables.pages.has(page >>> TABLE_SHIFT);
    if (enough) {
      yield* space.enter(tables, page);
      yield* this.refresh(thread, fault);
    }
    yield* space.lock.releaseShared(thread);
    return enough;
  }

  /** Looks whether a fault will want a page of zeros. Without the lock, so it may turn out otherwise. */
  private needsZeros({ space, page, store }: Fault): boolean {
    const region = space.regionOf(page);
    return region?.kind === 'zero' && (!store || region.writable) && !space.mappings.has(page);
  }

  /** A page of zeros, -1 if memory is exhausted. */
  private *clearPage(thread: KernelThread): Code<number> {
    const { physical, profile, hints } = this.options;
    yield* this.options.blocks.work('demand zero');
    const page = yield* physical.take(thread, 'user');
    if (page >= 0) yield* hints.clear(page, this.options.layout.addressOf(page), profile.zeroLineCycles);
    return page;
  }

  private *serveLocked(thread: KernelThread, fault: Fault, cleared: number): Code<number> {
    const { space, page, store } = fault;
    const region = space.regionOf(page);
    const mapping = space.mappings.get(page);
    let result: number = ErrorNumber.EFAULT;
    if (region !== undefined && (!store || region.writable)) {
      if (mapping === undefined) result = yield* this.mapPage(thread, fault, region, cleared);
      else if (store && !mapping.writable) result = yield* this.separate(thread, fault, mapping);
      else {
        const entered = fault.tables.entered.has(page);
        result = entered || (yield* space.map(thread, fault.tables, page, mapping)) ? 0 : ErrorNumber.ENOMEM;
      }
    }
    return result;
  }

  private mapPage(thread: KernelThread, fault: Fault, region: Region, cleared: number): Code<number> {
    if (region.file === null) return this.mapZeros(thread, fault, region, cleared);
    return region.kind === 'text'
      ? this.mapText(thread, fault, region, region.file)
      : this.bring(thread, fault, region, region.file);
  }

  /** The physical page of a page of text that whoever ran the program before has brought into memory. */
  private residentText({ kind, file, first, filePage }: Region, page: number): number | undefined {
    if (kind !== 'text' || file === null || !this.options.profile.lazyTables) return undefined;
    return this.options.text.of(file)?.get(filePage + page - first);
  }

  /**
   * Maps a page of text: one that is known in memory, or from the file. All of that is under the lock of the region, as in System V
   * (M. J. Bach, The Design of the UNIX Operating System, 1986, section 9.2.3): who executes the same file sleeps meanwhile.
   */
  private *mapText(thread: KernelThread, fault: Fault, region: Region, file: Vnode): Code<number> {
    const { text, physical } = this.options;
    const lock = text.lockOf(file);
    yield* lock.acquire(thread);
    const resident = this.residentText(region, fault.page);
    let result: number;
    if (resident === undefined) result = yield* this.bring(thread, fault, region, file);
    else {
      physical.share(resident);
      yield* this.options.blocks.work('quick fault');
      result = yield* this.enter(thread, fault, { page: resident, writable: false });
    }
    yield* lock.release(thread);
    return result;
  }

  /** Brings a page into memory that is not there. */
  private *bring(thread: KernelThread, fault: Fault, region: Region, file: Vnode): Code<number> {
    const { physical, profile } = this.options;
    const { page, store } = fault;
    yield* this.options.blocks.work('file fault');
    const index = region.filePage + page - region.first;
    const cached = yield* file.page(thread, index);
    if (typeof cached === 'number') return cached;
    const copies = region.kind === 'data' && store;
    let own: number = cached.page;
    if (copies) {
      own = yield* physical.take(thread, 'user');
      if (own >= 0) yield copy(cached.address, this.options.layout.addressOf(own), PAGE_BYTES, profile.copyLineCycles);
    } else physical.share(own);
    if (region.kind === 'text') this.options.text.remember(file, index, own);
    yield* file.release(thread, index, cached, false);
    if (own < 0) return ErrorNumber.ENOMEM;
    const writable = copies || (region.kind === 'shared-file' && region.writable);
    return yield* this.enter(thread, fault, { page: own, writable });
  }

  /** Maps a page of zeros that has been cleared; a page that turned out to be needed only now is cleared under the lock. */
  private *mapZeros(
    thread: KernelThread,
    { space, tables, page }: Fault,
    { writable }: Region,
    cleared: number,
  ): Code<number> {
    const own = cleared >= 0 ? cleared : yield* this.clearPage(thread);
    if (own < 0) return ErrorNumber.ENOMEM;
    if (yield* space.map(thread, tables, page, { page: own, writable })) return 0;
    if (cleared < 0) yield* this.options.physical.give(thread, own);
    return ErrorNumber.ENOMEM;
  }

  /** Gives a writer a page of its own, or the right to write the one that nobody else uses any more. */
  private *separate(thread: KernelThread, fault: Fault, mapping: Mapping): Code<number> {
    const { physical, profile } = this.options;
    const { space, tables, page } = fault;
    yield* this.options.blocks.work('copy fault');
    if (physical.usersOf(mapping.page) === 1) {
      mapping.writable = true;
      return (yield* space.map(thread, tables, page, mapping)) ? 0 : ErrorNumber.ENOMEM;
    }
    const own = yield* physical.take(thread, 'user');
    if (own < 0) return ErrorNumber.ENOMEM;
    yield copy(
      this.options.layout.addressOf(mapping.page),
      this.options.layout.addressOf(own),
      PAGE_BYTES,
      profile.copyLineCycles,
    );
    const result = yield* this.enter(thread, fault, { page: own, writable: true });
    if (result !== 0) return result;
    yield* this.options.translations.changed(thread, space, page);
    yield* physical.give(thread, mapping.page);
    return 0;
  }

  /** Enters a page into the table; it is given back if there is no memory for that. */
  private *enter(thread: KernelThread, { space, tables, page }: Fault, mapping: Mapping): Code<number> {
    if (yield* space.map(thread, tables, page, mapping)) return 0;
    yield* this.options.physical.give(thread, mapping.page);
    return ErrorNumber.ENOMEM;
  }

  /** Puts the translation into the TLB of this processor in place of the one that was not valid, if that is still there. */
  private *refresh(thread: KernelThread, { space, tables, page }: Fault): Code {
    yield this.options.hints.write(Register.EntryHi, this.options.translations.entryHi(thread, page));
    yield tlbProbe();
    if ((yield readRegister(Register.Index)) < 0) return;
    yield writeRegister(Register.EntryLo0, wordOf(space, tables, page & ~1));
    yield writeRegister(Register.EntryLo1, wordOf(space, tables, page | 1));
    yield tlbWriteIndexed();
  }
}

/** EntryLo that page tables have for a page, 0 for none. */
export function wordOf({ mappings }: AddressSpace, { entered }: PageTables, page: number): number {
  const mapping = entered.has(page) ? mappings.get(page) : undefined;
  return mapping === undefined ? 0 : entryLo(mapping.page, mapping.writable, false);
}
