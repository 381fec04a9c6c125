/** What a run yields: plain data, complete enough to repeat the run and to print every table and picture of a report. */
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import type { QueueResult } from '../hardware/queues.js';

/** The result of one replay. Times in nanoseconds of simulated time. */
export interface RunResult {
  /** Version of the library. */
  readonly version: string;
  readonly seed: string;
  /** Digest of the ordered event stream: equal specification, trace, policy and seed give an equal fingerprint. */
  readonly fingerprint: string;
  /** Null for a run that ended by itself, else why it was cut short. Figures of a partial run are not comparable. */
  readonly partial: string | null;
  /** The resolved specification of the machine. */
  readonly machine: ResolvedSpecification;
  readonly trace: {
    readonly name: string;
    readonly format: string;
    readonly system: boolean;
    readonly description: string;
    /** Copies replayed side by side. */
    readonly copies: number;
    readonly streams: number;
    readonly lacks: readonly string[];
    readonly remarks: readonly string[];
    /** Those of the remarks that tables show too; left out if there are none. */
    readonly headlines?: readonly string[];
  };
  readonly policy: string;
  /** Simulated time from start to end. */
  readonly elapsedNs: number;
  readonly events: number;
  /** Packed references executed: fetches of lines, loads and stores. */
  readonly references: number;
  /** Time by activity, summed over processors; adds up to elapsed time times processors. */
  readonly time: Readonly<Record<string, number>>;
  readonly processors: readonly {
    readonly path: string;
    readonly node: number;
    readonly time: Readonly<Record<string, number>>;
    readonly localMisses: number;
    readonly remoteMisses: number;
    readonly tlbMisses: number;
  }[];
  /** Second-level misses and upgrades, by whether the line's home is the processor's own node. */
  readonly misses: { readonly local: number; readonly remote: number };
  readonly tlbMisses: number;
  readonly placement: {
    readonly pages: number;
    readonly hotPages: number;
    readonly migrations: number;
    readonly replications: number;
    readonly collapses: number;
    readonly promotions: number;
    readonly demotions: number;
    readonly exchanges: number;
    /** Moves that took a page back to the node that it had left last. */
    readonly pingPongs: number;
    /** Bytes copied from node to node by all of these. */
    readonly bytesMoved: number;
    /** Accesses to pages whose mappings had been taken away, and pages of which they were. */
    readonly hintFaults: number;
    readonly unmappings: number;
    /** Sampled misses that the policy was told about. */
    readonly samples: number;
    /** Times that the policy was asked for a plan. */
    readonly plans: number;
    /** Mean time of the processor that carried it out, interrupts and waiting included; 0 if there was none. */
    readonly meanMigrationNs: number;
    readonly meanReplicationNs: number;
    /** Decisions by action and reason, most frequent first. */
    readonly decisions: readonly { readonly action: string; readonly because: string; readonly count: number }[];
  };
  /** One entry per controller, memory bank and link; utilisation is busy time over elapsed time. */
  readonly queues: readonly QueueResult[];
  readonly locality: Locality;
}

/** Where misses were served, over time, for all pages together and for the pages that missed most. */
export interface Locality {
  /** Length of a window. */
  readonly windowNs: number;
  /** Misses by window, summed over all pages. */
  readonly local: readonly number[];
  readonly remote: readonly number[];
  /** The pages with most misses, most first. */
  readonly pages: readonly {
    /** What the page is, for people: `page 0x10020`, `page 0x400 of task 3`. */
    readonly label: string;
    readonly local: readonly number[];
    readonly remote: readonly number[];
  }[];
}
