/**
 * The page tables of a recorded system, as words in simulated memory: for each task a page of pointers to page tables,
 * each a page of EntryLo words; the upper part of all leads to the same tables of the kernel. Where the pages lie is
 * fixed when the tables are laid out: the steps of the recording say which will be needed.
 */
import { store } from '../../processor/operations.js';
import { EntryLo, entryLo } from '../../processor/registers.js';
import type { SystemImage } from './image.js';
import type { Code } from '../../system/code.js';

/** First page of the part of the address space that is the same for all tasks. */
export const USER_PAGES = 0x80000;
/** Stands for the mappings of all tasks. */
const SHARED = -1;
const PAGE_BYTES = 4096;
const TABLE_PAGES = 1024;
const FIRST_SHARED_TABLE = USER_PAGES / TABLE_PAGES;
/** Pointers of processors are so far apart: each has a line of its own. */
const POINTER_BYTES = 128;

/** The tables. Addresses are those at which the kernel sees them. */
export class PageTables {
  /** Physical pages from `firstPage` on that they take. */
  readonly pages: number;
  private readonly firstAddress: number;
  /** Page of a task's pointers, and of each of its tables, from 1 on; page 0 has the pointers of processors. */
  private readonly places = new Map<number, number>();
  /** Words of tables, by owner and page. */
  private readonly words = new Map<number, number>();
  private readonly sharedTables: readonly number[];

  /** Lays them out behind `firstPage` physical pages. */
  constructor({ streams, base }: SystemImage, firstPage: number) {
    this.firstAddress = base + firstPage * PAGE_BYTES;
    const shared = new Set<number>();
    for (const { steps } of streams) {
      let task = 0;
      this.place(pointersKey(task));
      for (const step of steps) {
        if (step.kind === 'task') this.place(pointersKey((task = step.task)));
        if (step.kind !== 'map') continue;
        const table = Math.floor(step.page / TABLE_PAGES);
        if (step.page >= USER_PAGES) shared.add(table);
        this.place(tableKey(step.page >= USER_PAGES ? SHARED : task, table));
      }
    }
    this.sharedTables = [...shared].sort((a, b) => a - b);
    this.pages = this.places.size + 1;
  }

  /** Address of the word that says which task's pointers a processor uses. */
  pointerOf(processor: number): number {
    return this.firstAddress + processor * POINTER_BYTES;
  }

  /** Makes a processor use the tables of a task: those of the kernel are in them, whoever put them there. */
  *use(processor: number, task: number, fresh: boolean): Code {
    const pointers = this.address(pointersKey(task));
    if (fresh)
      for (const table of this.sharedTables)
        yield store(pointers + 4 * table, this.address(tableKey(SHARED, table)) | 0);
    yield store(this.pointerOf(processor), pointers | 0);
  }

  /** Writes the word of a page, its pair's G bit if it is the kernel's, and the pointer to its table. */
  *map(task: number, page: number, physical: number): Code {
    const owner = page < USER_PAGES ? task : SHARED;
    const shared = owner === SHARED;
    const table = Math.floor(page / TABLE_PAGES);
    const address = this.address(tableKey(owner, table));
    const at = (number: number): number => address + 4 * (number % TABLE_PAGES);
    const word = entryLo(physical, true, shared);
    this.words.set(wordKey(owner, page), word);
    yield store(at(page), word);
    if (shared && this.word(task, page ^ 1) === EntryLo.G) yield store(at(page ^ 1), EntryLo.G);
    if (!shared) yield store(this.address(pointersKey(task)) + 4 * table, address | 0);
  }

  /** What the tables say of a page: the EntryLo word. */
  word(task: number, page: number): number {
    const owner = page < USER_PAGES ? task : SHARED;
    return this.words.get(wordKey(owner, page)) ?? (owner === SHARED ? EntryLo.G : 0);
  }

  private place(key: number): void {
    if (!this.places.has(key)) this.places.set(key, this.places.size + 1);
  }

  private address(key: number): number {
    return this.firstAddress + this.places.get(key)! * PAGE_BYTES;
  }
}

/** Address of the word within a page of pointers, and within a table. */
export function walkOffsets(address: number): readonly [pointer: number, pair: number] {
  const page = address >>> 12;
  return [4 * Math.floor(page / TABLE_PAGES), 4 * ((page % TABLE_PAGES) & ~1)];
}

function pointersKey(task: number): number {
  return tableKey(task, FIRST_SHARED_TABLE + TABLE_PAGES);
}

function tableKey(owner: number, table: number): number {
  return (owner + 1) * 4096 + table;
}

function wordKey(owner: number, page: number): number {
  return (owner + 1) * 2 ** 20 + page;
}
