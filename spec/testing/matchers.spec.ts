/** The matchers as Jest runs them, and as functions. */
import { describe, expect, it } from '@jest/globals';
import {
  collapse,
  demote,
  exchange,
  freeze,
  migrate,
  place,
  promote,
  replicate,
  stay,
  thaw,
} from '../../lib/placement/decision.js';
import { policyMatchers } from '../../lib/testing/index.js';

expect.extend(policyMatchers);

const DECISIONS = {
  toPlace: place(2, 'a'),
  toStay: stay('a'),
  toMigrate: migrate(2, 'a'),
  toReplicate: replicate(2, 'a'),
  toCollapse: collapse('a'),
  toPromote: promote(2, 'a'),
  toDemote: demote(2, 'a'),
  toExchange: exchange(2, 'a'),
  toFreeze: freeze('a'),
  toThaw: thaw('a'),
} as const;
const NAMES = Object.keys(DECISIONS) as (keyof typeof DECISIONS)[];
const TARGETED = NAMES.filter(name => 'to' in DECISIONS[name] || 'with' in DECISIONS[name]);

describe('the matchers of decisions', () => {
  it.each(NAMES)('%s takes its own action and no other', name => {
    expect(NAMES.filter(other => policyMatchers[name](DECISIONS[other]).pass)).toEqual([name]);
  });

  it.each(TARGETED)('%s compares the target, if one is given', name => {
    expect(() => expect(DECISIONS[name])[name](2)).not.toThrow();
    expect(() => expect(DECISIONS[name])[name](1)).toThrow(
      /should \w+ (to node|with page) 1; it decided: \w+ .* 2 because "a"/,
    );
    expect(() => expect(DECISIONS[name])[name](0.5)).toThrow('is 0.5; give a whole number');
  });

  it('toHaveReason compares a text as a whole, and searches for a pattern', () => {
    const decision = stay('no free frame');
    expect(decision).toHaveReason('no free frame');
    expect(decision).toHaveReason(/free/);
    expect(decision).not.toHaveReason('free');
    expect(() => expect(decision).toHaveReason(7 as never)).toThrow('the reason is 7; give a string');
  });

  it('say what was decided and why', () => {
    expect(() => expect(stay('frozen')).toMigrate(2)).toThrow(
      'the policy should migrate to node 2; it decided: stay because "frozen"',
    );
    expect(() => expect(migrate(1, 'hot')).not.toMigrate()).toThrow(
      'the policy should not migrate, but it decided: migrate to node 1 because "hot"',
    );
  });

  it.each([undefined, 7, [], {}, { action: 'stay' }])('refuse %p, also after not', value => {
    expect(() => expect(value).not.toStay()).toThrow('toStay: the decision');
  });
});
