/** What user programs hand to the kernel may be anything. These say whether it is what it has to be. */
import type { Program } from '../../../processor/operations.js';
import { KSEG0 } from '../../../processor/segments.js';
import type { SystemCall } from '../calls/system-calls.js';

/** A system call in form; what it asks for is another matter. */
export function isSystemCall(value: unknown): value is SystemCall {
  if (typeof value !== 'object' || value === null) return false;
  const { call, args } = value as Partial<Record<keyof SystemCall, unknown>>;
  return typeof call === 'string' && Array.isArray(args);
}

/** An integer within bounds, which are 0 and the largest of 31 bits unless given. */
export function isInteger(value: unknown, least = 0, most = 0x7fffffff): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Something that makes a program. */
export function isProgramMaker(value: unknown): value is () => Program {
  return typeof value === 'function';
}

/** A program. */
export function isProgram(value: unknown): value is Program {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Program>).next === 'function';
}

/** Strings. */
export function areStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(each => typeof each === 'string');
}

/** Bytes that lie in the user's segment, whether there is memory or not. A kernel may touch more, so it has to ask. */
export function isUserRange(address: unknown, bytes: unknown): boolean {
  return isInteger(address, 0, KSEG0) && isInteger(bytes, 0, KSEG0 - address);
}
