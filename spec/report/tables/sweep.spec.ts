import { describe, expect, it } from '@jest/globals';
import { summariseSweep } from '../../../lib/experiments/sweeps/summary.js';
import { sweep } from '../../../lib/experiments/sweeps/sweep.js';
import { sweepText } from '../../../lib/report/tables/sweep.js';

const SHARED = [12, 8, 9.5, 14, 6];
const seeds = ['0', '1', '2', '3', '4'];

/** Times of two policies under noise that both share; `b` is 0.3 ms slower, `c` like `a` but for noise of its own. */
function noisy({ policy }: Readonly<Record<string, unknown>>, seed: string) {
  const i = Number(seed);
  const own = policy === 'b' ? 0.3 + i / 100 : policy === 'c' ? (i % 2 === 0 ? 0.2 : -0.25) : 0;
  return { elapsedNs: 1e6 * (SHARED[i] + own) };
}

describe('the table of a sweep', () => {
  it('has means with intervals, and differences only where they are more than noise', async () => {
    const found = await sweep({ policy: ['a', 'b', 'c'], constant: [1] }, noisy, { seeds });
    expect(sweepText(summariseSweep(found, { baseline: { policy: 'a' } }))).toBe(
      [
        'policy  elapsed ms      difference',
        // 9.9 and 2.776 x 3.170 / sqrt(5).
        'a        9.9 ± 3.9               –',
        'b       10.2 ± 3.9  +0.320 ± 0.020',
        'c        9.9 ± 3.9            none',
        '',
        'Means over 5 seeds ± half of the 95 % interval (Student).',
        'difference: to policy=a with the same seeds; none: its interval has 0, so that it may be noise.',
        '',
      ].join('\n'),
    );
  });

  it('of one combination has a line for each metric', async () => {
    const run = (_: object, seed: string) => ({ misses: 12_000 + Number(seed), share: 0.5 });
    const found = await sweep({}, run, { seeds });
    expect(sweepText(summariseSweep(found)).split('\n').slice(0, 3)).toEqual([
      'metric             mean',
      'misses   12,002.0 ± 2.0',
      expect.stringMatching(/^share +0\.5000 ± 0\.0000$/),
    ]);
  });

  it('of one seed says that it is one draw', async () => {
    const found = await sweep({ policy: ['a', 'b'] }, noisy, { seeds: ['0'] });
    const text = sweepText(summariseSweep(found, { baseline: { policy: 'a' } }));
    expect(text).toContain('One draw: with one seed nothing can be said about noise.');
    expect(text).toMatch(/^b .*one draw$/m);
  });
});
