import { describe, expect, it } from '@jest/globals';
import { collapse, freeze, migrate, replicate, stay, thaw } from '../../../../lib/placement/decision.js';
import { platinum } from '../../../../lib/placement/policies/faults/platinum.js';
import { hintFault, interval, memory, page, replicaWrite } from '../../../../lib/testing/index.js';
import { pagesOf } from '../../../support/pages.js';

const options = { freezeNs: 10, thawNs: 1000, most: 2, hints: { periodNs: 1, pages: 64, slowOnly: false } };

describe('platinum', () => {
  const rows = [
    ['copies a page for a reader', hintFault(2), page(), memory(), replicate(2, 'read copy')],
    ['moves it to a writer', hintFault(2, { store: true }), page(), memory(), migrate(2, 'to its writer')],
    ['drops copies at a store', replicaWrite(2), page({ replicas: [1] }), memory(), collapse('written')],
    ['leaves a frozen page', hintFault(2), page({ frozen: true }), memory(), stay('frozen')],
    ['leaves a page that is there', hintFault(0), page(), memory(), stay('already local')],
    ['stays without room', hintFault(2), page(), memory({ full: [2] }), stay('no free frame')],
    [
      'drops copies before it moves',
      hintFault(2, { store: true }),
      page({ replicas: [1] }),
      memory(),
      stay('its copies go first'),
    ],
  ] as const;
  for (const [name, evidence, subject, machine, decision] of rows)
    it(name, () => expect(platinum(options).decide(evidence, subject, machine)).toEqual(decision));

  const after = [
    ['a store to a page with copies', replicaWrite(1, { timeNs: 100 })],
    ['a move to a writer', hintFault(1, { store: true, timeNs: 100 })],
  ] as const;
  for (const [what, invalidation] of after)
    it(`freezes a page that is wanted less than the window after ${what}, and not later`, () => {
      const at = (timeNs: number) => {
        const policy = platinum(options);
        policy.decide(invalidation, page(), memory());
        return policy.decide(hintFault(2, { timeNs }), page(), memory());
      };
      expect(at(109)).toEqual(freeze('lost a copy too lately'));
      expect(at(110)).toEqual(replicate(2, 'read copy'));
    });

  it('does not freeze a page for the copies that it gets', () => {
    const policy = platinum(options);
    policy.decide(hintFault(1), page(), memory());
    expect(policy.decide(hintFault(2), page({ replicas: [1] }), memory())).toEqual(replicate(2, 'read copy'));
  });

  it('thaws frozen pages, as many as a plan may', () => {
    const frozen = pagesOf({ frozen: true }, 0, { frozen: true }, { frozen: true });
    const planned = platinum(options).plan!(interval(1000), frozen, memory());
    expect(planned).toEqual([0, 2].map(number => ({ page: number, decision: thaw('time passed') })));
  });
});
