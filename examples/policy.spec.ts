import { describe, expect, it } from '@jest/globals';
import { firstTouchBy, hotPage, memory, page, repeat, scenario } from 'disco-sim/testing';
import { freezing } from './policy.js';

describe('freezing', () => {
  const rows = [
    ['places a page where it is touched', firstTouchBy(2), page({ home: -1 }), memory(), 'place'],
    ['places it elsewhere if there is no room', firstTouchBy(2), page({ home: -1 }), memory({ full: [2] }), 'place'],
    ['moves a page to who finds it hot', hotPage(2), page({ home: 0 }), memory(), 'migrate'],
    ['leaves a page that is there already', hotPage(2), page({ home: 2 }), memory(), 'stay'],
    ['leaves a page whose new home is full', hotPage(2), page({ home: 0 }), memory({ full: [2] }), 'stay'],
    ['leaves a frozen page', hotPage(2), page({ home: 0, frozen: true }), memory(), 'stay'],
  ] as const;
  for (const [name, evidence, subject, machine, action] of rows)
    it(name, () => expect(freezing(10e6).decide(evidence, subject, machine).action).toBe(action));

  const threeUsersInTurn = [
    ...repeat(64, { node: 0, page: 0 }),
    ...repeat(64, { node: 1, page: 0, timeNs: 5e6 }),
    ...repeat(64, { node: 2, page: 0, timeNs: 12e6 }),
  ];

  it('freezes a page that is wanted elsewhere within the window', () => {
    expect(scenario(freezing(10e6), threeUsersInTurn).pages[0]).toMatchObject({ home: 1, frozen: true });
  });

  it('lets it move on after the window', () => {
    expect(scenario(freezing(5e6), threeUsersInTurn).pages[0]).toMatchObject({ home: 2, frozen: false });
  });
});
