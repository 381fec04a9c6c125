import { describe, expect, it } from '@jest/globals';
import { assertPolicy, hotPage, memory, page, policyMatchers, repeat, scenario } from 'disco-sim/testing';
import { majority } from './first-policy.js';

expect.extend(policyMatchers);

describe('majority', () => {
  const decide = majority().decide;

  it('moves a page to the node that uses it', () => {
    expect(decide(hotPage(2), page({ misses: [7, 0, 16, 0] }), memory())).toMigrate(2);
  });

  it('leaves a page that another node uses half as much', () => {
    expect(decide(hotPage(2), page({ misses: [8, 0, 16, 0] }), memory())).toHaveReason('shared');
  });

  it('leaves a page whose new home is full', () => {
    expect(decide(hotPage(2), page({ misses: [0, 0, 16, 0] }), memory({ full: [2] }))).toStay();
  });

  it('follows the user from phase to phase', () => {
    const misses = [...repeat(16, { node: 0, page: 0 }), ...repeat(16, { node: 1, page: 0, timeNs: 20e6 })];
    expect(scenario(majority(), misses).pages[0].home).toBe(1);
  });

  it('does nothing that no policy may do', () => assertPolicy(majority));
});
