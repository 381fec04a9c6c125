/**
 * What a kernel's steps cost, as data: instructions, lines of text, and the kernel data that they touch, by area. What the
 * kernel model executes itself (locks, page table stores, copies, TLB writes, privileged operations) comes on top.
 */

/** Areas of kernel data. Who shares an area decides what its misses are. */
export const AREAS = {
  /** The kernel stack of the thread: mapped by the wired entry. */
  stack: { bytes: 4096, of: 'thread' },
  /** Private data of a processor: mapped by the wired entry. */
  processor: { bytes: 2048, of: 'processor' },
  /** Memory management: free lists, region and swap maps, counters. Guarded by memlock. An allocation touches 20 of its pages. */
  memory: { bytes: 128 * 1024, of: 'all' },
  /** Run queues, process table, callouts. */
  scheduler: { bytes: 32 * 1024, of: 'all' },
  /** Vnodes, inodes, the name cache, the file table. */
  files: { bytes: 192 * 1024, of: 'all' },
  /** Buffer headers and their hash. */
  buffers: { bytes: 96 * 1024, of: 'all' },
  /** Network buffers' headers, sockets, protocol control blocks. */
  network: { bytes: 64 * 1024, of: 'all' },
  /** Tables that are read and hardly ever written: switch tables, tunables, the text of constants. */
  constants: { bytes: 48 * 1024, of: 'all' },
} as const;
/** See AREAS. */
export type Area = keyof typeof AREAS;

/** References of a step to an area. */
export interface Touch {
  readonly area: Area;
  /** Distinct lines in one execution of the step. */
  readonly lines: number;
  /** Loads and stores in all. */
  readonly loads: number;
  readonly stores: number;
}

/** A step of a service: a piece of kernel code. */
export interface Step {
  /** Instructions, those that make the references included. */
  readonly instructions: number;
  /** Distinct 128-byte lines of text. Fewer than the instructions fill: loops. */
  readonly textLines: number;
  readonly touches: readonly Touch[];
}

/** A kernel's profile. */
export interface Profile {
  readonly name: string;
  /** Where its numbers come from. */
  readonly source: string;
  /** By name of the step; a step that is missing takes no time. */
  readonly steps: Readonly<Record<string, Step>>;
  /** Bytes of the kernel's text, over which the lines of its steps are spread: see TextLayout. */
  readonly textBytes: number;
  /** Instructions to copy and to clear a line of 128 bytes. */
  readonly copyLineCycles: number;
  readonly zeroLineCycles: number;
  /** Instructions of the fast refill handler besides its loads and privileged operations. */
  readonly refillCycles: number;
  /** Instructions of the handler for a refill that misses on the page tables, likewise. */
  readonly doubleMissCycles: number;
  /**
   * Threads have page tables of their own each, and enter a page that is in memory already at their first access to it, a QUICK_FAULT.
   * Otherwise threads share the page tables of their space, and text that is in memory is in them from the start.
   */
  readonly lazyTables: boolean;
  /** Page tables for all regions of a program but text are made when it is executed. Otherwise each is made when an access needs it. */
  readonly tablesAtExec: boolean;
  /** Wired TLB entries that hold pairs of page tables, besides the one that each crossing writes; 0 to 30. */
  readonly wiredTables: number;
  /** Instructions of one turn of a spinning loop. */
  readonly spinCycles: number;
}
