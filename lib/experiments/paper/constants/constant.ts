/** How a constant of the model is listed. */

/**
 * Where a number comes from. `published`: it stands in a publication, which the source names; sources that were not open say `recalled`.
 * `measured`: it was counted on a real program, kernel or recording. `estimated`: a choice of ours, with its reasoning in the source.
 * `fitted`: it was changed until a number of the paper was met, which the source names.
 */
export const CONSTANT_KINDS = ['published', 'measured', 'estimated', 'fitted'] as const;
/** See CONSTANT_KINDS. */
export type ConstantKind = (typeof CONSTANT_KINDS)[number];

/** A constant of the model. Its value stands in the code only. */
export interface Constant {
  /** What it is. */
  readonly name: string;
  /** The file that has it, from the root of the repository. */
  readonly file: string;
  /**
   * Where in the file: names from the outside in, such as `MONITOR_STEPS.refill hit`. `callee[n]` is the argument n of a call, `[n]` an element
   * of an array; a second one with the same names ends in #2.
   */
  readonly constant: string;
  readonly kind: ConstantKind;
  readonly source: string;
}

/** What constants that are listed together have in common. */
export type Origin = Pick<Constant, 'file' | 'kind' | 'source'>;

/** Constants of one origin: what each is, by where it is. */
export function listed(origin: Origin, names: Readonly<Record<string, string>>): Constant[] {
  return Object.entries(names).map(([constant, name]) => ({ name, constant, ...origin }));
}
