import { describe, expect, it } from '@jest/globals';
import { Loads } from '../../../../lib/placement/policies/tiering/controller-loads.js';
import { memory } from '../../../../lib/testing/index.js';

const loaded = (requests: readonly number[], frames: readonly number[] = requests.map(() => 8)) =>
  memory({
    ...{ nodes: requests.length, frames, seed: 'loads' },
    load: node => ({ busy: 0, requests: requests[node], latencyNs: 0 }),
  });

describe('the loads of controllers', () => {
  const rows = [
    ['even', [10, 10, 10, 10], 0],
    // The standard deviation of 40, 0, 0, 0 is the square root of 3 times the mean.
    ['all on one', [40, 0, 0, 0], Math.sqrt(3)],
    ['none at all', [0, 0], 0],
  ] as const;
  for (const [name, requests, imbalance] of rows)
    it(`are unevenly distributed by so much: ${name}`, () =>
      expect(new Loads(loaded(requests)).imbalance).toBeCloseTo(imbalance, 12));

  it('leave out nodes without memory', () => {
    expect(new Loads(loaded([10, 10, 0], [8, 8, 0])).imbalance).toBe(0);
  });

  it('say by how much of its requests a node is above the mean', () => {
    const loads = new Loads(loaded([40, 0, 10, 10]));
    expect([0, 1, 2].map(node => loads.excess(node))).toEqual([1 - 15 / 40, 0, 0]);
  });

  it('draw nodes inversely to their requests (seed loads)', () => {
    const loads = new Loads(loaded([9, 4, 0, 5], [8, 8, 8, 0]));
    const drawn = [0, 0, 0, 0];
    for (let i = 0; i < 13_000; i++) drawn[loads.draw()]++;
    // Weights are 1/10, 1/5 and 1, of 13/10; the standard error is below 60.
    expect(Math.abs(drawn[0] - 1000)).toBeLessThan(240);
    expect(Math.abs(drawn[1] - 2000)).toBeLessThan(240);
    expect(drawn[3]).toBe(0);
  });
});
