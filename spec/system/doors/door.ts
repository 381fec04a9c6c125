/**
 * What a public door is fed: a call that is in order, then the same call with one number at a time replaced by a value that is not valid,
 * and with one object at a time left out. Every such call must be refused by an error of this library that names the value or
 * its place, unless the table says that the door takes it.
 */
import { RangeErrorsOfTheHost } from './host-errors.js';

/** What each number is replaced by. */
export const BAD: readonly unknown[] = [NaN, -1, 0.5, '1', null, undefined, 2 ** 60, Infinity];
/** What each object and array is replaced by. */
export const NO_OBJECT: readonly unknown[] = [null, undefined, 7];

/** One exported function or class. */
export interface Door {
  /** Fresh arguments of a call that is in order. */
  readonly args: () => unknown[];
  /** By the place of an argument (`1` or `0.routers.creditCycles`), what is taken there although it is in the lists above. */
  readonly takes?: Readonly<Record<string, readonly unknown[]>>;
  /** What to do with the result for the arguments to be looked at: a generator's first step, a program's run. */
  readonly then?: (result: unknown) => unknown;
  /** Of an abstract class or a group of functions: what to call instead of the export. */
  readonly call?: (...args: never[]) => unknown;
  /** Places that are not looked into: objects of other doors, data that a room checks where it is used. */
  readonly closed?: readonly string[];
}

type Step = string | number;

/** What is wrong with a door, a line for each call that is not refused as it should be. */
export function faultsOf(exported: unknown, door: Door): string[] {
  const call = (args: unknown[]): unknown => {
    const result =
      door.call !== undefined
        ? door.call(...(args as never[]))
        : isClass(exported)
          ? Reflect.construct(exported as new () => unknown, args)
          : (exported as (...all: unknown[]) => unknown)(...args);
    return door.then === undefined ? result : door.then(result);
  };
  const faults: string[] = [];
  try {
    call(door.args());
  } catch (error) {
    faults.push(`the call that is in order is refused: ${String(error)}`);
    return faults;
  }
  for (const [path, value] of replacements(door)) {
    const place = path.join('.');
    const taken = (door.takes?.[place] ?? []).some(allowed => Object.is(allowed, value));
    const error = thrownBy(() => call(replaced(door.args(), path, value)));
    const verdict = error === null ? 'is taken' : refusal(error, value, path);
    const what = `${place} = ${typeof value === 'string' ? `'${value}'` : String(value)}`;
    if (taken && error !== null) faults.push(`${what} should be taken, but: ${String(error)}`);
    if (!taken && verdict !== null) faults.push(`${what} ${verdict}`);
  }
  return faults;
}

/** Null if an error is one of this library's that names the value or its place; otherwise what it is. */
function refusal(error: unknown, value: unknown, path: readonly Step[]): string | null {
  if (!(error instanceof Error)) return `throws ${String(error)}, which is no error`;
  if (error.constructor === TypeError || error.constructor === ReferenceError || error.constructor === SyntaxError)
    return `gives a raw ${error.name}: ${error.message}`;
  if (RangeErrorsOfTheHost.test(error.message)) return `gives an error of the host: ${error.message}`;
  const names = [...path].filter(step => typeof step === 'string');
  const shown = typeof value === 'string' ? `"${value}"` : String(value);
  if (value === undefined && error.message.includes('is missing')) return null;
  if (error.message.includes(shown) || names.some(name => error.message.includes(name))) return null;
  return `is refused without its value or place: ${error.message}`;
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return null;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}

/** Every place of the arguments with everything that it is replaced by. */
function* replacements(door: Door): Generator<readonly [path: readonly Step[], value: unknown]> {
  const closed = door.closed ?? [];
  const walk = function* (value: unknown, path: readonly Step[]): Generator<readonly [readonly Step[], unknown]> {
    if (closed.includes(path.join('.'))) return;
    if (typeof value === 'number') for (const bad of BAD) yield [path, bad];
    else if (isPlain(value)) {
      for (const bad of NO_OBJECT) yield [path, bad];
      // Of a list the first and the last element stand for all.
      const keys = Object.keys(value as object);
      const looked = Array.isArray(value) && keys.length > 2 ? [keys[0], keys.at(-1)!] : keys;
      for (const key of looked)
        yield* walk((value as Record<string, unknown>)[key], [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  for (const [index, value] of door.args().entries()) yield* walk(value, [index]);
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return true;
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A copy of the arguments in which one place has another value. */
function replaced(args: unknown[], [step, ...rest]: readonly Step[], value: unknown): unknown[] {
  return replacedIn(args, [step, ...rest], value) as unknown[];
}

function replacedIn(whole: unknown, path: readonly Step[], value: unknown): unknown {
  if (path.length === 0) return value;
  const [step, ...rest] = path as [Step, ...Step[]];
  const copy: unknown = Array.isArray(whole) ? [...(whole as unknown[])] : { ...(whole as object) };
  (copy as Record<Step, unknown>)[step] = replacedIn((whole as Record<Step, unknown>)[step], rest, value);
  return copy;
}

function isClass(exported: unknown): boolean {
  return typeof exported === 'function' && /^class\b/.test(Function.prototype.toString.call(exported));
}
