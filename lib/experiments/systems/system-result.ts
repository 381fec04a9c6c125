/** What a run of a system yields: plain data, complete enough to repeat the run and to print every table and picture. */
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import type { Work } from '../../monitor/work.js';
import type { QueueResult } from '../hardware/queues.js';

/** Parts of the processors' time, in percent; they add up to 100. */
export interface SystemTime {
  /** User instructions. */
  readonly user: number;
  /** Users' waiting for the second-level cache, for local and for remote memory. */
  readonly userCache: number;
  readonly userLocalStall: number;
  readonly userRemoteStall: number;
  /** Kernel instructions and second-level hits: system calls, faults, refills, interrupts. */
  readonly kernel: number;
  readonly kernelLocalStall: number;
  readonly kernelRemoteStall: number;
  /** Spinning on locks of the kernel. */
  readonly synchronisation: number;
  /** The monitor's instructions and second-level hits; its parts are 0 without one. */
  readonly monitor: number;
  readonly monitorLocalStall: number;
  readonly monitorRemoteStall: number;
  readonly idle: number;
}

/** A part of SystemTime. */
export type SystemPart = keyof SystemTime;

/** One processor. */
export interface ProcessorResult {
  readonly path: string;
  readonly node: number;
  /** In percent of its own time. */
  readonly time: SystemTime;
  readonly localMisses: number;
  readonly remoteMisses: number;
  readonly tlbMisses: number;
}

/** A service of the kernel. */
export interface ServiceResult {
  readonly name: string;
  /** Instances that were begun; 0 for what is no service but a state, such as user mode. */
  readonly count: number;
  /** Processor time of an instance, stalls and interrupted time of others excluded; 0 without instances. */
  readonly meanNs: number;
  /** Percent of the time of all processors. */
  readonly share: number;
}

/** A spinning lock of the kernel. */
export interface LockResult {
  /** Locks of one name are counted as one. */
  readonly name: string;
  readonly acquisitions: number;
  /** Acquisitions that found it held. */
  readonly contended: number;
  /** Time that processors spun for it, summed up. */
  readonly waitedNs: number;
}

/** Second-level misses by cause. */
export interface MissCauses {
  /** The processor never had the line. */
  readonly cold: number;
  /** It lost the line to another one of its own. */
  readonly capacity: number;
  /** Another processor wrote the line, or wanted it alone. */
  readonly communication: number;
}

/** A disk of the machine. */
export interface DiskResult {
  readonly name: string;
  readonly mount: string;
  /** Number of the guest that has it for itself; -1 if all share it. */
  readonly guest: number;
  readonly reads: number;
  readonly writes: number;
  /** Percent of the elapsed time that it worked on commands; the rest it was idle. */
  readonly busy: number;
  /** Mean time that a command waited for others at the disk; the kernel's own queue comes before. */
  readonly meanWaitNs: number;
  /** What a monitor did for its guests: pages that were mapped instead of copied, and sectors that were copied. */
  readonly pagesMapped: number;
  readonly sectorsCopied: number;
}

/** Where the time went as time passed. */
export interface Samples {
  /** Length of each slice; the last one may be shorter. */
  readonly sliceNs: number;
  /** Percent of the time of all processors by slice: the parts of a slice add up to 100. */
  readonly parts: Readonly<Record<SampledPart, readonly number[]>>;
}

/** What time is split into as it passes. */
export const SAMPLED_PARTS = ['user', 'user stall', 'kernel', 'synchronisation', 'monitor', 'idle'] as const;
/** See SAMPLED_PARTS. */
export type SampledPart = (typeof SAMPLED_PARTS)[number];

