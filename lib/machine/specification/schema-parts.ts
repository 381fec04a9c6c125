/** What schemas are made of: objects that suggest keys, names that suggest names, counts and times. */
import { z } from 'zod';
import { suggestion } from '../../engine/suggestion.js';

type Shape = Record<string, z.ZodType>;

/** An object without other keys. Of unknown keys the message has one line each, for whoever splits it. */
export function object<S extends Shape>(shape: S) {
  return z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? keys.map(key => `is unknown${suggestion(key, Object.keys(shape))}`).join('\n')
        : undefined,
  });
}

/** One of some names. */
export function name<N extends string>(names: readonly N[]) {
  return z.enum(names as [N, ...N[]], {
    error: ({ input }) =>
      input === undefined
        ? `is missing: one of ${names.join(', ')}`
        : `is none of ${names.join(', ')}${typeof input === 'string' ? suggestion(input, names) : ''}`,
  });
}

/** One of some names, for a choice between a name and an object: what is no string at all is no such choice. */
export function presetName<N extends string>(names: readonly N[]): z.ZodType<N> {
  const known: z.ZodType<string> = z.string().refine(value => (names as readonly string[]).includes(value), {
    error: ({ input }) => `is none of ${names.join(', ')}${suggestion(input as string, names)}`,
  });
  return known as z.ZodType<N>;
}

export const text = z.string().max(2000);
export const count = (least: number, most: number) => z.int().min(least).max(most);
/** At most a second. */
export const duration = z.number().min(0).max(1e9);
/** What takes time takes at least a picosecond. */
export const positive = z.number().min(0.001).max(1e9);
