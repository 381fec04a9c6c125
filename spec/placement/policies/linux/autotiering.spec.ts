import { describe, expect, it } from '@jest/globals';
import { exchange, promote, stay } from '../../../../lib/placement/decision.js';
import { autoTiering } from '../../../../lib/placement/policies/linux/autotiering.js';
import { hintFault, interval, memory, page } from '../../../../lib/testing/index.js';
import { pagesOf } from '../../../support/pages.js';

const made = (changes = {}) =>
  autoTiering({
    ...{ historyBits: 3, intervalNs: 100, most: 4, hints: { periodNs: 1, pages: 64, slowOnly: false } },
    ...changes,
  });
/** Node 0 is fast, node 1 is slow. */
const tiers = (full: readonly number[] = [0]) => memory({ nodes: 2, frames: 10, tiers: [0, 1], expanders: [1], full });
/** Pages 0 and 1 are fast, 2 and 3 slow. */
const pages = pagesOf(0, 0, 1, 1);

function touch(policy: ReturnType<typeof made>, ...numbers: readonly number[]): void {
  for (const number of numbers) policy.decide(hintFault(0), page({ page: number, home: number < 2 ? 0 : 1 }), tiers());
}

describe('autoTiering at a fault', () => {
  const rows = [
    ['promotes a page if there is room', page({ home: 1 }), tiers([]), promote(0, 'touched')],
    ['leaves it if there is none', page({ home: 1 }), tiers(), stay('no free frame in a faster tier')],
    ['leaves a fast page', page(), tiers([]), stay('fast already')],
  ] as const;
  for (const [name, subject, machine, decision] of rows)
    it(name, () => expect(made().decide(hintFault(0), subject, machine)).toEqual(decision));
});

describe('autoTiering at an interval', () => {
  const plan = (policy: ReturnType<typeof made>, subject = pages) => policy.plan!(interval(), subject, tiers());

  it('lets a slow page change places with a fast one of a lower level', () => {
    const policy = made();
    touch(policy, 0, 3);
    expect(plan(policy)).toEqual([{ page: 3, decision: exchange(1, 'of a higher level') }]);
  });

  it('leaves pages of the same level', () => {
    const policy = made();
    touch(policy, 0, 1, 2, 3);
    expect(plan(policy)).toEqual([]);
  });

  it('takes the number of ones for the level, of as many intervals as a history has bits', () => {
    const policy = made();
    touch(policy, 2);
    plan(policy, pagesOf());
    touch(policy, 2, 3, 0, 1);
    // Two touches of page 2 against one of the fast pages; page 3 has one, too.
    expect(plan(policy)).toEqual([{ page: 2, decision: exchange(0, 'of a higher level') }]);
    plan(policy, pagesOf());
    // The first touch of page 2 is three intervals old.
    expect(plan(policy)).toEqual([]);
  });

  it('makes as many exchanges as a plan may', () => {
    const policy = made({ most: 1 });
    touch(policy, 2, 3);
    expect(plan(policy)).toHaveLength(1);
  });

  it('leaves pages that have replicas', () => {
    const policy = made();
    touch(policy, 2);
    expect(plan(policy, pagesOf({ replicas: [1] }, 0, { home: 1, replicas: [0] }))).toEqual([]);
  });
});
