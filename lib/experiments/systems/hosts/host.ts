/**
 * A host: what guests run on. A bare machine is one, and a monitor on a machine is one. A host that is itself a guest, or
 * has a part of a machine, would be made like these: it gives places to guests, and needs a place or processors itself.
 */
import type { Machine } from '../../../machine/machine.js';
import type { GuestRun } from '../plan.js';
import type { MonitorResult } from '../system-result.js';
import type { MachineDisk } from './system-disks.js';

/** A host with its guests, made and not yet started. */
export interface Host {
  readonly machine: Machine;
  readonly guests: readonly GuestRun[];
  /** The machine's disks that were added for the guests, in the order of their numbers. */
  readonly disks: readonly MachineDisk[];
  /** How physical pages lie on the nodes; null if a monitor decides that page by page. */
  readonly layout: string | null;
  /**
   * Throws a GuestError for a guest whose figures would mean nothing because memory is exhausted, and when the monitor has ended
   * all guests.
   */
  check(): void;
  /** Why the monitor ended a guest; null if it did not. The other guests continue. */
  failureOf(guest: GuestRun): string | null;
  /** What is measured begins. */
  begin(): void;
  /** What virtual disks mapped and copied since then, by number of the disk. */
  mapped(disk: number): MappedCounts;
  /** What the monitor did since then; null without one. `elapsed` in ticks. */
  monitorResult(services: readonly string[], elapsed: number): MonitorResult | null;
}

/** What virtual disks counted of a disk of the machine. */
export interface MappedCounts {
  /** Pages that were mapped instead of copied. */
  readonly pagesMapped: number;
  readonly sectorsCopied: number;
}
