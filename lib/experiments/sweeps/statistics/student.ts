/** Student's t distribution, from jstat, which has no types of its own. */
// @ts-expect-error The package has no types; what is used of it is typed here.
import untyped from 'jstat';

const jstat = untyped as { readonly studentt: { inv(probability: number, freedom: number): number } };

/** The value below which a variable with this number of degrees of freedom lies with this probability. */
export function studentQuantile(probability: number, freedom: number): number {
  return jstat.studentt.inv(probability, freedom);
}
