/** A page of machine memory: its content, wherever its frames are, with everybody who sees it. */
import type { MachineFrame, PhysicalPage } from '../../messages/addresses.js';
import type { PlacedPage } from '../../system/placement-mechanism.js';
import type { Pmap } from './pmap.js';

/**
 * A page of content. One that several users hold, or that has replicas, is read-only to all of them. No lock: fields are looked
 * at and changed between yields only, and frame, home and replicas by the handler alone that has set `busy`.
 */
export class MachinePage implements PlacedPage {
  /** Dense number, never used again. */
  readonly id: number;
  /** Frame of the master copy; NO_FRAME once the page is given back. */
  frame: MachineFrame;
  /** Node of the master copy. */
  home: number;
  /** Frames of read-only replicas by node; null without any. */
  replicas: Map<number, MachineFrame> | null = null;
  /** Physical pages that it is, by virtual machine: pmap and physical page. */
  readonly users: { readonly pmap: Pmap; readonly physical: PhysicalPage }[] = [];
  /** Others that count on its content: the global disk cache, the modified sectors of a virtual disk. */
  keepers = 0;
  /** Transfers of devices that are under way from or to its frame: it cannot be moved or given back meanwhile. */
  pins = 0;
  /** Those of the transfers that write it: it cannot be shared meanwhile. */
  inputs = 0;
  /** Being copied, moved or collapsed: nobody may load a translation. */
  busy = false;
  /** Numbers of processors that wait for `busy` to end. */
  readonly waiters: number[] = [];
  /** Backmaps: halves of hardware TLB entries that map it, as numbers of HardwareTlb. */
  readonly mappings = new Set<number>();
  /** A policy's freeze is in force. */
  frozen = false;
  /** Migrations in the interval of the counters. */
  moves = 0;
  interval = 0;
  /** When the scanner took its mappings away, in nanoseconds; NaN while it may be mapped. */
  unmappedNs = NaN;

  constructor(id: number, frame: MachineFrame, home: number) {
    this.id = id;
    this.frame = frame;
    this.home = home;
  }

  /** What it is, for people. */
  get label(): string {
    return `machine page ${this.id}`;
  }

  /** The number that decides the colour of its frames: that of the first user. */
  get number(): number {
    return this.users[0]?.physical ?? this.id;
  }

  /** Whether one alone holds it: only then may it be written. */
  get single(): boolean {
    return this.users.length + this.keepers === 1 && this.replicas === null;
  }

  /** The frame that a node uses. */
  frameFor(node: number): MachineFrame {
    return this.replicas?.get(node) ?? this.frame;
  }
}
