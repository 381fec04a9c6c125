/** Where pages of files are kept when they are not in memory: a disk, or something that behaves like one. */
import type { Code, KernelThread } from '../../../../system/code.js';

/** Called when a transfer is over, in interrupt context: it must not sleep. `error`: 0, or an ErrorNumber. */
export type Completion = (thread: KernelThread, error: number) => Code;

/** Reads and writes whole pages. */
export interface PageStore {
  /**
   * Starts a transfer between consecutive blocks from `block` on and physical pages, and returns without waiting. The
   * pages stay where they are until `done`.
   */
  start(thread: KernelThread, op: 'read' | 'write', block: number, pages: readonly number[], done: Completion): Code;
}
