/** What a native run yields: plain data, complete enough to repeat the run and to print every table and picture. */
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import type { QueueResult } from '../hardware/queues.js';

/** Parts of the processors' time, in percent; they add up to 100. */
export interface NativeTime {
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
  readonly idle: number;
}

/** A part of NativeTime. */
export type NativePart = keyof NativeTime;

/** One processor. */
export interface NativeProcessor {
  readonly path: string;
  readonly node: number;
  /** In percent of its own time. */
  readonly time: NativeTime;
  readonly localMisses: number;
  readonly remoteMisses: number;
  readonly tlbMisses: number;
}

/** A service of the kernel. */
export interface NativeService {
  readonly name: string;
  /** Instances that were begun; 0 for what is no service but a state, such as user mode. */
  readonly count: number;
  /** Processor time of an instance, stalls and interrupted time of others excluded; 0 without instances. */
  readonly meanNs: number;
  /** Percent of the time of all processors. */
  readonly share: number;
}

/** A spinning lock of the kernel. */
export interface NativeLock {
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
  /** Somebody else wrote the line, or wanted it alone. */
  readonly communication: number;
}

/** A disk. */
export interface NativeDisk {
  readonly name: string;
  readonly mount: string;
  readonly reads: number;
  readonly writes: number;
  /** Percent of the elapsed time that it worked on commands; what is left it was idle. */
  readonly busy: number;
  /** Mean time that a command waited for others at the disk; the kernel's own queue comes before. */
  readonly meanWaitNs: number;
}

/** Where the time went as time passed. */
export interface Samples<Part extends string> {
  /** Length of each slice; the last one may be shorter. */
  readonly sliceNs: number;
  /** Percent of the time of all processors by slice: the parts of a slice add up to 100. */
  readonly parts: Readonly<Record<Part, readonly number[]>>;
}

/** What time is split into as it passes. */
export const SAMPLED_PARTS = ['user', 'user stall', 'kernel', 'synchronisation', 'idle'] as const;
/** See SAMPLED_PARTS. */
export type SampledPart = (typeof SAMPLED_PARTS)[number];

/** The result of a native run. Plain data; times of simulated time. */
export interface NativeResult {
  readonly version: string;
  readonly seed: string;
  /** Digest of the ordered event stream: equal specification, workload, profile and seed give an equal fingerprint. */
  readonly fingerprint: string;
  /** Null for a run that came to its end, else why it was cut short. Figures of a partial run are not comparable. */
  readonly partial: string | null;
  readonly machine: ResolvedSpecification;
  readonly layout: string;
  readonly workload: string;
  /** What the workload does, in a sentence. */
  readonly description: string;
  /** The kernel's profile. */
  readonly profile: string;
  /** From the start of the workload, the programs being in memory, to the end of its last process. */
  readonly elapsedNs: number;
  /** Of all processors together. */
  readonly time: NativeTime;
  /** Percent of the time by activity of processors. */
  readonly activities: Readonly<Record<string, number>>;
  readonly processors: readonly NativeProcessor[];
  /** In the order of the kernel's numbers. */
  readonly services: readonly NativeService[];
  /** Those that were acquired at all. */
  readonly locks: readonly NativeLock[];
  /** Second-level misses and upgrades; causes are null if the caches do not tell. */
  readonly misses: {
    readonly local: number;
    readonly remote: number;
    readonly causes: { readonly user: MissCauses; readonly kernel: MissCauses } | null;
  };
  readonly tlbMisses: number;
  readonly disks: readonly NativeDisk[];
  readonly queues: readonly QueueResult[];
  readonly scheduler: { readonly switches: number; readonly migrations: number; readonly wakeUps: number };
  readonly processes: number;
  /** Bytes of physical memory by use at the end. */
  readonly memory: Readonly<Record<string, number>>;
  readonly samples: Samples<SampledPart>;
}
