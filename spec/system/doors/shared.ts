/** What several tables of doors use. */

/** Fails like a component that must not fail here. */
export function NO_FAULTS(message: string): never {
  throw new Error(message);
}
