/** `bind` and `preferred`, which differ only when their set is full. */
import { describe, expect, it } from '@jest/globals';
import { place, stay } from '../../../../lib/placement/decision.js';
import { bind } from '../../../../lib/placement/policies/static/bind.js';
import { preferred } from '../../../../lib/placement/policies/static/preferred.js';
import { firstTouchBy, memory, page } from '../../../../lib/testing/index.js';

const latencyNs = (from: number, to: number): number => 300 + 100 * Math.abs(from - to);

describe.each([
  ['bind', bind],
  ['preferred', preferred],
])('%s', (name, make) => {
  const decide = (nodes: readonly number[], toucher: number, full: readonly number[] = []) =>
    make({ nodes }).decide(firstTouchBy(toucher), page({ home: -1 }), memory({ full, latencyNs }));

  const rows = [
    ['places on the touching node if that is in the set', [0, 2], 2, [], 2],
    ['places on the nearest node of the set otherwise', [0, 2], 3, [], 2],
    ['takes the next one of the set when that is full', [0, 2], 3, [2], 0],
    ['leaves out nodes that the machine does not have', [7, 0], 3, [], 0],
  ] as const;
  for (const [what, nodes, toucher, full, home] of rows)
    it(what, () => expect(decide(nodes, toucher, full)).toEqual(place(home, 'nearest of the set')));

  it('refuses sets that are none', () => {
    expect(() => make({ nodes: [] })).toThrow(`${name}: nodes is []; name one or more nodes, each once`);
    expect(() => make({ nodes: [2, 2] })).toThrow(`${name}: nodes is [2, 2]; name one or more nodes, each once`);
    expect(() => make({ nodes: [0.5] })).toThrow(`${name}: a node is 0.5; give a whole number`);
    expect(() => make({ nodes: null as never })).toThrow(`${name}: nodes is null; give an array`);
  });

  it('when its set is full', () => {
    const expected = { bind: stay('no free frame in the set'), preferred: place(1, 'outside the set') };
    expect(decide([0], 1, [0])).toEqual(expected[name as 'bind' | 'preferred']);
  });
});
