/** What a processor expects of the software in kernel mode: an answer to every exception. */
import type { InterruptMessage } from '../messages/coherence-messages.js';
import type { Context } from './context.js';
import type { Processor } from './processor.js';

/** How a TLB refill ends. */
export interface Refill {
  /** Instructions of the handler. */
  readonly cycles: number;
  /** Frame and byte offset of the page-table entry that it reads, past the TLB; frame -1 if it reads none. */
  readonly frame: number;
  readonly offset: number;
  /** What its time is charged to: see Activity; TlbRefill unless given. */
  readonly activity?: number;
  /** The service that its time belongs to; that of the context which missed unless given. */
  readonly service?: number;
}

/** A processor as system software sees it, real or virtual. */
export interface Cpu {
  /** Its number, from 0, among those that the software runs on. */
  readonly number: number;
}

/** What is wrong with a program outside of kernel mode, for software that isolates. */
export interface ProgramFault {
  /** A sentence for people. */
  readonly message: string;
  /**
   * The program cannot continue: it has thrown, or yields without end while no time passes. Otherwise only its operation is
   * malformed, and the software may skip it like any other reserved instruction.
   */
  readonly fatal: boolean;
  /** What it has thrown; undefined if it has thrown nothing. */
  readonly thrown: unknown;
}

/** An exception: what the hardware says of it besides what it puts into registers. */
export interface Exception {
  /** Why: see ExceptionCode. Also in Cause. */
  readonly code: number;
  /** Where it is taken: see Vector. */
  readonly vector: number;
  /** The address it is about, unsigned; -1 if none. Also in BadVAddr. */
  readonly address: number;
  /** What EPC points at: who was interrupted, and goes on at its operation. Null if the processor was idle. */
  readonly context: Context | null;
  /** What an interrupt of a device or processor says; null in other exceptions. */
  readonly message: InterruptMessage | null;
  /** Of a reserved instruction that is one because the program is at fault; null or missing in all other exceptions. */
  readonly fault?: ProgramFault | null;
}

/**
 * Software in kernel mode: it answers exceptions with programs. Both methods are called at the present, in the total
 * order of time and processor, so they may look at state that is shared between processors. Handlers run at the present too.
 */
export interface SystemSoftware {
  /**
   * An exception. The context that is returned runs from the vector on, in kernel mode with interrupts off. It ends with
   * a `returnFromException`, or simply ends: then whoever was interrupted goes on with the registers as they were.
   * Null if there is nothing to execute. Whoever serves a system call completes it.
   */
  exception(processor: Processor, exception: Exception): Context | null;
  /**
   * A TLB refill whose handler is so simple that its length says everything: writes an entry, or returns null if there
   * is no translation, which is an exception then. Software without it gets all refills as exceptions.
   */
  refill?(processor: Processor, page: number): Refill | null;
  /** The processor's program has ended. */
  ended(processor: Processor): void;
  /**
   * Programs outside of kernel mode may be hostile. With it a malformed operation of theirs, and whatever they throw, is a
   * reserved instruction that says what is wrong. Without it either ends the run with an error.
   */
  readonly isolates?: boolean;
  /** Names of the services that `annotate` counts, by number; the first is that of who has none. */
  readonly services?: readonly string[];
}

/** What a processor's time is spent on. Every tick belongs to exactly one. */
export const ACTIVITIES = [
  'user',
  'kernel',
  'cache',
  'local stall',
  'remote stall',
  'tlb refill',
  'page fault',
  'page moving',
  'interrupt',
  'synchronisation',
  'idle',
  'monitor',
] as const;

/** Indices into ACTIVITIES. */
export const Activity = {
  User: 0,
  Kernel: 1,
  Cache: 2,
  LocalStall: 3,
  RemoteStall: 4,
  TlbRefill: 5,
  PageFault: 6,
  PageMoving: 7,
  Interrupt: 8,
  Synchronisation: 9,
  Idle: 10,
  Monitor: 11,
} as const;
