import { describe, expect, it } from '@jest/globals';
import { dash } from '../../../../lib/placement/policies/faults/dash.js';
import { hintFault, memory, page, type MemoryOverrides } from '../../../../lib/testing/index.js';

const hints = { periodNs: 1, pages: 64, slowOnly: false };

/** What is decided at faults of these nodes on a page that stays at node 0, by default far apart in time. */
function reasons(consecutive: number, faults: readonly number[], apartNs = 1000, overrides: MemoryOverrides = {}) {
  const policy = dash({ consecutive, freezeNs: 100, hints });
  return faults.map((node, index) => {
    const fault = hintFault(node, { timeNs: index * apartNs });
    const { action, because } = policy.decide(fault, page(), memory(overrides));
    return action === 'stay' ? because : action;
  });
}

describe('dash', () => {
  const rows = [
    ['moves a page of a sequential program at once', 1, [2], ['migrate']],
    [
      'moves a page of a parallel program at the fourth remote miss in a row, of whatever node',
      4,
      [1, 2, 1, 3],
      ['too few in a row', 'too few in a row', 'too few in a row', 'migrate'],
    ],
    [
      'counts anew after a local use',
      2,
      [1, 0, 1, 1],
      ['too few in a row', 'already local', 'too few in a row', 'migrate'],
    ],
    ['counts anew after a move', 2, [1, 1, 1, 1], ['too few in a row', 'migrate', 'too few in a row', 'migrate']],
  ] as const;
  for (const [name, consecutive, faults, expected] of rows)
    it(name, () => expect(reasons(consecutive, faults)).toEqual(expected));

  it('leaves a page for a while after a move and after a local use', () => {
    expect(reasons(1, [1, 1, 1, 1], 40)).toEqual(['migrate', 'frozen', 'frozen', 'migrate']);
    expect(reasons(1, [0, 1, 1, 1], 40)).toEqual(['already local', 'frozen', 'frozen', 'migrate']);
  });

  it('stays without room', () => {
    expect(reasons(1, [2], 1000, { full: [2] })).toEqual(['no free frame']);
  });
});
