import { describe, expect, it } from '@jest/globals';
import { exchange, promote } from '../../../../lib/placement/decision.js';
import { nimble } from '../../../../lib/placement/policies/tiering/nimble.js';
import { hintFault, interval, memory, page } from '../../../../lib/testing/index.js';
import { pagesOf } from '../../../support/pages.js';

const hints = { periodNs: 1, pages: 64, slowOnly: false };
/** Node 0 is fast, node 1 is slow. */
const tiers = (free: number) => ({
  ...memory({ nodes: 2, frames: 10, tiers: [0, 1], expanders: [1] }),
  freeFrames: (node: number) => (node === 0 ? free : 10),
});

/** What is planned after faults on some pages: 0 and 1 are fast, 2 to 4 slow. */
function planned(touched: readonly number[], free: number, most = 8, intervals = 1) {
  const policy = nimble({ intervalNs: 100, most, hints });
  for (const number of touched) policy.decide(hintFault(0), page({ page: number }), tiers(free));
  const plan = () => policy.plan!(interval(), pagesOf(0, 0, 1, 1, 1), tiers(free));
  for (let i = 1; i < intervals; i++) plan();
  return plan();
}

describe('nimble', () => {
  const active = (number: number) => ({ page: number, decision: promote(0, 'active') });
  const swapped = (number: number, other: number) => ({
    page: number,
    decision: exchange(other, 'active for inactive'),
  });
  const rows = [
    ['promotes active slow pages', planned([2, 4], 5), [active(2), active(4)]],
    ['exchanges them for inactive fast ones without a free frame', planned([2, 4], 0), [swapped(2, 1), swapped(4, 0)]],
    ['does both when there are few free frames', planned([2, 4], 1), [active(2), swapped(4, 1)]],
    ['leaves active fast pages', planned([1, 2, 3], 0), [swapped(2, 0)]],
    ['moves no more than a plan may', planned([2, 3, 4], 5, 2), [active(2), active(3)]],
    ['forgets what was active before the last interval', planned([2], 5, 8, 2), []],
  ] as const;
  for (const [name, found, expected] of rows) it(name, () => expect(found).toEqual(expected));
});
