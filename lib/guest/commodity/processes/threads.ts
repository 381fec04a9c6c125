/** Kernel threads and processors as the scheduler knows them. */
import type { Context } from '../../../processor/context.js';
import { LINE_BYTES } from '../address-layout.js';
import type { AddressSpace } from '../memory/address-space.js';
import type { KernelData } from '../memory/kernel-data.js';
import type { PhysicalPages } from '../memory/physical-pages.js';
import type { PageTables } from '../memory/page-tables.js';
import type { KernelThread } from '../../../system/code.js';

/** Where a thread stands. */
export type ThreadState = 'running' | 'ready' | 'sleeping' | 'ended';

/** A kernel thread. */
export class Thread implements KernelThread {
  readonly id: number;
  readonly name: string;
  readonly record: number;
  /** Physical page of its kernel stack. */
  readonly stackPage: number;
  /** What user addresses mean to it; null for a thread without user mode. */
  space: AddressSpace | null;
  /** Its page tables there; null if it has no space. */
  tables: PageTables | null;
  /** Guarded by runq, as the fields up to `passed`, but for the contexts and `slice` of a running thread, which are its own. */
  state: ThreadState = 'ready';
  /** The processor that it runs on, null while it does not run. */
  processor: KernelProcessor | null = null;
  /** The processor that it ran on last, -1 at first: where its lines may still be. */
  lastProcessor = -1;
  /** Kernel contexts that it has entered and not left, the innermost last: where it goes on. */
  readonly contexts: Context[] = [];
  /** Ticks of its time slice that are left. */
  slice = 0;
  /** Time slices that it has used up, for comparison with others. */
  slices = 0;
  /** How often a processor has run others that stood behind it, since it came to the head of the queue. */
  passed = 0;
  /** The channel it sleeps on, for people. */
  sleepsOn: string | null = null;

  constructor(id: number, name: string, record: number, stackPage: number, space: AddressSpace | null) {
    this.id = id;
    this.name = name;
    this.record = record;
    this.stackPage = stackPage;
    this.space = space;
    this.tables = space === null ? null : space.join();
  }
}

/** A processor as the kernel knows it. Fields without a word about it are changed by that processor alone. */
export class KernelProcessor {
  readonly number: number;
  /** The thread that waits while there is nothing else. */
  readonly idle: Thread;
  /** Physical page of its private data. */
  readonly dataPage: number;
  /** Address of the word that says how often it has forgotten translations for others, and that number. */
  readonly forgottenAt: number;
  forgotten = 0;
  /** Guarded by runq. */
  current: Thread;
  /** Its idle thread will look at the queue before it waits. Set under runq by who wakes it, and by its idle thread in one event with a look. */
  awake = true;
  /** Guarded by runq. The thread that ended here last, until the one that came next has given its stack back. */
  departed: Thread | null = null;
  /** The address space identifier at hand, which EntryHi has; 0 for none. */
  identifier = 0;
  /** Somebody else should run before it returns to user mode. */
  reschedule = false;
  /** Next address space identifier to be given out, and how often they have run out. */
  nextIdentifier = 1;
  generation = 0;
  /** Compare at its last tick. */
  compare = 0;
  ticks = 0;
  /** Pairs of page tables that it has wired so far. */
  tablesWired = 0;

  constructor(number: number, idle: Thread, dataPage: number, forgottenAt: number) {
    this.number = number;
    this.idle = idle;
    this.dataPage = dataPage;
    this.forgottenAt = forgottenAt;
    this.current = idle;
    idle.processor = this;
    idle.state = 'running';
  }
}

/** Makes a processor with its idle thread, in memory that is taken before the kernel runs. */
export function makeProcessor(number: number, physical: PhysicalPages, data: KernelData): KernelProcessor {
  const record = data.allocate(2 * LINE_BYTES);
  const stackPage = physical.reserve('stack');
  const idle = new Thread(-2 - number, `idle thread of processor ${number}`, record, stackPage, null);
  return new KernelProcessor(number, idle, physical.reserve('kernel'), data.allocate(LINE_BYTES));
}
