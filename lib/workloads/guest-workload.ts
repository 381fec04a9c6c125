/** A workload for a guest operating system: programs, files, and what is started. */
import type { TreeDescription } from '../guest/commodity/files/make-file-system.js';
import type { Executable } from '../guest/commodity/process.js';

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
}
