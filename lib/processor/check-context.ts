/**
 * What keeps a context from being executed. Programs hand contexts to the processor, and one of a hostile program may hold
 * anything: numbers that would spoil time and accounts, a Status of its own choice, or a context that is executed elsewhere.
 */
import { Context } from './context.js';
import { described, lengthOf, OwnOperation } from './foreign.js';
import { isService, isWhole, type Present } from './check-operation.js';
import { ACTIVITIES } from './software.js';

/** What is wrong with a value as a context, null if nothing is. Throws nothing. */
export function contextFault(value: unknown, present: Present): string | null {
  if (!Context.is(value)) return `${described(value)} is no context`;
  try {
    return numbersFault(value, present) ?? restFault(value);
  } catch {
    return 'a context that cannot be read';
  }
}

/** Lets a context that may be hostile hand over to another one: null if it may, or what is wrong with that. */
export function takeOver(from: Context, to: unknown, present: Present): string | null {
  const fault = contextFault(to, present);
  if (fault !== null) return fault;
  const next = to as Context;
  if (next === from) return null;
  if (next.guest !== null && next.guest !== from.guest) return 'a context of another guest';
  if (next.executor !== null) return 'a context that another processor executes';
  next.guest = from.guest;
  next.executor = from.executor;
  from.executor = null;
  return null;
}

function numbersFault({ activity, service, owed, at, status, mode }: Context, present: Present): string | null {
  if (!isWhole(activity, -1, ACTIVITIES.length - 1))
    return `a context with activity ${described(activity)}; it is from 0 to ${ACTIVITIES.length - 1}, or -1`;
  if (service === -1 || !isService(service, present.services))
    return `a context with service ${described(service)}, which the software does not name`;
  if (!isWhole(owed, 0, Number.MAX_SAFE_INTEGER)) return `a context that owes ${described(owed)} ticks`;
  if (!isWhole(at, 0, Number.MAX_SAFE_INTEGER)) return `a context that has come to ${described(at)} in its operation`;
  if (status !== -1 && !isWhole(status, 0, 2 ** 32 - 1)) return `a context with Status ${described(status)}`;
  return Number.isInteger(mode) ? null : `a context with mode ${described(mode)}`;
}

function restFault({ done, gapDone, operation, interrupted, line }: Context): string | null {
  if (typeof done !== 'boolean' || typeof gapDone !== 'boolean') return 'a context that neither goes on nor has ended';
  if (operation !== null && !OwnOperation.is(operation)) return `a context with operation ${described(operation)}`;
  if (interrupted !== null && !Context.is(interrupted)) return `a context that interrupted ${described(interrupted)}`;
  return line === null || lengthOf(line, 'Int32Array') > 0 ? null : `a context with line ${described(line)}`;
}
