/**
 * Memory of SPLASHOS. Physical pages from 0 on hold the library's data: its table of pages, then locks, barriers and
 * threads. The program's pages follow. The library sees physical memory through kseg0, or, when it is mapped, through
 * the supervisor segment; the program has one range of virtual pages, whose table is one array of EntryLo words.
 */
import { KSEG0 } from '../../processor/segments.js';
import { RELOCATED_SEGMENT } from '../../system/monitor-calls.js';
import { GuestError } from '../../system/guest-error.js';

/** First virtual page of the program. */
export const FIRST_PAGE = 0x400;
/** Where a mapped library sees physical page 0. */
export const MAPPED_LIBRARY = RELOCATED_SEGMENT;
export const PAGE_BYTES = 4096;
export const LINE_BYTES = 128;

/** What a memory is laid out for. */
export interface SplashMemoryOptions {
  /** Virtual pages of the program. */
  readonly programPages: number;
  /** Pages of the library's data besides the table. */
  readonly dataPages: number;
  readonly mapped: boolean;
}

/** The layout, and what is left to be handed out before the program starts. */
export class SplashMemory {
  /** Where the library sees physical page 0. */
  readonly base: number;
  readonly programPages: number;
  /** Physical page of the program's first virtual page. */
  readonly firstPhysical: number;
  /** Physical pages altogether. */
  readonly pages: number;
  private data: number;
  private readonly dataEnd: number;
  private program = FIRST_PAGE * PAGE_BYTES;

  constructor({ programPages, dataPages, mapped }: SplashMemoryOptions) {
    if (!Number.isSafeInteger(programPages) || programPages < 1)
      throw new RangeError(`a program has 1 page or more, not ${programPages}`);
    this.base = mapped ? MAPPED_LIBRARY : KSEG0;
    // A pair of pages has its words side by side, so the table ends with a pair.
    this.programPages = programPages + (programPages & 1);
    const tablePages = Math.ceil((4 * this.programPages) / PAGE_BYTES);
    this.firstPhysical = tablePages + dataPages;
    this.pages = this.firstPhysical + this.programPages;
    this.data = this.base + tablePages * PAGE_BYTES;
    this.dataEnd = this.data + dataPages * PAGE_BYTES;
  }

  /** Address of a fresh line of the library's data. Throws a GuestError when they are used up. */
  line(): number {
    if (this.data === this.dataEnd)
      throw new GuestError('the data of SPLASHOS are used up; give it more dataPages, or use fewer locks and threads');
    this.data += LINE_BYTES;
    return this.data - LINE_BYTES;
  }

  /** Address of fresh whole pages of the library's data, one behind the other. Throws a GuestError when they are used up. */
  dataArea(pages: number): number {
    const address = Math.ceil(this.data / PAGE_BYTES) * PAGE_BYTES;
    if (address + pages * PAGE_BYTES > this.dataEnd)
      throw new GuestError(`the data of SPLASHOS have no ${pages} pages left; give it more dataPages`);
    this.data = address + pages * PAGE_BYTES;
    return address;
  }

  /** The physical page of an address of the library or of the program, which has it. */
  physicalOf(address: number): number {
    const page = address >>> 12;
    const index = page - FIRST_PAGE;
    return index >= 0 && index < this.programPages ? this.firstPhysical + index : page - (this.base >>> 12);
  }

  /** Virtual address of fresh memory of the program: whole lines. Throws a GuestError when it is used up. */
  allocate(bytes: number): number {
    const address = this.program;
    this.program += Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
    if (this.program > (FIRST_PAGE + this.programPages) * PAGE_BYTES)
      throw new GuestError(`the ${this.programPages} pages of the program are used up; give it more programPages`);
    return address;
  }

  /** Address of the table's word for a virtual page. Throws a GuestError if the program does not have the page. */
  wordOf(page: number): number {
    const index = page - FIRST_PAGE;
    if (index < 0 || index >= this.programPages)
      throw new GuestError(
        `a program of SPLASHOS touches page 0x${page.toString(16)}; it has pages 0x${FIRST_PAGE.toString(16)} to 0x${(FIRST_PAGE + this.programPages - 1).toString(16)}`,
      );
    return this.base + 4 * index;
  }
}
