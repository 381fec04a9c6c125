/** Observation of what a processor executes. Behaviour never depends on it, and fingerprints do not know of it. */
import type { Context } from './context.js';
import type { Operation } from './operations.js';
import type { Exception, Refill } from './software.js';

/**
 * What may be watched of one processor. A processor without an observer pays one comparison for each operation that is fetched
 * and for each exception. The present of each call is the tick at which it happens; a program of a user is fetched ahead of that
 * unless the machine is built with `runAhead: false`. Nothing that is handed over may be changed.
 */
export interface ExecutionObserver {
  /** An operation of a context has been fetched, and begins now. */
  fetched?(context: Context, operation: Operation): void;

  /** An exception was taken, and a handler of the system software is on top of what was executed. */
  entered?(handler: Context, exception: Exception): void;

  /** The processor continues with a context after a return, a switch or the end of a handler; with null it is idle. */
  continued?(context: Context | null): void;

  /** A TLB refill whose handler is not executed one operation after the other begins. */
  refilled?(page: number, refill: Refill): void;
}
