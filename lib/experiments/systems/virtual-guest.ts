/**
 * The guests of a virtual run, whatever their operating system. What each system is as a guest: virtual-commodity.ts,
 * virtual-splash.ts.
 */
import type { Disco } from '../../monitor/disco.js';
import type { VirtualMachine } from '../../monitor/virtual-machine.js';
import type { GuestWorkload } from '../../workloads/guest-workload.js';
import type { MemoryUse, VirtualGuestResult } from './virtual-result.js';

/** Booting, the start of the workload that is not measured, what is measured, and all that comes after. */
export type GuestPhase = 'boot' | 'start' | 'ready' | 'over';

/** How a guest knows of the others. */
export interface CommonStart {
  /** What is measured has begun. */
  readonly go: () => boolean;
  /** All are ready: it is about to begin. */
  readonly ready: () => boolean;
}

/** How often a guest that is ready looks for the others, and, when all are there, whether the measurement has begun. */
const WAIT_CYCLES = 4000;
const LOOK_CYCLES = 100;

/** Cycles until a guest that is ready looks again. */
export function cyclesToWait({ ready }: CommonStart): number {
  return ready() ? LOOK_CYCLES : WAIT_CYCLES;
}

/** A disk of the machine. */
export interface MachineDisk {
  readonly name: string;
  /** Number of the guest that has it for itself; -1 for the root, which all share. */
  readonly guest: number;
  readonly mount: string;
}

/** What a guest is made in. */
export interface GuestPlace {
  readonly disco: Disco;
  /** Its virtual machine, created and not started. */
  readonly virtual: VirtualMachine;
  /** Physical pages of that, and its disks in the order of its devices. */
  readonly pages: number;
  readonly disks: readonly MachineDisk[];
  readonly common: CommonStart;
}

/** A guest as it is to be. */
export interface GuestPlan {
  /** What it runs, by name. */
  readonly workload: string;
  /** Its virtual processors, at least 1. */
  readonly processors: number;
  /** File systems by mount point, the root first; none for a system without disks. */
  readonly disks: GuestWorkload['disks'];
  /** Makes its system. Throws a RangeError if that does not fit into the virtual machine. */
  make(place: GuestPlace): GuestRun;
}

/** The guests of a run: all with one operating system. `commodityGuests` and `splashGuests` make them. */
export interface VirtualGuests {
  /** The system, for people. */
  readonly system: string;
  /** Changes to its kernel that are on; null for a system without a kernel that could be changed. */
  readonly switches: readonly string[] | null;
  /** Names of its services, by number. */
  readonly services: readonly string[];
  readonly plans: readonly GuestPlan[];
}

/** A guest under way. */
export interface GuestRun {
  readonly plan: GuestPlan;
  readonly virtual: VirtualMachine;
  readonly phase: GuestPhase;
  /** Simulated nanoseconds that what is measured lasts at most. */
  readonly windowNs: number;
  /** Powers it on. */
  start(disco: Disco): void;
  /** What is measured begins. */
  begin(): void;
  /** Why its figures would mean nothing, or null if they mean something: memory that is exhausted. */
  fault(): string | null;
  /** What a physical page that has memory is used for, at the present. */
  useOf(physical: number): MemoryUse;
  /** What there is to say of it but for when it ended. */
  result(): Omit<VirtualGuestResult, 'endedNs'>;
}
