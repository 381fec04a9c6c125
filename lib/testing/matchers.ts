/**
 * Matchers on decisions for Jest and Vitest, which have one protocol: `expect.extend(policyMatchers)`.
 * The library imports neither, and their types are told about the matchers in the user's project (docs/testing-policies.md):
 * the two declare their interfaces with other type parameters from version to version, which no package can follow.
 */
import { plainObject, shown, wholeNumber } from '../engine/checks.js';
import type { Decision } from '../placement/decision.js';
import { decisionText } from './decision-text.js';

/** The matchers as methods of what `expect` returns; `R` is what they return there. */
export interface PolicyMatchers<R> {
  /** The decision places the page, on the node `to` if it is given. */
  toPlace(to?: number): R;
  /** The decision leaves the page as it is. */
  toStay(): R;
  /** The decision migrates the page, to the node `to` if it is given. */
  toMigrate(to?: number): R;
  /** The decision replicates the page, on the node `to` if it is given. */
  toReplicate(to?: number): R;
  /** The decision drops the replicas. */
  toCollapse(): R;
  /** The decision promotes the page, to the node `to` if it is given. */
  toPromote(to?: number): R;
  /** The decision demotes the page, to the node `to` if it is given. */
  toDemote(to?: number): R;
  /** The decision lets the page change places with another one, the page `other` if it is given. */
  toExchange(other?: number): R;
  /** The decision freezes the page. */
  toFreeze(): R;
  /** The decision thaws the page. */
  toThaw(): R;
  /** The reason of the decision is the text, or matches the regular expression. */
  toHaveReason(reason: string | RegExp): R;
}

/** What a matcher answers to Jest or Vitest. */
export interface MatcherAnswer {
  /** Whether the decision is as expected. */
  readonly pass: boolean;
  /** What was expected and what was decided. */
  readonly message: () => string;
}

/** One matcher, as `expect.extend` takes it: the decision, then the arguments of the test. */
export type PolicyMatcher<Arguments extends unknown[]> = (decision: unknown, ...expected: Arguments) => MatcherAnswer;

type Action = Decision['action'];

/** Give it to `expect.extend` of Jest or Vitest. A value that is no decision is an error, also after `not`. */
export const policyMatchers = {
  toPlace: targeted('toPlace', 'place', 'to'),
  toStay: plain('toStay', 'stay'),
  toMigrate: targeted('toMigrate', 'migrate', 'to'),
  toReplicate: targeted('toReplicate', 'replicate', 'to'),
  toCollapse: plain('toCollapse', 'collapse'),
  toPromote: targeted('toPromote', 'promote', 'to'),
  toDemote: targeted('toDemote', 'demote', 'to'),
  toExchange: targeted('toExchange', 'exchange', 'with'),
  toFreeze: plain('toFreeze', 'freeze'),
  toThaw: plain('toThaw', 'thaw'),
  /** The reason is the text, or matches the pattern. */
  toHaveReason,
} satisfies Readonly<Record<keyof PolicyMatchers<void>, PolicyMatcher<never[]>>>;

function plain(name: string, action: Action): PolicyMatcher<[]> {
  return value => {
    const decision = decisionOf(name, value);
    return answer(decision.action === action, action, decision);
  };
}

function targeted(name: string, action: Action, field: 'to' | 'with'): PolicyMatcher<[target?: number]> {
  return (value, target) => {
    const decision = decisionOf(name, value);
    if (target !== undefined) wholeNumber(target, `${name}: ${field}`);
    const found = (decision as Readonly<Record<string, unknown>>)[field];
    const pass = decision.action === action && (target === undefined || found === target);
    const where = target === undefined ? '' : field === 'to' ? ` to node ${target}` : ` with page ${target}`;
    return answer(pass, `${action}${where}`, decision);
  };
}

function toHaveReason(value: unknown, reason: string | RegExp): MatcherAnswer {
  const decision = decisionOf('toHaveReason', value);
  if (typeof reason !== 'string' && !(reason instanceof RegExp))
    throw new RangeError(`toHaveReason: the reason is ${shown(reason)}; give a string or a regular expression`);
  const pass = typeof reason === 'string' ? decision.because === reason : decision.because.search(reason) >= 0;
  const wanted = typeof reason === 'string' ? JSON.stringify(reason) : `something like ${String(reason)}`;
  return answer(pass, `give as its reason ${wanted}`, decision);
}

function answer(pass: boolean, wanted: string, decision: Decision): MatcherAnswer {
  const message = (): string =>
    pass
      ? `the policy should not ${wanted}, but it decided: ${decisionText(decision)}`
      : `the policy should ${wanted}; it decided: ${decisionText(decision)}`;
  return { pass, message };
}

function decisionOf(matcher: string, value: unknown): Decision {
  plainObject(value, `${matcher}: the decision`);
  const { action, because } = value as Partial<Decision>;
  if (typeof action === 'string' && typeof because === 'string') return value as Decision;
  const fields = `an action of ${shown(action)} and a reason of ${shown(because)}`;
  throw new RangeError(`${matcher}: the decision has ${fields}; give what decide returned`);
}
