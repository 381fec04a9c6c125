import { describe, expect, it } from '@jest/globals';
import { fatTree } from '../../../lib/topology/shapes/fat-tree.js';
import { pairs, routers } from '../routes.js';

const attach = { latency: 2, ticksPerFlit: 1 };
const link = { latency: 5, ticksPerFlit: 3 };

function tree(arity: number, levels: number, nodesPerRouter = arity) {
  return fatTree({ arity, levels, nodesPerRouter, attach, link });
}

describe('a fat tree', () => {
  it.each([
    [2, 1, 2, 1, 4],
    [2, 3, 8, 12, 48], // k^n nodes, n k^(n-1) routers, 2 n k^n links
    [4, 3, 64, 48, 384],
  ])('of arity %p and %p levels has %p nodes, %p routers and %p links', (arity, levels, nodes, count, links) => {
    const topology = tree(arity, levels);
    expect([topology.nodes, topology.routers, topology.links.length]).toEqual([nodes, count, links]);
  });

  it('gives each router as many links up as down, but none up from the top', () => {
    const { nodes, routers: count, links } = tree(3, 3);
    const degrees = Array.from(
      { length: count },
      (_, router) => links.filter(({ from }) => from === nodes + router).length,
    );
    expect(degrees).toEqual([...new Array<number>(18).fill(6), ...new Array<number>(9).fill(3)]);
  });

  it('goes up by the digits of the destination to the first common level, then down', () => {
    const topology = tree(2, 3); // routers 0-3, 4-7, 8-11 from the bottom; node n on router n >> 1
    expect(routers(topology, 0, 1)).toEqual([0]);
    expect(routers(topology, 0, 2)).toEqual([0, 4, 1]);
    expect(routers(topology, 0, 3)).toEqual([0, 5, 1]);
    expect(routers(topology, 0, 6)).toEqual([0, 4, 10, 6, 3]);
    expect(routers(topology, 0, 7)).toEqual([0, 5, 11, 7, 3]);
  });

  it.each([
    [2, 4, 2],
    [3, 3, 3],
    [4, 2, 4],
  ])('spreads uniform traffic evenly over all links of a level (arity %p, %p levels)', (arity, levels, perRouter) => {
    const topology = tree(arity, levels, perRouter);
    const load = new Array<number>(topology.links.length).fill(0);
    for (const [from, to] of pairs(topology)) for (const index of topology.route(from, to)) load[index]++;
    const width = topology.routers / levels;
    const byLevel = new Map<string, Set<number>>();
    topology.links.forEach(({ from, to }, i) => {
      const [low, high] = [from, to].map(vertex => Math.floor((vertex - topology.nodes) / width));
      const key = `${Math.max(low, -1)} ${Math.max(high, -1)}`;
      byLevel.set(key, (byLevel.get(key) ?? new Set()).add(load[i]));
    });
    expect([...byLevel.values()].every(loads => loads.size === 1 && !loads.has(0))).toBe(true);
  });

  it('can have fewer nodes per router than its arity', () => {
    const topology = tree(4, 3, 2);
    expect([topology.name, topology.nodes]).toEqual(['4-ary 3-tree, 2 nodes per router', 32]);
    expect(tree(4, 3).name).toBe('4-ary 3-tree');
  });

  it.each([
    ['fat tree: arity is 1', () => tree(1, 3)],
    ['fat tree: levels is 0', () => tree(2, 0)],
    ['fat tree: routers on each level is 1073741824', () => tree(1024, 4)],
    ['fat tree: nodesPerRouter is 0', () => tree(2, 2, 0)],
    [
      'fat tree: link: a latency of -5',
      () => fatTree({ arity: 2, levels: 2, nodesPerRouter: 2, attach, link: { latency: -5, ticksPerFlit: 0 } }),
    ],
  ])('says: %s', (message, make) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
