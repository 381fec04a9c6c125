/** What a processor expects of the software in kernel mode: an answer to every trap. */
import type { InterruptMessage } from '../coherence/messages.js';
import type { Program } from './operations.js';
import type { Processor } from './processor.js';

/** How a TLB refill ends. */
export interface Refill {
  /** Instructions of the handler. */
  readonly cycles: number;
  /** Frame and byte offset of the page-table entry that it reads, past the TLB; frame -1 if it reads none. */
  readonly frame: number;
  readonly offset: number;
}

/**
 * Software in kernel mode. Every method is called at the present, in the total order of time and processor, so it may
 * look at state that it shares between processors. Programs that it returns run at the present too.
 */
export interface SystemSoftware {
  /** A page is not in the TLB. Writes an entry and says what that cost, or returns null if there is no translation. */
  refill(processor: Processor, page: number): Refill | null;
  /** `refill` found no translation. The access is tried again when the program is done. */
  fault(processor: Processor, page: number, store: boolean): Handler;
  /** A store to a page whose entry forbids it. The access is tried again when the program is done. */
  modified(processor: Processor, page: number): Handler;
  /** An interrupt. */
  interrupt(processor: Processor, message: InterruptMessage): Handler;
  /** A service call of the program. A number is its result at once; a handler's result is 0. */
  call(processor: Processor, request: unknown): Handler | number;
  /** The processor's program has ended. */
  ended(processor: Processor): void;
}

/** A program for a trap, and the activity that its time is charged to: an index into ACTIVITIES. */
export interface Handler {
  readonly program: Program;
  readonly activity: number;
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
} as const;
