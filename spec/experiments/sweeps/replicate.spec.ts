import { describe, expect, it } from '@jest/globals';
import { replicate, replicateUntil } from '../../../lib/experiments/sweeps/replicate.js';

/** 10, 12, 10, 12 and so on: half widths shrink with the number. */
function alternating() {
  let runs = 0;
  return () => ({ ms: runs++ % 2 === 0 ? 10 : 12 });
}

describe('replications', () => {
  it('run once with each seed and average', async () => {
    const { runs, metrics } = await replicate({ seeds: ['3', '5'], run: seed => ({ ms: Number(seed) }) });
    expect(runs.map(({ seed, metrics: { ms } }) => [seed, ms])).toEqual([['3', 3], ['5', 5]]); // prettier-ignore
    expect(metrics.ms).toMatchObject({ n: 2, mean: 4 });
  });

  it('fail as their run does', async () => {
    await expect(replicate({ seeds: 1, run: () => Promise.reject(new Error('no luck')) })).rejects.toThrow('no luck');
  });

  it('stop when the interval is narrow enough', async () => {
    const options = { metric: 'ms', seed: '1', least: 2, most: 50, run: alternating() };
    const { reached, runs, metrics } = await replicateUntil({ ...options, halfWidth: 0.1, relative: true });
    expect(reached).toBe(true);
    expect(metrics.ms.halfWidth!).toBeLessThanOrEqual(0.1 * metrics.ms.mean);
    expect(runs.length).toBeGreaterThan(2);
    expect(runs[1].seed).toBe('1.2');
  });

  it('say that it never was', async () => {
    const options = { metric: 'ms', seed: '1', least: 2, most: 5, run: alternating() };
    const { reached, runs } = await replicateUntil({ ...options, halfWidth: 0.01 });
    expect([reached, runs.length]).toEqual([false, 5]);
  });

  it('name a metric that is not there', async () => {
    const options = { metric: 'mz', seed: '1', least: 2, most: 5, halfWidth: 1, run: alternating() };
    await expect(replicateUntil(options)).rejects.toThrow('no metric mz; it returned ms');
  });
});
