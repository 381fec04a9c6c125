/** Whatever happens, no policy decides what a host cannot carry out: random misses on small memories, with a host that forgives nothing. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { fasterOptions, namedPolicies } from '../../../lib/placement/policies/all.js';
import { roundRobin } from '../../../lib/placement/policies/static/round-robin.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { memory, scenario, type Miss } from '../../../lib/testing/index.js';

const SEED = 2024;
/** Periods of 100 ms become 1 us, so that some hundred misses have hundreds of intervals. */
const FASTER = 1e5;

/** What makes policies act often, for those that have the option. */
const OFTEN = {
  ...{ leastTraffic: 0, leastReads: 0, mostMemoryUse: 1, trigger: 3, sharing: 2, threshold: 3, hotLoads: 2 },
  ...{ headRoom: 0.5, lowWatermark: 0.5, demotionWatermark: 0.5, reserve: 0 },
};

/** A policy that is told much and acts often, and whose pages start anywhere. */
function restless(name: string): PlacementPolicy {
  const { make, options, family } = namedPolicies[name];
  const changes = Object.entries(OFTEN).filter(([option]) => Object.hasOwn(options, option));
  const policy = make({ ...fasterOptions(options, FASTER), ...Object.fromEntries(changes) });
  const { sampling } = policy;
  const dealt = roundRobin();
  return {
    ...policy,
    ...(sampling === undefined ? {} : { sampling: { ...sampling, period: 2, buffer: 1 } }),
    decide(evidence, page, memory) {
      const decision = policy.decide(evidence, page, memory);
      const dealing = evidence.kind === 'first-touch' && family !== 'static';
      return dealing ? dealt.decide(evidence, page, memory) : decision;
    },
  };
}

const nodes = 4;
/** The first two nodes have processors; the other two are expanders in some of the memories. */
const memories = fc
  .record({
    frames: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: nodes, maxLength: nodes }),
    tiers: fc.constantFrom([0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 2], [0, 1, 1, 1]),
  })
  .map(({ frames, tiers }) => ({ nodes, frames, tiers, expanders: [2, 3] }));
const misses = fc.array(fc.record({ node: fc.nat(1), page: fc.nat(9), store: fc.boolean(), after: fc.nat(2000) }), {
  minLength: 200,
  maxLength: 400,
});

function timed(steps: readonly { node: number; page: number; store: boolean; after: number }[]): Miss[] {
  let timeNs = 0;
  return steps.map(({ node, page, store, after }) => ({ node, page, store, timeNs: (timeNs += after) }));
}

describe(`decisions (seed ${SEED})`, () => {
  it.each(Object.keys(namedPolicies))('of %s can be carried out', name => {
    const property = fc.property(misses, memories, (steps, overrides) => {
      try {
        scenario(restless(name), timed(steps), memory(overrides));
      } catch (error) {
        // Ten pages do not always fit, and bind has one node only.
        expect(String(error)).toContain('was not placed');
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 100, endOnFailure: true });
  });
});
