/**
 * Lengths of the monitor's handlers, in instructions of one cycle each, with the reasoning beside each. What they read and
 * write of the monitor's structures comes on top and costs what the caches say. The five that say so are fitted on two numbers
 * of the QUICK_FAULT row of the paper's Table 2, TLB-write emulation (4.0 us) and other privileged instructions (2.8 us). The hit of the
 * second-level TLB counts as fitted, too. No other virtualised number was looked at for any of them, nor may it be.
 */

/** Instructions of each step. */
export const MONITOR_STEPS = {
  /**
   * Refill vector: EntryHi into a hash, one or two compares, two moves to EntryLo, write, return. COUNTS AS FITTED on the UTLB_MISS row of Table
   * 2: it is the 1.22 of the 14 instructions of IRIX, and a listing of the path, with one register saved, comes to 18 for an
   * entry in the first way of its set and 21 for one in the second.
   */
  'refill hit': 17,
  /** A miss that the fast path cannot answer: on to the general one. */
  'refill miss': 12,
  /** Every other trap: 18 registers saved, Cause and EPC read, dispatch over the exception code. Fitted. */
  enter: 36,
  /** The way back: EPC and Status set, 18 registers restored, return. Fitted. */
  leave: 28,
  /** The instruction is fetched from the guest's text, decoded by a table, and its register number is looked up. Fitted. */
  decode: 20,
  /** Moves to and from registers of the virtual processor's record. Fitted. */
  'register access': 8,
  /**
   * A virtual TLB entry: for two physical pages bounds, pmap entry, memmap entry and merged protection; the backmaps of the
   * two that are replaced searched and unlinked, those of the new ones linked; a set of the second-level TLB; the entry. Fitted.
   */
  'tlb write': 410,
  /** A virtual TLB entry looked for by its page: a hash, the list behind it, and Index. */
  'tlb probe': 40,
  /** The mode changes: virtual Status and Cause, pending interrupts looked at. */
  'exception return': 30,
  /** An exception of the guest: its registers set up, its vector made the place to go on at. */
  inject: 36,
  /** A trap of the TLB that the guest does not see: the virtual TLB is searched. */
  'tlb miss': 40,
  /** A physical page gets a machine page: free list of a node, memmap and pmap. */
  'page allocate': 220,
  /** A machine page goes back to the free list. */
  'page free': 120,
  /** A machine page becomes that of one more physical page, or of one less. */
  'page share': 90,
  /** A write to a page that several hold: who holds it, a frame of its own, and the change; the copy comes on top. */
  'copy-on-write': 260,
  /** A request to the monitor: its number and arguments checked, dispatch. */
  'monitor call': 60,
  /** An interrupt of the hardware: who it is for. */
  interrupt: 80,
  /** An interrupt for a virtual processor: into its record, and its processor found. */
  post: 50,
  /** The next virtual processor: the run queue, the timers. */
  schedule: 140,
  /** Another virtual processor: its full state saved and loaded, 64 registers each way. */
  'context switch': 220,
  /** 64 TLB entries written. */
  'tlb flush': 256,
  /** One translation taken out of the TLB: probe, write, backmap. */
  'drop translation': 16,
  /** One processor asked to take translations out, or to look at its virtual processors. */
  'send interrupt': 24,
  /** Taking a translation out because another processor asks. */
  shootdown: 40,
  /** The counters of a page read, and the policy's comparisons. */
  decision: 250,
  /** A command for a device, virtual or of the machine: some ten fields checked or written, and a queue. */
  'device command': 120,
  /** An address of a command, within a page: bounds, and the pmap's entry. */
  'translate piece': 24,
  /** A look-up in a tree by sectors, a node each. */
  'tree node': 18,
  /** A frame on the subnet: receiver, buffers, fragments. */
  'subnet frame': 160,
  /** A fragment of it: where it goes, and whether it can be mapped there. */
  'subnet fragment': 40,
} as const;

/** A step. */
export type MonitorStep = keyof typeof MONITOR_STEPS;

/** Instructions of a loop over a line: copying it takes 16 loads and 16 stores of 8 bytes, clearing it 16 stores. */
export const COPY_LINE = 40;
export const CLEAR_LINE = 20;
