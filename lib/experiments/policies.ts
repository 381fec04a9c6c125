/** Placement policies by name, as the command line and sweeps use them. Each call makes a fresh policy object. */
import { firstTouch } from '../placement/first-touch.js';
import { missCounting } from '../placement/miss-counting.js';
import type { PlacementPolicy } from '../placement/policy.js';
import { verghese1996 } from '../placement/presets.js';
import { roundRobin } from '../placement/round-robin.js';

const counting = verghese1996.options;

/**
 * The same rule with an eighth of the misses: for recorded windows of some 30 ms, in which hardly any page gathers the
 * hundred misses after which a move pays for itself. Ours; it shows the mechanism and its price, not a good policy.
 */
const eager = { ...counting, trigger: counting.trigger / 8, sharing: counting.sharing / 8 };

/** Makers of policies by name. */
export const policies: Readonly<Record<string, () => PlacementPolicy>> = {
  'first-touch': () => firstTouch(),
  'round-robin': () => roundRobin(),
  migrate: () => missCounting({ ...counting, migration: true, replication: false }),
  replicate: () => missCounting({ ...counting, migration: false, replication: true }),
  'migrate-replicate': () => missCounting({ ...counting, migration: true, replication: true }),
  'migrate-replicate-eager': () =>
    named('migrate-replicate-eager', missCounting({ ...eager, migration: true, replication: true })),
};

function named(name: string, policy: PlacementPolicy): PlacementPolicy {
  return { ...policy, name, decide: (evidence, page, memory) => policy.decide(evidence, page, memory) };
}
