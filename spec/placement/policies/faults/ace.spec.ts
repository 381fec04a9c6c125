import { describe, expect, it } from '@jest/globals';
import { collapse, freeze, migrate, place, replicate, stay } from '../../../../lib/placement/decision.js';
import { ace } from '../../../../lib/placement/policies/faults/ace.js';
import { firstTouchBy, hintFault, memory, page, replicaWrite } from '../../../../lib/testing/index.js';

const hints = { periodNs: 1e6, pages: 64, slowOnly: false };
const store = { store: true };

describe('ace', () => {
  const rows = [
    ['places by first touch', firstTouchBy(2), page({ home: -1 }), memory(), place(2, 'first touch')],
    ['copies a page for a reader', hintFault(2), page(), memory(), replicate(2, 'read copy')],
    ['copies it for one more', hintFault(2), page({ replicas: [1] }), memory(), replicate(2, 'read copy')],
    ['moves it to a writer', hintFault(2, store), page(), memory(), migrate(2, 'to its writer')],
    ['drops copies first', hintFault(2, store), page({ replicas: [1] }), memory(), stay('its copies go first')],
    ['drops copies at a store', replicaWrite(2), page({ replicas: [1] }), memory(), collapse('written')],
    ['leaves a page with its owner', hintFault(0, store), page(), memory(), stay('already local')],
    ['leaves a reader its copy', hintFault(1), page({ replicas: [1] }), memory(), stay('already local')],
    ['leaves a global page', hintFault(2), page({ frozen: true }), memory(), stay('global')],
    ['stays without room', hintFault(2), page(), memory({ full: [2] }), stay('no free frame')],
  ] as const;
  for (const [name, evidence, subject, machine, decision] of rows)
    it(name, () => expect(ace({ moveLimit: 4, hints }).decide(evidence, subject, machine)).toEqual(decision));

  it('makes a page global after its limit of moves, each page by itself', () => {
    const policy = ace({ moveLimit: 2, hints });
    const write = (number: number) => policy.decide(hintFault(1, store), page({ page: number }), memory());
    expect([write(0), write(0), write(1), write(0), write(1)].map(({ action }) => action)).toEqual([
      ...['migrate', 'migrate', 'migrate', 'freeze', 'migrate'],
    ]);
    expect(write(0)).toEqual(freeze('moved too often'));
  });

  it('never moves a page with a limit of 0', () => {
    expect(ace({ moveLimit: 0, hints }).decide(hintFault(1, store), page(), memory())).toEqual(
      freeze('moved too often'),
    );
  });
});
