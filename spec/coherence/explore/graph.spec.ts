import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Graph } from '../../../lib/coherence/explore/graph.js';

/** The graph of a list of edges for each state. */
function graphOf(edges: readonly (readonly number[])[]): Graph {
  const graph = new Graph();
  for (const targets of edges) {
    graph.begin();
    for (const target of targets) graph.add(target);
  }
  return graph;
}

describe('a graph of steps', () => {
  it('counts its edges', () => {
    expect(new Graph().edges).toBe(0);
    expect(graphOf([[1, 2], [], [0]]).edges).toBe(3);
  });

  it('finds the states from which no goal can be reached, as following every edge does', () => {
    const graphs = fc.integer({ min: 1, max: 12 }).chain(states =>
      fc.record({
        edges: fc.array(fc.array(fc.nat(states - 1), { maxLength: 3 }), { minLength: states, maxLength: states }),
        goals: fc.array(fc.nat(1), { minLength: states, maxLength: states }),
      }),
    );
    fc.assert(
      fc.property(graphs, ({ edges, goals }) => {
        const able = new Set(goals.flatMap((goal, state) => (goal === 1 ? [state] : [])));
        for (let before = -1; before !== able.size;) {
          before = able.size;
          edges.forEach((targets, from) => targets.some(target => able.has(target)) && able.add(from));
        }
        const unable = edges.flatMap((_, state) => (able.has(state) ? [] : [state]));
        expect(graphOf(edges).unable(Uint8Array.from(goals))).toEqual(unable);
      }),
    );
  });

  it('grows beyond the room that it begins with', () => {
    const states = 5000;
    const line = Array.from({ length: states }, (_, state) => (state + 1 < states ? [state + 1] : []));
    const goals = new Uint8Array(states);
    goals[2500] = 1;
    expect(graphOf(line).unable(goals)).toEqual(Array.from({ length: 2499 }, (_, i) => 2501 + i));
  });
});
