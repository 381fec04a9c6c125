/** The steps of the explored model as numbers: an access, a delivery, or home that calls a line back. */

// A delivery is its message; an access is `ACCESS | event << 8 | value << 7 | line << 6 | cache`.

/** Added to the number of an access or a recall. */
export const ACCESS = 1 << 16;
/** What stands for an access's event in a recall. */
export const RECALL = 3;

/** Whether a step is a delivery. */
export const isDelivery = (step: number): boolean => step < ACCESS;

/** An access: `value` is that of a store that hits. */
export interface AccessMeaning {
  /** Of a cache; or home calls the line back. */
  readonly access: 'load' | 'store' | 'evict' | 'recall';
  /** -1 for home. */
  readonly cache: number;
  readonly line: number;
  readonly value: number;
}

/** What a step is. */
export function meaningOf(step: number): AccessMeaning | { readonly message: number } {
  if (isDelivery(step)) return { message: step };
  const access = (['load', 'store', 'evict', 'recall'] as const)[(step >> 8) & 3];
  return { access, cache: access === 'recall' ? -1 : step & 63, line: (step >> 6) & 1, value: (step >> 7) & 1 };
}
