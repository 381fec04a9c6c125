import { describe, expect, it } from '@jest/globals';
import { firstTouch } from '../../../../lib/placement/policies/static/first-touch.js';
import { place, stay } from '../../../../lib/placement/decision.js';
import { firstTouchBy, hotPage, memory, page } from '../../../../lib/testing/index.js';

describe('firstTouch', () => {
  const line = (from: number, to: number) => 300 + 100 * Math.abs(from - to);
  const rows = [
    ['places on the touching node', 2, memory(), place(2, 'first touch')],
    [
      'falls back to the nearest node with room',
      3,
      memory({ full: [3], latencyNs: line }),
      place(2, 'nearest with room'),
    ],
    ['prefers the lower of two equally near', 2, memory({ full: [2], latencyNs: line }), place(1, 'nearest with room')],
    ['passes over full neighbours', 2, memory({ full: [1, 2, 3], latencyNs: line }), place(0, 'nearest with room')],
    ['says so when memory is full', 2, memory({ frames: 0 }), stay('no free frame anywhere')],
  ] as const;
  for (const [name, node, machine, decision] of rows) {
    it(name, () => expect(firstTouch().decide(firstTouchBy(node), page({ home: -1 }), machine)).toEqual(decision));
  }

  it('refuses evidence that it did not ask for', () => {
    expect(() => firstTouch().decide(hotPage(1), page(), memory())).toThrow(
      "first-touch was given 'hot-page' evidence; it decides on 'first-touch' only",
    );
  });
});
