/**
 * The plan of a run: guests, whatever their operating system, and the places on a host that they are made in. What each
 * system is as a guest: guests/. What it runs on: hosts/.
 */
import type { KernelDisk } from '../../guest/commodity/calls/file-services.js';
import type { KernelStation } from '../../guest/commodity/network/station.js';
import type { MachineSpecification } from '../../machine/specification/specification.js';
import type { PhysicalLayout } from '../../machine/physical-layout.js';
import type { DiscoOptions } from '../../monitor/options.js';
import type { GuestSystem } from '../../monitor/virtual-machine.js';
import type { Context } from '../../processor/context.js';
import type { SystemSoftware } from '../../processor/software.js';
import type { GuestWorkload } from '../../workloads/guest-workload.js';
import type { GuestResult, MemoryUse } from './system-result.js';

/** A bare machine, for one guest. */
export interface BareHost {
  readonly kind: 'bare';
  /** How physical pages lie on the nodes. */
  readonly layout: PhysicalLayout;
}

/** Disco on the machine, for one guest or more. */
export interface DiscoHost {
  readonly kind: 'disco';
  /** The monitor's options. Its accounting by service is always on. */
  readonly monitor?: Omit<DiscoOptions, 'services'>;
}

/** What a run is made with. */
export interface SystemOptions {
  readonly host: BareHost | DiscoHost;
  /** See `commodityGuests` and `splashGuests`. Their root disks are equal: under the monitor they share one. */
  readonly guests: Guests;
  /** Disks are added to it: one for the root file system, and one for each other file system of each guest. */
  readonly machine: MachineSpecification;
  readonly seed: string | number;
  /**
   * Simulated nanoseconds between the time when all guests are ready and the beginning of what is measured: for caches, and for a
   * policy that counts misses over intervals of 100 ms. None unless given. The workload runs meanwhile.
   */
  readonly warmUpNs?: number;
  /** Run-ahead of processors; on unless false. Results do not depend on it. */
  readonly runAhead?: boolean;
}

/** The guests of a run: all with one operating system. */
export interface Guests {
  /** The system, for people. */
  readonly system: string;
  /** Changes to its kernel that are on; null for a system without a kernel that could be changed. */
  readonly switches: readonly string[] | null;
  /** Names of its services, by number. */
  readonly services: readonly string[];
  readonly plans: readonly GuestPlan[];
}

/** A guest as it is to be. */
export interface GuestPlan {
  /** What it runs, by name. */
  readonly workload: string;
  /** Its processors, at least 1. On a bare machine they are all that the machine has. */
  readonly processors: number;
  /** File systems by mount point, the root first; none for a system without disks. */
  readonly disks: GuestWorkload['disks'];
  /**
   * Its physical memory under a monitor: a multiple of the page; an equal part of what the guests with a size leave unless given.
   * Guests may have more together than the machine has: see `SystemRun.advance`.
   */
  readonly memoryBytes?: number;
  /** Its place on the monitor's subnet; not on it unless given. */
  readonly network?: GuestNetwork;
  /** Makes its system. Throws a RangeError if that does not fit into the memory of the place. */
  make(place: GuestPlace): GuestRun;
}

/** A guest on the monitor's subnet. Plain data. */
export interface GuestNetwork {
  /** From 0 to 2^31 - 1; no two guests have the same. */
  readonly address: number;
  /** Mount points of its disks that others may mount by NFS. */
  readonly exports: readonly string[];
  /** File systems that it mounts by NFS when it has booted; none of a guest that exports. */
  readonly mounts: readonly RemoteMount[];
}

/** A file system of a server. */
export interface RemoteMount {
  /** Where it is mounted here. */
  readonly mount: string;
  /** Address of the guest that exports it. */
  readonly server: number;
  /** Where it is mounted there. */
  readonly path: string;
}

/** Where a guest is made: a machine, real or virtual, as its system sees it. */
export interface GuestPlace {
  readonly name: string;
  readonly processors: number;
  readonly clockMHz: number;
  /** Physical pages. */
  readonly pages: number;
  readonly memoryBytes: number;
  /** The kernel runs in the mapped segment, because a monitor has the unmapped one. */
  readonly mapped: boolean;
  /** Its disks, the root first. */
  readonly disks: readonly KernelDisk[];
  /** Its network card with the address of its plan; null without one. */
  readonly station: KernelStation | null;
  readonly boot: BootStyle;
  readonly common: CommonStart;
  /** Powers the guest on: its system, and a context or none (null) for each processor. */
  start(software: GuestSoftware, contexts: readonly (Context | null)[]): void;
}

/** An operating system that runs on the bare machine and under the monitor. */
export type GuestSoftware = SystemSoftware & GuestSystem;

/** How a guest boots. */
export interface BootStyle {
  /** Pages that one command of a disk reads when programs are read into memory. */
  readonly pagesAtOnce: number;
  /** The block of the root disk from which the kernel reads its own text; null: the text is in memory. */
  readonly textBlock: number | null;
  /** Guests wait for each other before what is measured begins. */
  readonly together: boolean;
}

/** How a guest knows of the others. */
export interface CommonStart {
  /** The workloads have begun. */
  readonly go: () => boolean;
  /** All are ready: they are about to begin. */
  readonly ready: () => boolean;
  /** All that export nothing are ready: they have mounted what others export. */
  readonly clientsReady: () => boolean;
}

/** How often a guest that is ready looks for the others, and, when all are there, whether the workloads have begun. */
const WAIT_CYCLES = 4000;
const LOOK_CYCLES = 100;

/** Cycles until a guest that is ready looks again. */
export function cyclesToWait({ ready }: CommonStart): number {
  return ready() ? LOOK_CYCLES : WAIT_CYCLES;
}

/** Booting, the start of the workload that is not measured, what is measured, and all that comes after. */
export type GuestPhase = 'boot' | 'start' | 'ready' | 'over';

/** A guest that has been made. */
export interface GuestRun {
  readonly plan: GuestPlan;
  readonly phase: GuestPhase;
  /** Simulated nanoseconds that what is measured lasts at most. */
  readonly windowNs: number;
  /** Powers it on. */
  start(): void;
  /** What is measured begins. */
  begin(): void;
  /** The machine has nothing left to do. */
  finished(): void;
  /** Why its figures would mean nothing, or null if they mean something: memory that is exhausted. */
  fault(): string | null;
  /** What a physical page that has memory is used for, at the present. */
  useOf(physical: number): MemoryUse;
  /** What there is to say of it but for when and why it ended. */
  result(): Omit<GuestResult, 'endedNs' | 'failure'>;
}
