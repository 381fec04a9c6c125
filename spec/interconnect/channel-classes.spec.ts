import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { channelClasses, classesAlong, isFreeOfCycles } from '../../lib/interconnect/channel-classes.js';
import { ring } from '../../lib/topology/shapes/ring.js';
import { topologies } from '../topology/arbitrary.js';

const timing = { latency: 4, ticksPerFlit: 1 };
const eight = ring({ routers: 8, nodesPerRouter: 1, attach: timing, link: timing });

describe('classes of virtual channels', () => {
  it('leave no circle on any topology, ties both ways round included', () => {
    fc.assert(
      fc.property(topologies, topology => {
        expect(isFreeOfCycles(topology, channelClasses(topology))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('are needed: with one class for all a ring has a circle', () => {
    const { group, place } = channelClasses(eight);
    const one = { group, place: place.map(() => 0), datelines: null, classes: new Int32Array(group.length).fill(1) };
    expect(isFreeOfCycles(eight, one)).toBe(false);
  });

  it('part messages that cross the dateline of a ring from those that do not, all the way', () => {
    const plan = channelClasses(eight);
    const along = (from: number, to: number): number[][] =>
      eight.routes!(from, to).map(route => [...classesAlong(plan, route)].slice(1, -1));
    expect(along(1, 4)).toEqual([[0, 0, 0]]);
    expect(along(6, 1)).toEqual([[1, 1, 1]]);
    expect(along(1, 6)).toEqual([[1, 1, 1]]);
    expect(along(6, 0)).toEqual([[1, 1]]);
    expect(along(0, 4)).toEqual([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
  });

  it('fall back on the order of places where datelines leave a circle', () => {
    const wrong = { ...eight, datelines: eight.datelines!.map(link => link - 4) };
    const none = { ...eight, datelines: [] };
    for (const topology of [none, wrong, { ...eight, datelines: [0] }])
      expect(isFreeOfCycles(topology, channelClasses(topology))).toBe(true);
    expect(channelClasses(none).datelines).toBeNull();
  });
});
