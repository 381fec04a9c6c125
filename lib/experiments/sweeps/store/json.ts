/** Plain JSON data, and one text for each: what the key of a point is made of. */
import { shown } from '../../../engine/checks.js';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The text of a value, in which names are sorted: equal values have equal texts, in whatever order they were written. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join(',')}}`;
}

/** Throws a RangeError that says where a value has something that JSON cannot hold. */
export function checkJson(value: unknown, name: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (Array.isArray(value)) value.forEach((part, i) => checkJson(part, `${name}: ${i}`));
  else if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    for (const [part, inside] of Object.entries(value)) checkJson(inside, `${name}: ${part}`);
  else
    throw new RangeError(
      `${name} is ${shown(value)}; give plain JSON: text, a number, true, false, null, a list or an object`,
    );
}
