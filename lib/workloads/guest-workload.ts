/** A workload for a guest operating system: programs, files, what is started, and what of it is measured. */
import type { TreeDescription } from '../guest/commodity/files/disk/make-file-system.js';
import type { Executable } from '../guest/commodity/processes/process.js';
import { systemCall } from '../guest/commodity/calls/system-calls.js';
import type { Operation } from '../processor/operations.js';

/** What runs. */
export interface GuestWorkload {
  readonly name: string;
  /** What it stands for, in a sentence. */
  readonly description: string;
  /** Programs by path. */
  readonly executables: ReadonlyMap<string, Executable>;
  /** File systems by mount point, the root first: what is on them. */
  readonly disks: readonly { readonly mount: string; readonly tree: TreeDescription }[];
  /** Processes that are started, in order; the workload is over when all have ended. */
  readonly start: readonly { readonly path: string; readonly args: readonly string[] }[];
  /** What is measured; all of it unless given. */
  readonly window?: MeasuredWindow;
}

/** The part of a workload that is measured: without its start, during which caches and memory are cold. */
export interface MeasuredWindow {
  /** It begins when programs have made so many calls of `measure`; from 1 up. */
  readonly marks: number;
  /** Simulated nanoseconds that it lasts, at most. */
  readonly ns?: number;
  /** It ends when they have made so many calls; more than `marks`. With neither it lasts until the workload is over. */
  readonly endMarks?: number;
}

/** The name of the call of `measure`. Whoever runs a workload with a window serves it. */
export const MEASURE = 'measure';

/** Says that a process is where what is measured begins, or ends. To a kernel that does not serve it a call like any other. */
export const measure = (): Operation => systemCall(MEASURE);
