/**
 * References to memory in packed form: what the processor's hot loop reads.
 * Two parallel arrays. `words[i]` is a virtual byte address whose two low bits are replaced by the kind of reference;
 * `gaps[i]` is the number of instructions executed since the reference before it.
 */

/** Kinds of packed references. A fetch stands for all instructions executed from its line until the next fetch. */
export const ReferenceKind = { Load: 0, Store: 1, Fetch: 2 } as const;

/** References in order of execution. Read-only for the processor: several processors may replay the same arrays. */
export interface References {
  /** (address & ~3) | kind, as a signed 32-bit integer. Addresses of kernel mode have the sign bit set. */
  readonly words: Int32Array;
  /** Instructions since the reference before; each counts one cycle. */
  readonly gaps: Uint16Array;
}

/** Packs one reference. */
export function packReference(address: number, kind: number): number {
  return (address & ~3) | kind;
}
