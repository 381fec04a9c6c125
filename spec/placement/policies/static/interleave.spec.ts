import { describe, expect, it } from '@jest/globals';
import { place } from '../../../../lib/placement/decision.js';
import { interleave } from '../../../../lib/placement/policies/static/interleave.js';
import { firstTouchBy, hotPage, memory, page } from '../../../../lib/testing/index.js';

describe('interleave', () => {
  const line = (from: number, to: number) => 300 + 100 * Math.abs(from - to);
  const rows = [
    ['places page 6 of four nodes on node 2', {}, 6, memory(), place(2, 'by page number')],
    ['counts the nodes of its set', { nodes: [3, 1] }, 6, memory(), place(3, 'by page number')],
    ['takes the next one of its set for the next page', { nodes: [3, 1] }, 7, memory(), place(1, 'by page number')],
    [
      'goes to the nearest to the full node, also outside the set',
      { nodes: [3, 0] },
      2,
      memory({ full: [3], latencyNs: line }),
      place(2, 'nearest with room'),
    ],
  ] as const;
  for (const [name, options, number, machine, decision] of rows)
    it(name, () => {
      // Whoever touches it, and in whatever order: the number of the page decides.
      for (const node of [1, 3])
        expect(interleave(options).decide(firstTouchBy(node), page({ page: number, home: -1 }), machine)).toEqual(
          decision,
        );
    });

  const mistakes = [
    [[], 'interleave: nodes is []; name one or more nodes, each once'],
    [[1, 1], 'interleave: nodes is [1, 1]; name one or more nodes, each once'],
    [[-1], 'interleave: a node is -1; give a whole number from 0 to 1048576'],
    [1, 'interleave: nodes is 1; give an array'],
  ] as const;
  for (const [nodes, message] of mistakes)
    it(`refuses nodes ${JSON.stringify(nodes)}`, () =>
      expect(() => interleave({ nodes: nodes as readonly number[] })).toThrow(message));

  it('refuses evidence that it did not ask for', () => {
    expect(() => interleave().decide(hotPage(1), page(), memory())).toThrow("interleave was given 'hot-page' evidence");
  });
});
