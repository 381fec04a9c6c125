/** Conditions of litmus tests: what is asked of an outcome, and of the set of all outcomes. */
import type { LitmusOutcome } from './litmus-test.js';

/** `exists`: some outcome does it; `~exists`: none does; `forall`: every one does. */
export type LitmusQuantifier = 'exists' | '~exists' | 'forall';

/** A proposition about an outcome. */
export type LitmusCondition =
  | { readonly kind: 'true' }
  /** `index` is a place in the outcome; the value may be an address (litmus-values.ts). */
  | { readonly kind: 'equals'; readonly index: number; readonly value: number }
  | { readonly kind: 'not'; readonly of: LitmusCondition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly LitmusCondition[] };

/** What a set of outcomes says about a condition. */
export type LitmusVerdict = 'allowed' | 'forbidden' | 'always holds' | 'can fail';

/** Whether a proposition holds of an outcome. */
export function holds(condition: LitmusCondition, outcome: LitmusOutcome): boolean {
  switch (condition.kind) {
    case 'true':
      return true;
    case 'equals':
      return outcome[condition.index] === condition.value;
    case 'not':
      return !holds(condition.of, outcome);
    case 'and':
      return condition.of.every(part => holds(part, outcome));
    case 'or':
      return condition.of.some(part => holds(part, outcome));
  }
}

/** Whether outcomes show what `exists` or `~exists` asks for, or always what `forall` does. */
export function verdict(
  test: { readonly quantifier: LitmusQuantifier; readonly condition: LitmusCondition },
  outcomes: readonly LitmusOutcome[],
): LitmusVerdict {
  const { quantifier, condition } = test;
  if (quantifier === 'forall')
    return outcomes.every(outcome => holds(condition, outcome)) ? 'always holds' : 'can fail';
  return outcomes.some(outcome => holds(condition, outcome)) ? 'allowed' : 'forbidden';
}
