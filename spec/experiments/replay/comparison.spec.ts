import { describe, expect, it } from '@jest/globals';
import { policies } from '../../../lib/experiments/policies.js';
import { comparedReplays, fittingPolicies, lackingFacts } from '../../../lib/experiments/replay/comparison.js';
import { sizedMachine } from '../../../lib/experiments/systems/machine-size.js';
import { stream, trace } from '../handmade.js';

const whole = trace([stream([['load', 0x1000, 5]]), stream([['load', 0x2000, 5]])]);
const threadless = { ...whole, lacks: ['thread'] as const };
const machines = (['disco-1997', 'uma'] as const).map(name => sizedMachine(name, { processorsAtLeast: 2 }));

describe('a comparison over a trace', () => {
  it('has every policy on every machine, and one where placement changes nothing', () => {
    const names = ['first-touch', 'round-robin'];
    const replays = comparedReplays({ trace: whole, machines, policies: names, seed: 1, copies: 1 });
    expect(replays.map(({ machine, policy }) => `${policy.name} on ${machine.name}`)).toEqual([
      'first-touch on disco-1997',
      'round-robin on disco-1997',
      'first-touch on uma',
    ]);
  });

  it('gives every replay a policy of its own', () => {
    const replays = comparedReplays({
      ...{ trace: whole, machines: [machines[0], machines[0]], policies: ['round-robin'], seed: 1, copies: 1 },
    });
    expect(replays[0].policy).not.toBe(replays[1].policy);
  });

  it('is refused for a policy that does not exist', () => {
    expect(() => comparedReplays({ trace: whole, machines, policies: ['toString'], seed: 1, copies: 1 })).toThrow(
      'there is no policy toString; there are first-touch, round-robin',
    );
  });
});

describe('the policies that fit a trace', () => {
  it('are all if it records everything', () => {
    expect(fittingPolicies(whole)).toEqual(Object.keys(policies));
  });

  it('are those that do not need what it lacks', () => {
    expect(fittingPolicies(threadless, ['migrate', 'first-touch'])).toEqual(['first-touch']);
    expect(lackingFacts(threadless, policies['migrate']())).toEqual(['thread']);
  });
});
