/**
 * What address spaces are filled with and emptied of: regions of an executable, a copy of a parent's pages, the heap.
 */
import { TABLE_SHIFT, type AddressSpace, type Region } from './address-space.js';
import { ErrorNumber, type Code, type KernelThread } from '../../../system/code.js';
import type { Executable } from '../processes/process.js';
import type { Profile } from '../profile.js';
import type { StepBlocks } from '../step-blocks.js';
import type { Translations } from './translations.js';
import type { Vnode } from '../files/vnode.js';
import type { Thread } from '../processes/threads.js';
import type { PhysicalPages } from './physical-pages.js';
import type { SharedText } from './shared-text.js';

/** What it is made with. */
export interface ContentsOptions {
  readonly physical: PhysicalPages;
  readonly text: SharedText;
  readonly translations: Translations;
  readonly profile: Profile;
  readonly blocks: StepBlocks;
}

/** Pages of a process that are given back under one acquisition of the lock. */
const GIVEN_AT_ONCE = 32;

/** Fills and empties address spaces. */
export class SpaceContents {
  /** Where the file of an executable is found and held open, or an ErrorNumber; without it executables have none. */
  fileOf: ((thread: KernelThread, path: string) => Code<Vnode | number>) | null = null;
  private readonly options: ContentsOptions;

  constructor(options: ContentsOptions) {
    this.options = options;
  }

  /** Lays out the regions of an executable, with page tables if kernels make them then. 0, or an ErrorNumber. */
  *lay(thread: KernelThread, space: AddressSpace, executable: Executable): Code<number> {
    let file: Vnode | null = null;
    if (executable.path !== null) {
      const found = this.fileOf === null ? ErrorNumber.ENOENT : yield* this.fileOf(thread, executable.path);
      if (typeof found === 'number') return found;
      file = found;
    }
    for (const { kind, first, pages, filePage = 0, heap = false } of executable.regions) {
      const ofFile = kind !== 'zero' && file !== null;
      if (ofFile) yield* file!.opened(thread);
      space.regions.push({
        kind: ofFile ? kind : 'zero',
        first,
        pages,
        file: ofFile ? file : null,
        filePage,
        writable: kind !== 'text',
        shared: false,
        heap,
      });
    }
    space.mainTable = (executable.regions[0]?.first ?? 0) >>> 10;
    if (file !== null) {
      yield* this.attachText(thread, space, file);
      yield* file.closed(thread);
    }
    return this.options.profile.tablesAtExec ? yield* this.makeTables(thread, space) : 0;
  }

  /** Makes the page tables of a program's own regions: text is a region that all who execute it share. 0, or ENOMEM. */
  private *makeTables(thread: KernelThread, space: AddressSpace): Code<number> {
    for (const { kind, first, pages } of space.regions) {
      if (kind === 'text') continue;
      for (let table = first >>> TABLE_SHIFT; table << TABLE_SHIFT < first + pages; table++)
        if ((yield* space.tableFor(thread, space.tables[0], table << TABLE_SHIFT)) < 0) return ErrorNumber.ENOMEM;
    }
    return 0;
  }

  /** Attaches the text of a file, which all who execute it share, and maps what is in memory of it if kernels do so. */
  private *attachText(thread: KernelThread, space: AddressSpace, file: Vnode): Code {
    const resident = this.options.text.of(file);
    if (resident === undefined) return;
    const lock = this.options.text.lockOf(file);
    yield* lock.acquire(thread);
    for (const region of space.regions) {
      if (region.kind !== 'text') continue;
      if (!this.options.profile.lazyTables && !(yield* this.mapText(thread, space, region, resident))) break;
      yield* this.options.blocks.work('attach text');
    }
    yield* lock.release(thread);
  }

