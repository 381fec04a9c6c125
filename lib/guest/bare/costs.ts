/**
 * Lengths of the bare-machine kernel's handlers, in instructions, each with its source. What handlers touch in memory
 * is executed and costs what it costs; these are the instructions around it.
 */

/** Lengths in instructions of one cycle each. */
export interface KernelCosts {
  /** Fast TLB refill, besides the load of the page-table entry. */
  readonly refill: number;
  /** First touch of a page, besides clearing it. */
  readonly pageFault: number;
  /** Taking an interrupt, finding out what it wants, and returning. */
  readonly interrupt: number;
  /** Reading the counters and deciding about a page. */
  readonly decision: number;
  /** Looking at one page record of many, for a scanner or a plan. */
  readonly lookAtPage: number;
  /** Dropping one translation from the TLB. */
  readonly dropTranslation: number;
  /** Copying a line, besides its misses: 16 loads and 16 stores of 8 bytes, and the loop around them. */
  readonly copyLine: number;
  /** Clearing a line, besides its miss: 16 stores of 8 bytes, and the loop around them. */
  readonly clearLine: number;
}

/** A lean kernel in the manner of the paper's. No value was fitted to a result of page placement. */
export const leanKernel: KernelCosts = {
  refill: 14, // Disco Table 2: IRIX takes 0.035 us for UTLB_MISS, 14 cycles at 400 MHz (the clock is a guess)
  pageFault: 2000, // Disco Table 2: IRIX takes 5 us for QUICK_FAULT, which finds a page without clearing it
  interrupt: 250, // ours: save and restore of the registers and a dispatch; Linux 6.1 on MIPS executed 2588
  decision: 250, // ours: a policy of some ten comparisons, its page record and the log
  lookAtPage: 10, // ours: a load of the record, a comparison or two, and the loop
  dropTranslation: 12, // TLB probe, write, and the hazards between: counted in Linux 6.1's tlb-r4k
  copyLine: 40, // 32 memory operations and the loop
  clearLine: 20, // 16 memory operations and the loop
};
