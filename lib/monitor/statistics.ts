/** What the monitor counts. */

/** Counts since the start or the last reset. */
export class MonitorStatistics {
  /** Traps into the monitor, but for those that its fast path answers. */
  traps = 0;
  /** TLB misses that the second-level TLB answered. */
  secondLevelHits = 0;
  /** Misses that a virtual TLB answered, whose entry the hardware had lost or never had because the page was not there. */
  virtualTlbHits = 0;
  /** Misses of guests' kernels in the relocated segment, which no guest sees. */
  relocatedMisses = 0;
  /** Misses handed to guests, as refills or invalid entries. */
  forwardedMisses = 0;
  /** Exceptions of guests, those misses and interrupts included. */
  injected = 0;
  interruptsInjected = 0;
  /** Privileged instructions emulated, TLB writes among them. */
  emulated = 0;
  tlbWrites = 0;
  monitorCalls = 0;
  refusedCalls = 0;
  /** Pages mapped in place of a copy because a guest asked. */
  remaps = 0;
  deviceCommands = 0;
  /** Faults that only the monitor sees: a page without memory, one that is shared. */
  pageFaults = 0;
  /** Virtual processors put on a processor in place of another, with its TLB flushed. */
  switches = 0;
  /** Taken over by a processor without work. */
  steals = 0;
  /** Descheduled because they wait for an interrupt. */
  idles = 0;

  /** Sets everything to 0. */
  reset(): void {
    Object.assign(this, new MonitorStatistics());
  }
}
