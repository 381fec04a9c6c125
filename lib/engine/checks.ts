/**
 * Checks at the doors of the library: what a caller hands in is looked at once, where it comes in, and refused by an error
 * that says what was given, what is allowed and, with the name, where to change it. Not for hot paths.
 */

/** A value as an error shows it: strings in quotes, so that '1' is not taken for 1, and objects by their shape. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}

/** Throws a RangeError unless `value` is a whole number from `least` to `most`; `name` says whose it is. */
export function wholeNumber(value: unknown, name: string, least = 0, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  throw new RangeError(`${name} is ${shown(value)}; give a whole number ${range(least, most)}`);
}

/** Throws a RangeError unless `value` is a number from `least` to `most`, infinities and NaN excluded. */
export function finiteNumber(value: unknown, name: string, least = 0, most = Number.MAX_VALUE): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw new RangeError(`${name} is ${shown(value)}; give a number ${range(least, most)}`);
}

/** Throws a RangeError unless `value` is a finite number above `bound` and at most `most`. */
export function numberAbove(value: unknown, name: string, bound: number, most = Number.MAX_VALUE): void {
  if (typeof value === 'number' && value > bound && value <= most) return;
  const upTo = most === Number.MAX_VALUE ? '' : ` and at most ${most}`;
  throw new RangeError(`${name} is ${shown(value)}; give a number above ${bound}${upTo}`);
}

/** Throws a RangeError unless `value` is an object (no array): the options, or a part of them, that `name` says. */
export function plainObject(value: unknown, name: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new RangeError(`${name} is ${shown(value)}; give an object`);
}

/** Throws a RangeError unless `value` is an array. */
export function list(value: unknown, name: string): void {
  if (Array.isArray(value)) return;
  throw new RangeError(`${name} is ${shown(value)}; give an array`);
}

/** Throws a RangeError unless `value` is a function. */
export function callable(value: unknown, name: string): void {
  if (typeof value === 'function') return;
  throw new RangeError(`${name} is ${shown(value)}; give a function`);
}

/** Throws a RangeError unless `value` is true or false. */
export function flag(value: unknown, name: string): void {
  if (typeof value === 'boolean') return;
  throw new RangeError(`${name} is ${shown(value)}; give true or false`);
}

/** Throws a RangeError unless `value` is a string. */
export function string(value: unknown, name: string): void {
  if (typeof value === 'string') return;
  throw new RangeError(`${name} is ${shown(value)}; give a string`);
}

/** Checks several fields of an object alike, as `wholeNumber` does; `where` is put before their names. */
export function wholeNumbers<Name extends string>(
  options: Readonly<Record<Name, unknown>>,
  names: readonly Name[],
  where: string,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
): void {
  for (const name of names) wholeNumber(options[name], `${where}: ${name}`, least, most);
}

function range(least: number, most: number): string {
  return most === Number.MAX_SAFE_INTEGER || most === Number.MAX_VALUE
    ? `of at least ${least}`
    : `from ${least} to ${most}`;
}
