/**
 * An address space: regions, and page tables in simulated memory that the refill handler walks. JavaScript keeps a shadow
 * of the tables; both are changed only by kernel code that holds the space's lock.
 */
import { store } from '../../../processor/operations.js';
import { entryLo } from '../../../processor/registers.js';
import { TABLE_ENTRIES } from '../address-layout.js';
import type { Code, KernelThread, SleepLock } from '../code.js';
import type { Vnode } from '../vnode.js';

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
const TABLE_SHIFT = Math.log2(TABLE_ENTRIES);

/** What an address space needs of the kernel. */
export interface SpacePort {
  /** Kernel virtual address of a physical page. */
  addressOf(page: number): number;
  /** A page of zeros for a page table; -1 if memory is exhausted. */
  tablePage(thread: KernelThread): Code<number>;
}

/** An address space. */
export class AddressSpace {
  readonly id: number;
  readonly lock: SleepLock;
  readonly regions: Region[] = [];
  /** Pages in memory, by virtual page. */
  readonly mappings = new Map<number, Mapping>();
  /** Physical pages of its page tables, by virtual page >> 10. */
  readonly tables = new Map<number, number>();
  /** Its identifier on each processor, 0 for none, and the generation that it is of. */
  readonly identifiers: Int32Array;
  readonly generations: Int32Array;
  /** Number of the page table that is wired while it runs. */
  mainTable = 0;
  private readonly port: SpacePort;

  constructor(id: number, lock: SleepLock, processors: number, port: SpacePort) {
    this.id = id;
    this.lock = lock;
    this.port = port;
    this.identifiers = new Int32Array(processors);
    this.generations = new Int32Array(processors);
  }

  /** The region of a page, or undefined. */
  regionOf(page: number): Region | undefined {
    return this.regions.find(({ first, pages }) => page >= first && page < first + pages);
  }

  /** Maps a page: into the shadow and into the table in memory. False if there is no memory for the table. */
  *map(thread: KernelThread, page: number, mapping: Mapping): Code<boolean> {
    const table = yield* this.tableFor(thread, page);
    if (table < 0) return false;
    this.mappings.set(page, mapping);
    yield store(this.entryAddress(table, page), entryLo(mapping.page, mapping.writable, false));
    return true;
  }

  /** Takes a page out of shadow and table. */
  *unmap(page: number): Code {
    const table = this.tables.get(page >>> TABLE_SHIFT);
    this.mappings.delete(page);
    if (table !== undefined) yield store(this.entryAddress(table, page), 0);
  }

  /** The physical page of a page table, made if there is none; -1 if there is no memory for it. */
  *tableFor(thread: KernelThread, page: number): Code<number> {
    const number = page >>> TABLE_SHIFT;
    const known = this.tables.get(number);
    if (known !== undefined) return known;
    const table = yield* this.port.tablePage(thread);
    if (table >= 0) this.tables.set(number, table);
    return table;
  }

  private entryAddress(table: number, page: number): number {
    return this.port.addressOf(table) + 4 * (page & (TABLE_ENTRIES - 1));
  }
}