  /** Maps what is in memory; false if there is no memory for page tables. */
  private *mapText(
    thread: KernelThread,
    space: AddressSpace,
    { first, pages, filePage }: Region,
    resident: ReadonlyMap<number, number>,
  ): Code<boolean> {
    for (let index = 0; index < pages; index++) {
      const page = resident.get(filePage + index);
      if (page === undefined) continue;
      this.options.physical.share(page);
      if (yield* space.map(thread, space.tables[0], first + index, { page, writable: false })) continue;
      yield* this.options.physical.give(thread, page);
      return false;
    }
    return true;
  }

  /** Shares all pages of a space with a copy of it; what is not shared for good is copied when somebody writes. */
  *copy(thread: KernelThread, from: AddressSpace, to: AddressSpace): Code<boolean> {
    const { physical, translations } = this.options;
    yield* from.lock.acquire(thread);
    to.mainTable = from.mainTable;
    for (const region of from.regions) {
      to.regions.push({ ...region } satisfies Region);
      if (region.file !== null) yield* region.file.opened(thread);
    }
    let copied = true;
    for (const [page, mapping] of from.mappings) {
      const shared = from.regionOf(page)?.shared ?? false;
      if (mapping.writable && !shared) {
        mapping.writable = false;
        yield* from.mapped(page);
      }
      physical.share(mapping.page);
      copied = yield* to.map(thread, to.tables[0], page, { page: mapping.page, writable: mapping.writable });
      if (!copied) {
        yield* physical.give(thread, mapping.page);
        break;
      }
      yield* this.options.blocks.work('fork page');
    }
    yield* translations.changedAll(thread, from);
    yield* from.lock.release(thread);
    return copied;
  }

  /** Gives back all that a space holds. Nobody runs in it. */
  *empty(thread: KernelThread, space: AddressSpace): Code {
    const { physical } = this.options;
    const pages = [...space.mappings.values()].map(({ page }) => page);
    space.mappings.clear();
    for (const tables of space.tables) {
      pages.push(...tables.pages.values());
      tables.pages.clear();
      tables.entered.clear();
      tables.identifiers.fill(0);
    }
    for (let at = 0; at < pages.length; at += GIVEN_AT_ONCE) {
      yield* this.options.blocks.work('exit pages');
      yield* physical.giveAll(thread, pages.slice(at, at + GIVEN_AT_ONCE));
    }
    for (const { file } of space.regions.splice(0)) if (file !== null) yield* file.closed(thread);
  }

  /** A thread leaves the space to others; its own page tables are given back. */
  *leave(by: KernelThread, space: AddressSpace): Code {
    const thread = by as Thread;
    yield* space.lock.acquire(thread);
    const pages = space.leave(thread.tables!);
    thread.space = null;
    thread.tables = null;
    yield* space.lock.release(thread);
    yield* this.options.physical.giveAll(thread, pages);
  }

  /** Makes the heap end before a page. EINVAL before its start, ENOMEM where another region is in the way. */
  *moveEnd(thread: KernelThread, space: AddressSpace, page: number): Code<number> {
    yield* space.lock.acquire(thread);
    const heap = space.regions.find(region => region.heap === true);
    let result: number = ErrorNumber.EINVAL;
    if (heap !== undefined && page >= heap.first) {
      const end = heap.first + heap.pages;
      const blocked = space.regions.some(region => region.first >= end && region.first < page && region.pages > 0);
      result = blocked ? ErrorNumber.ENOMEM : 0;
      if (!blocked) heap.pages = page - heap.first;
      if (page < end) yield* this.unmapRange(thread, space, page, end);
    }
    yield* space.lock.release(thread);
    return result;
  }

  private *unmapRange(thread: KernelThread, space: AddressSpace, from: number, to: number): Code {
    const pages: number[] = [];
    for (const [page, mapping] of space.mappings)
      if (page >= from && page < to) {
        pages.push(mapping.page);
        yield* space.unmap(page);
      }
    if (pages.length === 0) return;
    yield* this.options.translations.changedAll(thread, space);
    yield* this.options.physical.giveAll(thread, pages);
  }
}
