/** Placement policies by name, as the command line and sweeps use them. Each call makes a fresh policy object. */
import { plainObject } from '../engine/checks.js';
import { suggestion } from '../engine/suggestion.js';
import { firstTouch } from '../placement/policies/static/first-touch.js';
import { missCounting, type MissCountingOptions } from '../placement/policies/counters/miss-counting.js';
import type { PlacementPolicy } from '../placement/policy.js';
import { verghese1996 } from '../placement/policies/counters/presets.js';
import { roundRobin } from '../placement/policies/static/round-robin.js';

const counting = verghese1996.options;

/**
 * The same rule with an eighth of the misses: for recorded windows of some 30 ms, in which hardly any page gathers the
 * hundred misses after which a move pays for itself. Ours; it shows the mechanism and its price, not a good policy.
 */
const eager = { ...counting, trigger: counting.trigger / 8, sharing: counting.sharing / 8 };

/** Options of the policies that count misses. */
const COUNTING: Readonly<Record<string, MissCountingOptions>> = {
  migrate: { ...counting, migration: true, replication: false },
  replicate: { ...counting, migration: false, replication: true },
  'migrate-replicate': { ...counting, migration: true, replication: true },
  'migrate-replicate-eager': { ...eager, migration: true, replication: true },
};

/** Makers of policies by name. */
export const policies: Readonly<Record<string, () => PlacementPolicy>> = {
  'first-touch': () => firstTouch(),
  'round-robin': () => roundRobin(),
  ...Object.fromEntries(Object.keys(COUNTING).map(name => [name, () => namedPolicy(name)])),
};

/**
 * A policy by name, with some options of a miss-counting one changed. Throws a RangeError for a name or an option that there is not,
 * and for options that the policy refuses.
 */
export function namedPolicy(name: string, changes: Partial<MissCountingOptions> = {}): PlacementPolicy {
  plainObject(changes, 'the options of a policy');
  const known = Object.keys(policies);
  if (!Object.hasOwn(policies, name))
    throw new RangeError(`there is no policy ${name}${suggestion(name, known) || ';'} there are ${known.join(', ')}`);
  const usual = Object.hasOwn(COUNTING, name) ? COUNTING[name] : undefined;
  const options = Object.keys(usual ?? {});
  for (const option of Object.keys(changes))
    if (!options.includes(option))
      throw new RangeError(
        usual === undefined
          ? `the policy ${name} has no options, but ${option} was given; leave it out`
          : `the policy ${name} has no option ${option}${suggestion(option, options) || ';'} there are ${options.join(', ')}`,
      );
  if (usual === undefined) return policies[name]();
  const policy = missCounting({ ...usual, ...changes });
  return name === policy.name ? policy : named(name, policy);
}

function named(name: string, policy: PlacementPolicy): PlacementPolicy {
  return { ...policy, name, decide: (evidence, page, memory) => policy.decide(evidence, page, memory) };
}
