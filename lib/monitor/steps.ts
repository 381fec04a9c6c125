/** Code of the monitor: what a handler is put together from. */
import type { Operation } from '../processor/operations.js';

/**
 * A piece of a handler: yields operations and returns a value. It runs in kernel mode with interrupts off and at the
 * present, so between two operations it may look at and change what the monitor knows, as wait-free code does; nobody else
 * is in between. Interrupts are served while it yields `wait`, and only then.
 */
export type Steps<Value = void> = Generator<Operation, Value, number>;
