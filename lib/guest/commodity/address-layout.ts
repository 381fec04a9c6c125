/**
 * Where the kernel lives in virtual memory. Its text and data are one range of physical memory from page 0 on, seen
 * through kseg0, which bypasses the TLB, or, when the kernel is linked for the mapped segment, through ksseg.
 */
import { KSEG0 } from '../../processor/segments.js';
import { RELOCATED_SEGMENT } from '../../system/monitor-calls.js';

/** The page tables of the address space at hand, as one array of EntryLo words: 4 MB from here on. */
export const PAGE_TABLES = 0xc0000000;
/** Where the kernel is when it is mapped: physical memory from page 0 on, up to the monitor's special page. */
export const MAPPED_KERNEL = RELOCATED_SEGMENT;
/** The kernel stack of the thread at hand, and behind it the private data of the processor: one wired entry. */
export const KERNEL_STACK = 0xdfffe000;
export const PROCESSOR_DATA = 0xdffff000;

/** Bytes of a page, entries of a page of page tables, and the bytes that such a page maps. */
export const PAGE_BYTES = 4096;
export const PAGE_SHIFT = 12;
export const TABLE_ENTRIES = PAGE_BYTES / 4;
export const LINE_BYTES = 128;

/** The kernel's text, then its data, then memory to be given away. */
export class KernelLayout {
  /** Virtual address of physical page 0. */
  readonly base: number;
  /** First byte behind what is allocated so far, from `base` on. */
  private top = 0;

  /** For a kernel whose segment is mapped or not. */
  constructor(mapped: boolean) {
    this.base = mapped ? MAPPED_KERNEL : KSEG0;
  }

  /** Virtual address of fresh memory: `bytes` from a multiple of `align` on. */
  allocate(bytes: number, align = LINE_BYTES): number {
    const start = Math.ceil(this.top / align) * align;
    this.top = start + bytes;
    return this.base + start;
  }

  /** Physical pages that are taken so far. */
  get pages(): number {
    return Math.ceil(this.top / PAGE_BYTES);
  }

  /** Virtual address of a physical page. */
  addressOf(page: number): number {
    return this.base + page * PAGE_BYTES;
  }

  /** The physical page at a kernel virtual address, -1 for an address that is none of the kernel's. */
  pageOf(address: number): number {
    const offset = address - this.base;
    return offset >= 0 && offset < 0x10000000 ? Math.floor(offset / PAGE_BYTES) : -1;
  }
}
