/** Why numbers are off, as far as it is known: mechanisms that the model lacks or has otherwise, found by experiment. */

/** Which rows a reason is about; what is not given is any. */
interface About {
  readonly experiment?: RegExp;
  readonly configuration?: RegExp;
  readonly quantity?: RegExp;
}

/** The first that fits is given. */
const REASONS: readonly (readonly [about: About, why: string])[] = [];

/** The reason for a row that is off, or null if none is known. */
export function whyOff(row: { readonly [name in keyof About]-?: string }): string | null {
  const fits = (about: About): boolean =>
    (Object.keys(about) as (keyof About)[]).every(name => about[name]!.test(row[name]));
  return REASONS.find(([about]) => fits(about))?.[1] ?? null;
}
