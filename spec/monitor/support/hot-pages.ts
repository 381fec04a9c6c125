/** A policy that moves and copies pages after a few misses, so that specs see much of that. */
import { missCounting } from '../../../lib/placement/policies/counters/miss-counting.js';

export const hotPages = missCounting({
  ...{ trigger: 8, sharing: 2, writes: 4, moves: 100 },
  ...{ sampling: 1, bits: 16, delayNs: 100, resetNs: 1_000_000 },
  ...{ migration: true, replication: true },
});
