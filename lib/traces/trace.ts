/**
 * What every trace reader produces: references by stream, with the marks between them.
 * A stream is a thread of a user-level trace or a processor of a whole-system trace.
 */
import type { References } from '../processor/references.js';
import type { ReferenceFact } from '../placement/policy.js';
import type { MemoryLimit } from './memory-limit.js';

/** Something that happens between two references of a stream. `at` is the index of the reference that follows it. */
export type TraceMark =
  /** All threads of the trace meet: nobody leaves before everybody has entered. */
  | { readonly kind: 'barrier-enter' | 'barrier-leave'; readonly at: number }
  /** A lock is wanted, is held, will be released, is released. `lock` is the address that tells it from other locks. */
  | {
      readonly kind: 'lock-request' | 'lock-acquired' | 'lock-release' | 'lock-released';
      readonly at: number;
      readonly lock: number;
    }
  /** A semaphore is raised, or waited for. The effect of a post is at `post`, of a wait at `waited`. */
  | { readonly kind: 'post-begin' | 'post' | 'wait' | 'waited'; readonly at: number; readonly semaphore: number }
  /** The stream now runs another task (whole-system traces). */
  | { readonly kind: 'task'; readonly at: number; readonly task: number }
  /** A virtual page maps to a physical page: for the current task if `page` < 0x80000, else for all tasks. */
  | { readonly kind: 'map'; readonly at: number; readonly page: number; readonly physical: number }
  /** A system call begins. `next` is the address of the instruction behind it. Only if the reader was asked for them. */
  | { readonly kind: 'system-call'; readonly at: number; readonly next: number }
  /** An instruction of the system (NtrSpecial), number `instruction` of its stream from 0. Only if the reader was asked for them. */
  | { readonly kind: 'special'; readonly at: number; readonly code: number; readonly instruction: number }
  /** Anything else that the recorder noted. */
  | { readonly kind: 'note'; readonly at: number; readonly note: number };

/** One stream of a trace. The arrays are exactly as long as the stream. */
export interface RecordedStream extends References {
  /** In order of `at`; marks of equal `at` in recorded order. */
  readonly marks: readonly TraceMark[];
  /** Instructions after the last reference. */
  readonly tail: number;
  /** Totals over the stream. `instructions` is the sum of `gaps` and `tail`. */
  readonly counts: StreamCounts;
}

/** Totals over one stream. */
export interface StreamCounts {
  readonly instructions: number;
  readonly loads: number;
  readonly stores: number;
}

/** A recorded program. */
export interface RecordedTrace {
  /** Short name for reports. */
  readonly name: string;
  /** The format it was read from: `NTR1`, `lackey`, `dinero`, `champsim`, `drmemtrace`. */
  readonly format: string;
  /** Whole machine with kernel references, tasks and page mappings (true), or one address space (false). */
  readonly system: boolean;
  /** Free text about the program, its input and the window that was recorded. */
  readonly description: string;
  readonly streams: readonly RecordedStream[];
  /** What this format or this file does not record. A policy that needs it is refused. */
  readonly lacks: readonly ReferenceFact[];
  /** Remarks for the reader of a report, one sentence each: what was merged, split, renumbered or dropped. */
  readonly remarks: readonly string[];
  /** The remarks that tables show, too: what was put together, and what is missing. No remarks unless given. */
  readonly headlines?: readonly string[];
}

/** How a reader cuts instruction fetches, and how much memory it may hold. */
export interface ReadOptions {
  /** Name for reports and error messages, usually the file's. */
  readonly name: string;
  /** Size of an instruction-cache line in bytes, a power of two: one fetch per line entered. */
  readonly fetchLineBytes: number;
  /** What the reader may hold, shared by all that are given the same limit; 4 GB for each trace if it is left out. */
  readonly memory?: MemoryLimit;
}

/** A trace that cannot be read. The message names the trace, the place (line, record or byte offset) and what was expected. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}
