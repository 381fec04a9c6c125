/**
 * A recorded system as a guest executes it: for each processor the references, and between them the steps that change
 * the state of the processor. Plain data, made from a trace by `systemImage` (lib/workloads/images/system-image.ts).
 */
import type { References } from '../../processor/references.js';

/** Why the recorded kernel was entered. */
export type EnterCause = 'system call' | 'thread pointer' | 'fault' | 'interrupt';

/**
 * A privileged instruction. The trace does not have its operands; where they follow from its place in a sequence that
 * writes a TLB entry, they are named.
 */
export type Privileged =
  | 'mfc0'
  | 'mfc0 Index'
  | 'mtc0'
  | 'mtc0 EntryHi'
  | 'mtc0 EntryLo0'
  | 'mtc0 EntryLo1'
  | 'tlbr'
  | 'tlbp'
  | 'tlbwi'
  | 'tlbwr'
  | 'di'
  | 'ei'
  | 'wait'
  | 'cache'
  | 'mt';

/** What a recorded processor does next. */
export type SystemStep =
  /** Executes references `from` up to `to`, in user mode or in the kernel. */
  | { readonly kind: 'run'; readonly from: number; readonly to: number; readonly user: boolean }
  /** Executes instructions that touch no memory. */
  | { readonly kind: 'compute'; readonly instructions: number; readonly user: boolean }
  /** Executes a privileged instruction. `page` is the virtual page that its TLB entry is about, -1 if the trace does not say. */
  | { readonly kind: 'privileged'; readonly operation: Privileged; readonly page: number }
  /** Takes an exception. With `status` one of the recorded mtc0 is the write of Status that leaves exception level. */
  | { readonly kind: 'enter'; readonly cause: EnterCause; readonly status: boolean }
  /** Returns from an exception. With `status` one of the recorded mtc0 is the write of Status that sets the mode. */
  | { readonly kind: 'return'; readonly to: 'user' | 'kernel'; readonly status: boolean }
  /** Runs another task from now on. */
  | { readonly kind: 'task'; readonly task: number }
  /** A virtual page leads to a physical page: for the task at hand below 0x80000, else for all. */
  | { readonly kind: 'map'; readonly page: number; readonly physical: number };

/** One recorded processor. */
export interface SystemStream extends References {
  readonly steps: readonly SystemStep[];
}

/** Instructions and what they were, of a part of a recording. */
export interface SystemCounts {
  userInstructions: number;
  kernelInstructions: number;
  loads: number;
  stores: number;
  /** Special instructions, by code (NtrSpecial). */
  readonly special: number[];
}

/** A recorded system. */
export interface SystemImage {
  readonly name: string;
  readonly streams: readonly SystemStream[];
  /** Physical pages, from 0 on, that the recording uses: renumbered in the order of their recorded numbers. */
  readonly pages: number;
  /** Whether the kernel is in the mapped supervisor segment instead of kseg0. */
  readonly mapped: boolean;
  /** Where the kernel sees physical page 0. */
  readonly base: number;
  /** Where the handler of TLB refills begins, and the bytes of the lines that it is fetched in. */
  readonly refillVector: number;
  readonly fetchLineBytes: number;
  /** What the guest executes of the recording. */
  readonly kept: SystemCounts;
  /** Handlers of TLB refills, which are not executed because refills arise again, and how many wrote an entry. */
  readonly removed: SystemCounts;
  readonly removedRefills: number;
  /** Visits of the kernel for the thread pointer that were left out, and their instructions. */
  readonly dropped: SystemCounts;
}
