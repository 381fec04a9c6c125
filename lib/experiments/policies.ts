/** Placement policies by name, as the command line and sweeps use them. Each call makes a fresh policy object. */
import { plainObject } from '../engine/checks.js';
import { suggestion } from '../engine/suggestion.js';
import { namedPolicies } from '../placement/policies/all.js';
import type { PlacementPolicy } from '../placement/policy.js';

/** Names of policies, in the order of tables. */
export const policyNames: readonly string[] = Object.keys(namedPolicies);

/** Makes a fresh policy. */
export type PolicyMaker = () => PlacementPolicy;

/** Makers of policies by name. */
export const policies: Readonly<Record<string, PolicyMaker>> = Object.fromEntries(
  policyNames.map(name => [name, () => namedPolicy(name)]),
);

/**
 * A policy by name, with some of its options changed. Throws a RangeError for a name or an option that there is not, and for
 * options that the policy refuses.
 */
export function namedPolicy(name: string, changes: object = {}): PlacementPolicy {
  plainObject(changes, 'the options of a policy');
  if (!Object.hasOwn(namedPolicies, name))
    throw new RangeError(
      `there is no policy ${String(name)}${suggestion(String(name), policyNames) || ';'} there are ${policyNames.join(', ')}`,
    );
  const { options, make } = namedPolicies[name];
  const known = Object.keys(options);
  for (const option of Object.keys(changes))
    if (!known.includes(option))
      throw new RangeError(
        known.length === 0
          ? `the policy ${name} has no options, but ${option} was given; leave it out`
          : `the policy ${name} has no option ${option}${suggestion(option, known) || ';'} there are ${known.join(', ')}`,
      );
  const policy = make({ ...options, ...changes });
  return name === policy.name ? policy : { ...policy, name };
}

/** A fresh policy of that name or that maker. Throws a RangeError for a name that there is not. */
export function madePolicy(choice: string | PolicyMaker): PlacementPolicy {
  return typeof choice === 'function' ? choice() : namedPolicy(choice);
}
