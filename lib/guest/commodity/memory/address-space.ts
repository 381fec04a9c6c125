/**
 * An address space: regions, the pages of them that are in memory, and page tables in simulated memory that the refill handler
 * walks. JavaScript keeps a shadow of the tables; both are changed only by kernel code that holds the space's lock.
 */
import { store } from '../../../processor/operations.js';
import { entryLo } from '../../../processor/registers.js';
import { TABLE_ENTRIES } from '../address-layout.js';
import type { Code, KernelThread, SharedSleepLock } from '../../../system/code.js';
import type { Vnode } from '../files/vnode.js';
import type { AddressSpaces } from './address-spaces.js';
import type { PageTables } from './page-tables.js';

/** Where the pages of a region come from. */
export type RegionKind =
  /** Zeros on first touch. */
  | 'zero'
  /** Pages of a file, read-only and shared. */
  | 'text'
  /** Pages of a file, copied on the first store. */
  | 'data'
  /** Pages of a file, shared with all who map it. */
  | 'shared-file';

/** A range of pages. */
export interface Region {
  readonly kind: RegionKind;
  /** First page and number of pages. */
  readonly first: number;
  pages: number;
  /** For regions of a file, with the page of the file that is the first of the region. */
  readonly file: Vnode | null;
  readonly filePage: number;
  readonly writable: boolean;
  /** Stays one and the same for a forked child, as shared memory does. */
  readonly shared: boolean;
  /** Its end is what `brk` moves. */
  readonly heap?: boolean;
}

/** A page that is in memory. */
export interface Mapping {
  readonly page: number;
  /** Stores are allowed without asking. */
  writable: boolean;
}

/** Pages of page tables, by number. */
export const TABLE_SHIFT = Math.log2(TABLE_ENTRIES);

/** An address space. */
export class AddressSpace {
  readonly id: number;
  readonly lock: SharedSleepLock;
  /** Guarded by `lock`. */
  readonly regions: Region[] = [];
  /** Pages in memory, by virtual page. Guarded by `lock`. */
  readonly mappings = new Map<number, Mapping>();
  /** Page tables of its threads; those of the first are there from the start. Guarded by `lock`. */
  readonly tables: PageTables[];
  /** Number of the page table that is wired while it runs. Set before any thread runs in it. */
  mainTable = 0;
  private readonly maker: AddressSpaces;
  /** Touched only between yields. */
  private joined = false;

  constructor(id: number, lock: SharedSleepLock, maker: AddressSpaces) {
    this.id = id;
    this.lock = lock;
    this.maker = maker;
    this.tables = [maker.makeTables()];
  }

  /** The page tables for another thread. */
  join(): PageTables {
    const [first] = this.tables;
    if (!this.joined || !this.maker.lazyTables) {
      this.joined = true;
      return first;
    }
    const tables = this.maker.makeTables();
    this.tables.push(tables);
    return tables;
  }

  /** A thread leaves. The physical pages that nobody uses any more. */
  leave(tables: PageTables): number[] {
    if (!this.maker.lazyTables) return [];
    this.tables.splice(this.tables.indexOf(tables), 1);
    return [...tables.pages.values()];
  }

  /** The region of a page, or undefined. */
  regionOf(page: number): Region | undefined {
    return this.regions.find(({ first, pages }) => page >= first && page < first + pages);
  }

  /**
   * Maps a page: into the shadow, into the tables of one thread, and into those of others that had it mapped before. False
   * if there is no memory for the table; then nothing has changed.
   */
  *map(thread: KernelThread, tables: PageTables, page: number, mapping: Mapping): Code<boolean> {
    if ((yield* this.tableFor(thread, tables, page)) < 0) return false;
    this.mappings.set(page, mapping);
    tables.entered.add(page);
    yield* this.mapped(page);
    return true;
  }

  /** Enters a page that is mapped into page tables that have a table for it. */
  *enter({ entered, pages }: PageTables, page: number): Code {
    const { page: physical, writable } = this.mappings.get(page)!;
    entered.add(page);
    yield store(this.entryAddress(pages.get(page >>> TABLE_SHIFT)!, page), entryLo(physical, writable, false));
  }

  /** What a page is mapped to has changed: all tables that have it say so. */
  *mapped(page: number): Code {
    const { page: physical, writable } = this.mappings.get(page)!;
    for (const { entered, pages } of this.tables)
      if (entered.has(page))
        yield store(this.entryAddress(pages.get(page >>> TABLE_SHIFT)!, page), entryLo(physical, writable, false));
  }

  /** Takes a page out of shadow and tables. */
  *unmap(page: number): Code {
    this.mappings.delete(page);
    for (const { entered, pages } of this.tables)
      if (entered.delete(page)) yield store(this.entryAddress(pages.get(page >>> TABLE_SHIFT)!, page), 0);
  }

  /** The physical page of a page table, made if there is none; -1 if there is no memory for it. */
  *tableFor(thread: KernelThread, { pages }: PageTables, page: number): Code<number> {
    const number = page >>> TABLE_SHIFT;
    const known = pages.get(number);
    if (known !== undefined) return known;
    const table = yield* this.maker.tablePage(thread);
    if (table >= 0) pages.set(number, table);
    return table;
  }

  private entryAddress(table: number, page: number): number {
    return this.maker.addressOf(table) + 4 * (page & (TABLE_ENTRIES - 1));
  }
}
