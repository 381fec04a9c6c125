/**
 * The segments of the 32-bit MIPS address space, in pages of 4 KB: which mode may use them, and which bypass the TLB.
 * R10000 user's manual, as summarised in docs/processor.md.
 */
import { Mode } from './registers.js';

/** First page of kseg0, which is unmapped. */
export const KSEG0_PAGE = 0x80000;
/** First page of ksseg, the segment behind kseg1, which is unmapped too. */
export const KSSEG_PAGE = 0xc0000;
/** First page of kseg3. */
export const KSEG3_PAGE = 0xe0000;

/** First address of kseg0. */
export const KSEG0 = 0x80000000;
/** First address of kseg1. */
export const KSEG1 = 0xa0000000;
/** First address of ksseg. */
export const KSSEG = 0xc0000000;
/** First address of kseg3. */
export const KSEG3 = 0xe0000000;

/** The physical page behind a page of kseg0 or kseg1. */
export const UNMAPPED_PAGES = 0x1ffff;

/** Whether a page bypasses the TLB. */
export function unmapped(page: number): boolean {
  return page >= KSEG0_PAGE && page < KSSEG_PAGE;
}

/** Whether a mode may use a page. */
export function permits(mode: number, page: number): boolean {
  if (page < KSEG0_PAGE || mode === Mode.Kernel) return true;
  return mode === Mode.Supervisor && page >= KSSEG_PAGE && page < KSEG3_PAGE;
}
