/** Processes: what user programs run in. */
import type { Program } from '../../../processor/operations.js';
import type { Channel } from '../../../system/code.js';
import type { AddressSpace } from '../memory/address-space.js';
import type { Thread } from './threads.js';

/**
 * What the exit status of a process says when the kernel ended it: 128 and the number of the signal. Addresses that are
 * not the process's; memory that is not there and addresses that are not aligned; instructions that are not for users;
 * memory that is exhausted.
 */
export const KILLED = { segmentation: 139, bus: 138, illegal: 132, memory: 137 } as const;

/** A process. No lock: what changes is looked at and changed between yields only. */
export class Process {
  readonly id: number;
  readonly parent: Process | null;
  name: string;
  space: AddressSpace;
  /** Its threads that have not ended. */
  readonly threads = new Set<Thread>();
  /** Children that have not been waited for. */
  readonly children = new Set<Process>();
  /** Where it waits for children to end. */
  readonly childEnded: Channel;
  /** What its last thread was told when it ended, -1 while it runs. */
  status = -1;
  /** State of other parts of the kernel, such as its open files. */
  readonly parts = new Map<string, unknown>();

  constructor(id: number, name: string, parent: Process | null, space: AddressSpace, childEnded: Channel) {
    this.id = id;
    this.name = name;
    this.parent = parent;
    this.space = space;
    this.childEnded = childEnded;
    parent?.children.add(this);
  }

  /** Its last thread has ended. */
  get ended(): boolean {
    return this.status >= 0;
  }
}

/** A range of pages that a program is loaded into. */
export interface ProgramRegion {
  readonly kind: 'text' | 'data' | 'zero';
  /** First virtual page, and how many. */
  readonly first: number;
  readonly pages: number;
  /** Page of the executable file where it begins; for `text` and `data`. */
  readonly filePage?: number;
  /** Its end is what `brk` moves; for one region of kind `zero`. */
  readonly heap?: boolean;
}

/** A program that `execve` can start. */
export interface Executable {
  /** The file that holds it, or null for one that is not in any file system: then its text and data are zeros. */
  readonly path: string | null;
  readonly regions: readonly ProgramRegion[];
  /** What it does. */
  program(args: readonly string[]): Program;
}