/** One guest. */
export interface GuestResult {
  /** Its name, or that of the machine if it has it for itself. */
  readonly name: string;
  /** What it runs, in a sentence. */
  readonly description: string;
  readonly processors: number;
  readonly memoryBytes: number;
  /** When its workload was over, from the beginning of what is measured; null if it was not. */
  readonly endedNs: number | null;
  /** Why the monitor ended it; null if it did not. */
  readonly failure: string | null;
  readonly processes: number;
  /** Spinning locks of its kernel that were acquired; none of a system without a kernel. */
  readonly locks: readonly LockResult[];
  /** Since the beginning of what is measured; 0 for a system without a scheduler of processes. */
  readonly scheduler: { readonly switches: number; readonly migrations: number; readonly wakeUps: number };
  /** Bytes of its physical memory by use at the end. */
  readonly memory: Readonly<Record<string, number>>;
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
 * Bytes of memory by use. `virtual`: what guests would need if they shared nothing, which is the physical pages that have
 * memory, each counted for itself. `machine`: distinct frames, replicas included, each at the first of the uses that it has
 * in any guest. The monitor's own memory is the same in both. `kernel data`: all that the kernel holds but for its text and
 * the cache of files, which is its tables, stacks, page tables and network buffers; of SPLASHOS the library's data.
 * `free in guest`: pages that a kernel has given back without telling the monitor. `disk cache`: pages that only the monitor
 * keeps, of shared disks and of what was written to them.
 */
export interface MemoryResult {
  readonly virtual: Readonly<Record<MemoryUse, number>>;
  readonly machine: Readonly<Record<MemoryUse, number>>;
}

/** What the monitor did while a guest was at a service. */
export interface MonitorService {
  /** The guests' service. */
  readonly service: string;
  /** The kind of work. */
  readonly work: Work;
  /** Percent of the time of all processors. */
  readonly share: number;
}

/** The monitor's part of a result. */
export interface MonitorResult {
  readonly options: {
    readonly policy: string;
    readonly secondLevelTlb: { readonly entries: number; readonly ways: number } | null;
    readonly quantumNs: number;
    readonly gang: boolean;
  };
  readonly work: readonly MonitorService[];
  /** What it counted: see MonitorStatistics; of the subnet the frames, the pages mapped, and the bytes copied. */
  readonly counts: Readonly<Record<string, number>>;
  /** What was done to pages, as the policy decided: how often, and how long in all on the processors that did it. */
  readonly placement: Readonly<Record<string, number>>;
  /** Interrupts sent to drop translations elsewhere, requests that needed any, and entries dropped. */
  readonly shootdown: { readonly requests: number; readonly interrupts: number; readonly entries: number };
  /** At the end. */
  readonly memory: MemoryResult;
}

/** The result of a run. Plain data; times of simulated time. */
export interface SystemResult {
  readonly version: string;
  readonly seed: string;
  /** Digest of the ordered event stream: equal options give an equal fingerprint. */
  readonly fingerprint: string;
  /** Null for a run that came to its end, else why it was cut short. Figures of a partial run are not comparable. */
  readonly partial: string | null;
  readonly machine: ResolvedSpecification;
  /** How physical pages lie on the nodes; null if a monitor decides that page by page. */
  readonly layout: string | null;
  readonly workload: string;
  /** The guests' operating system: the kernels' profile, or SPLASHOS. */
  readonly system: string;
  /** Changes to the kernels that are on; null for a system without a kernel that could be changed. */
  readonly switches: readonly string[] | null;
  readonly guests: readonly GuestResult[];
  /** From the time at which all guests were ready, the programs being in their memory, to the end of the last workload. */
  readonly elapsedNs: number;
  /** Of all processors together. */
  readonly time: SystemTime;
  /** Percent of the time by activity of processors. */
  readonly activities: Readonly<Record<string, number>>;
  readonly processors: readonly ProcessorResult[];
  /** Of all guests together, in the order of the kernel's numbers; the monitor's work for them is apart. */
  readonly services: readonly ServiceResult[];
  /** Second-level misses and upgrades; causes are null if the caches do not tell. */
  readonly misses: {
    readonly local: number;
    readonly remote: number;
    readonly causes: { readonly user: MissCauses; readonly kernel: MissCauses } | null;
  };
  readonly tlbMisses: number;
  readonly disks: readonly DiskResult[];
  readonly queues: readonly QueueResult[];
  /** Since the beginning of what is measured. */
  readonly samples: Samples;
  /** What the monitor did; null on a bare machine. */
  readonly monitor: MonitorResult | null;
}
