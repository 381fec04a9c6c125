/** What a virtual run yields: plain data, complete enough to repeat the run and to print every table. */
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import type { Work } from '../../monitor/work.js';
import type { NativeDisk, NativeLock, NativeResult, NativeService, NativeTime, Samples } from './native-result.js';
import type { QueueResult } from '../hardware/queues.js';

/** Parts of the processors' time, in percent; they add up to 100. Those of guests are as in NativeTime. */
export interface VirtualTime extends NativeTime {
  /** The monitor's instructions and second-level hits. */
  readonly monitor: number;
  readonly monitorLocalStall: number;
  readonly monitorRemoteStall: number;
}

/** A part of VirtualTime. */
export type VirtualPart = keyof VirtualTime;

/** What time is split into as it passes. */
export const VIRTUAL_SAMPLED_PARTS = ['user', 'user stall', 'kernel', 'synchronisation', 'monitor', 'idle'] as const;
/** See VIRTUAL_SAMPLED_PARTS. */
export type VirtualSampledPart = (typeof VIRTUAL_SAMPLED_PARTS)[number];

/** What the monitor did while a guest was at a service. */
export interface MonitorService {
  /** The guests' service. */
  readonly service: string;
  /** The kind of work. */
  readonly work: Work;
  /** Percent of the time of all processors. */
  readonly share: number;
}

/** One guest. */
export interface VirtualGuestResult {
  readonly name: string;
  /** What it runs, in a sentence. */
  readonly description: string;
  readonly processors: number;
  readonly memoryBytes: number;
  /** When its workload was over, from the beginning of what is measured; null if it was not. */
  readonly endedNs: number | null;
  readonly processes: number;
  /** Spinning locks of its kernel; none of a system that has no kernel. */
  readonly locks: readonly NativeLock[];
}

/** A disk of the machine, with what the monitor did for those who have it. */
export interface VirtualDiskResult extends NativeDisk {
  /** Number of the guest whose own it is; -1 if all share it. */
  readonly guest: number;
  /** Pages that were mapped instead of copied, and sectors that were copied. */
  readonly pagesMapped: number;
  readonly sectorsCopied: number;
}

/** Uses of memory, as Figure 6 of the Disco paper has them, and what that has no bar for. */
export const MEMORY_USES = [
  'kernel text',
  'kernel data',
  'buffer cache',
  'processes',
  'free in guest',
  'disk cache',
  'monitor',
] as const;
/** See MEMORY_USES. */
export type MemoryUse = (typeof MEMORY_USES)[number];

/**
 * Bytes of memory by use. `virtual`: what would be needed if guests shared nothing - physical pages that have memory behind them,
 * each for itself. `machine`: distinct frames, replicas included, each at the first of the uses that it has in any guest.
 * The monitor's own memory is the same in both. `kernel data` is all that the kernel holds but for its text and the
 * cache of files: its tables, stacks, page tables and network buffers; of SPLASHOS the library's data. `free in guest`: pages that a kernel has given back and has
 * not told the monitor of. `disk cache`: pages that only the monitor keeps, of shared disks and of what was written to them.
 */
export interface VirtualMemory {
  readonly virtual: Readonly<Record<MemoryUse, number>>;
  readonly machine: Readonly<Record<MemoryUse, number>>;
}

/** The result of a virtual run. Plain data; times of simulated time. */
export interface VirtualResult {
  readonly version: string;
  readonly seed: string;
  /** Digest of the ordered event stream: equal options give an equal fingerprint. */
  readonly fingerprint: string;
  /** Null for a run that came to its end, else why it was cut short. Figures of a partial run are not comparable. */
  readonly partial: string | null;
  readonly machine: ResolvedSpecification;
  readonly workload: string;
  /** The guests' operating system: the kernels' profile, or SPLASHOS. */
  readonly profile: string;
  /** Changes to the kernels that are on; null for a system without a kernel that could be changed. */
  readonly switches: readonly string[] | null;
  /** The monitor's options. */
  readonly options: {
    readonly policy: string;
    readonly secondLevelTlb: { readonly entries: number; readonly ways: number } | null;
    readonly quantumNs: number;
    readonly gang: boolean;
  };
  readonly guests: readonly VirtualGuestResult[];
  /** From the time at which all guests were ready, the programs being in their memory, to the end of the last workload. */
  readonly elapsedNs: number;
  /** Of all processors together. */
  readonly time: VirtualTime;
  /** Percent of the time by activity of processors. */
  readonly activities: Readonly<Record<string, number>>;
  /** Of all guests together, in the order of the kernel's numbers; the monitor's work for them apart. */
  readonly services: readonly NativeService[];
  readonly work: readonly MonitorService[];
  /** What the monitor counted: see MonitorStatistics. */
  readonly monitor: Readonly<Record<string, number>>;
  /** What was done to pages, as the policy decided: how often, and how long in all on the processors that did it. */
  readonly placement: Readonly<Record<string, number>>;
  /** Interrupts sent to drop translations elsewhere, requests that needed any, and entries dropped. */
  readonly shootdown: { readonly requests: number; readonly interrupts: number; readonly entries: number };
  /** At the end. */
  readonly memory: VirtualMemory;
  readonly misses: NativeResult['misses'];
  readonly tlbMisses: number;
  readonly disks: readonly VirtualDiskResult[];
  readonly queues: readonly QueueResult[];
  /** Since all guests were ready. */
  readonly samples: Samples<VirtualSampledPart>;
}
