/** The next operation of a context, from a program that is trusted or from one that may be hostile. */
import type { Context } from '../context.js';
import { nextOperation, notAnOperation } from '../foreign.js';
import { isService, isWhole } from '../check-operation.js';
import { Op, type Operation } from '../operations.js';
import { ACTIVITIES } from '../software.js';
import type { Execution } from './execution.js';

/** Fetches from a program that is trusted: what it throws ends the run. */
export function fetchTrusted(frame: Context, execution: Execution): void {
  const next = frame.program.next(frame.result);
  frame.result = 0;
  if (frame.activity >= 0) execution.acted = true;
  if (next.done === true) {
    frame.done = true;
    return;
  }
  const { value } = next;
  if (typeof value !== 'object' || (value as unknown) === null) execution.fail(notAnOperation(value));
  begin(frame, value, execution);
}

/**
 * Fetches from a program that may be hostile: nothing of what it yields or throws is taken on trust. `services` is the number
 * of services that the software names, or null.
 */
export function fetchHostile(frame: Context, execution: Execution, services: number | null): void {
  const next = nextOperation(frame);
  frame.result = 0;
  // It may hold its own context, and may have set there what the processor goes by.
  frame.owed = 0;
  const { activity, service } = frame;
  const wrong = !isWhole(activity, -1, ACTIVITIES.length - 1) || service < 0 || !isService(service, services);
  if (wrong) frame.activity = frame.service = 0;
  if (frame.activity >= 0) execution.acted = true;
  if (next === null) frame.done = true;
  else begin(frame, next, execution);
}

function begin(frame: Context, operation: Operation, execution: Execution): void {
  frame.operation = operation;
  frame.at = operation.kind === Op.Block ? operation.a : 0;
  frame.gapDone = false;
  if (execution.observer !== null) execution.observer.fetched?.(frame, operation);
}
