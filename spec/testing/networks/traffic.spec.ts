import { describe, expect, it } from '@jest/globals';
import { randomStream } from '../../../lib/engine/random.js';
import {
  TRAFFIC_PATTERNS,
  trafficPattern,
  type TrafficPatternName,
  type TrafficShape,
} from '../../../lib/testing/networks/traffic.js';

const random = randomStream('traffic', 'spec');

/** Where each node of a shape sends. */
function sends(name: TrafficPatternName, shape: TrafficShape): number[] {
  const pattern = trafficPattern(name, shape);
  const nodes = shape.sizes.reduce((product, size) => product * size, 1);
  return Array.from({ length: nodes }, (_, node) => pattern(node, random));
}

describe('a traffic pattern', () => {
  // Worked out by hand from the definitions of Dally and Towles, table 3.1.
  it.each<[TrafficPatternName, readonly number[], readonly number[]]>([
    ['transpose', [3, 3], [0, 3, 6, 1, 4, 7, 2, 5, 8]],
    ['bit-complement', [4, 2], [7, 6, 5, 4, 3, 2, 1, 0]],
    ['bit-reverse', [8], [0, 4, 2, 6, 1, 5, 3, 7]],
    ['shuffle', [8], [0, 2, 4, 6, 1, 3, 5, 7]],
    ['tornado', [8], [3, 4, 5, 6, 7, 0, 1, 2]],
    ['tornado', [5], [2, 3, 4, 0, 1]],
    ['tornado', [3, 4], [4, 5, 3, 7, 8, 6, 10, 11, 9, 1, 2, 0]],
    ['neighbour', [3, 2], [4, 5, 3, 1, 2, 0]],
    ['hotspot', [4], [0, 0, 0, 0]],
    ['shuffle', [1], [0]],
    ['bit-reverse', [1], [0]],
  ])('%s over %j', (name, sizes, expected) => {
    expect(sends(name, { sizes })).toEqual(expected);
  });

  it('uniform reaches every node from every node, itself included, about as often', () => {
    const pattern = trafficPattern('uniform', { sizes: [4, 2] });
    const counts = new Array<number>(8).fill(0);
    for (let i = 0; i < 8000; i++) counts[pattern(3, random)]++;
    // Five standard deviations of a binomial distribution: 5 sqrt(8000 / 8 * 7 / 8) = 148.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(148);
  });

  it('hotspot goes where it is told', () => {
    expect(sends('hotspot', { sizes: [2, 2], hotspot: 3 })).toEqual([3, 3, 3, 3]);
  });

  it.each<[TrafficPatternName, TrafficShape, string]>([
    [
      'bit-reverse',
      { sizes: [3, 3] },
      'bit-reverse permutes the bits of node numbers: it takes a power of two of nodes, not 9',
    ],
    ['transpose', { sizes: [4, 2] }, 'transpose takes as many nodes along each dimension, not 4 by 2'],
    ['hotspot', { sizes: [4], hotspot: 4 }, 'the hot spot is node 4, but the nodes are 0 to 3'],
    ['uniform', { sizes: [4, 0] }, 'whole numbers of at least 1, not 4 by 0'],
    [
      'sideways' as TrafficPatternName,
      { sizes: [4] },
      `there is no traffic pattern sideways; there are ${TRAFFIC_PATTERNS.join(', ')}`,
    ],
  ])('%s of %j is refused', (name, shape, says) => {
    expect(() => trafficPattern(name, shape)).toThrow(says);
  });
});
