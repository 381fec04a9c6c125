/** Placement policies by name, as the command line and sweeps use them. Each call makes a fresh policy object. */
import { firstTouch } from '../placement/first-touch.js';
import { missCounting } from '../placement/miss-counting.js';
import type { PlacementPolicy } from '../placement/policy.js';
import { verghese1996 } from '../placement/presets.js';
import { roundRobin } from '../placement/round-robin.js';

const counting = verghese1996.options;

/** Makers of policies by name. */
export const policies: Readonly<Record<string, () => PlacementPolicy>> = {
  'first-touch': () => firstTouch(),
  'round-robin': () => roundRobin(),
  migrate: () => missCounting({ ...counting, migration: true, replication: false }),
  replicate: () => missCounting({ ...counting, migration: false, replication: true }),
  'migrate-replicate': () => missCounting({ ...counting, migration: true, replication: true }),
};
