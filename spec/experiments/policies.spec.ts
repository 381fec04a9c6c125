import { describe, expect, it } from '@jest/globals';
import { policies } from '../../lib/experiments/policies.js';
import { firstTouchBy, hotPage, memory, page } from '../../lib/testing/index.js';

describe('policies by name', () => {
  it('are called what they are called', () => {
    expect(Object.entries(policies).map(([name, make]) => [name, make().name])).toEqual(
      Object.keys(policies).map(name => [name, name]),
    );
  });

  it('are made anew for every run', () => {
    const homes = [1, 2].map(() => policies['round-robin']().decide(firstTouchBy(3), page(), memory()));
    expect(homes[0]).toEqual(homes[1]);
  });

  it.each([
    ['migrate', 128, 'one user', 'shared'],
    ['replicate', 128, 'one user', 'read-shared'],
    ['migrate-replicate', 128, 'one user', 'read-shared'],
    ['migrate-replicate-eager', 16, 'one user', 'read-shared'],
  ])('%s acts after %i misses', (name, trigger, alone, together) => {
    const policy = policies[name]();
    const decide = (misses: readonly number[]): string =>
      policy.decide(hotPage(1), page({ home: 0, misses: [...misses] }), memory()).because;
    expect(policy.counters?.threshold).toBe(trigger);
    expect([decide([0, trigger, 0, 0]), decide([0, trigger, trigger / 4, 0])]).toEqual([alone, together]);
  });
});
