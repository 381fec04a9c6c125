/** The physical memory of a virtual machine: which machine page each of its pages is. Disco, section 4.2.2. */
import { physicalPage, type PhysicalPage } from '../../messages/addresses.js';
import { load, store } from '../../processor/operations.js';
import type { MachinePage } from './machine-page.js';
import type { Code } from '../../system/code.js';

/** Bytes of an entry: the ready TLB entry, the bits merged into it, and the head of its backmaps. */
export const PMAP_ENTRY_BYTES = 16;

/** One for each virtual machine. */
export class Pmap {
  /** Number of the virtual machine, from 0, never used again. */
  readonly machine: number;
  /** Its name, for people. */
  readonly name: string;
  /** Physical pages. */
  readonly size: number;
  /** Virtual address of the entries in the monitor's memory, a number for each page of entries. */
  private readonly tables: readonly number[];
  private readonly entriesPerTable: number;
  /** No lock: looked at and changed between yields only. */
  private readonly pages: (MachinePage | null)[];

  /** `tables`: virtual addresses of the pages that hold the entries, `pageBytes` each. */
  constructor(machine: number, name: string, size: number, tables: readonly number[], pageBytes: number) {
    this.machine = machine;
    this.name = name;
    this.size = size;
    this.tables = tables;
    this.entriesPerTable = pageBytes / PMAP_ENTRY_BYTES;
    this.pages = new Array<MachinePage | null>(size).fill(null);
  }

  /** The machine page of a physical page; null if it has none, or there is no such page. */
  get(physical: PhysicalPage): MachinePage | null {
    return this.pages[physical] ?? null;
  }

  /**
   * Says which machine page a physical page is; null for none. For MachineMemory, which keeps users in step. Throws a
   * RangeError if there is no such physical page: whoever takes numbers from a guest checks them first.
   */
  set(physical: PhysicalPage, page: MachinePage | null): void {
    if (!(Number.isInteger(physical) && physical >= 0 && physical < this.size))
      throw new RangeError(`${this.name} has no physical page ${physical}; it has pages 0 to ${this.size - 1}`);
    this.pages[physical] = page;
  }

  /** Virtual address of the entry of a physical page, for handlers that touch it. */
  address(physical: PhysicalPage): number {
    const table = this.tables[Math.floor(physical / this.entriesPerTable)];
    return table + (physical % this.entriesPerTable) * PMAP_ENTRY_BYTES;
  }

  /** Reads the entry of a physical page: the translation that is ready there. */
  *read(physical: PhysicalPage): Code {
    yield load(this.address(physical));
  }

  /** Reads and writes the entry of a physical page. */
  *touch(physical: PhysicalPage): Code {
    const address = this.address(physical);
    yield load(address);
    yield store(address, 0);
  }

  /** Physical pages that have a machine page, ascending. */
  *mapped(): Iterable<readonly [physical: PhysicalPage, page: MachinePage]> {
    for (const [number, page] of this.pages.entries()) if (page !== null) yield [physicalPage(number), page];
  }
}
