/**
 * Misses that `checkPolicy` checks per second with the rule of 1996, each run twice and all evidence frozen; beside the
 * events of a plain priority queue. The target is 10,000 misses in 2 s where the plain queue does 5 million events a second
 * as on the machine of the measured figures: a ratio of 1/1000.
 */
import { missCounting, verghese1996 } from '../../dist/index.js';
import { checkPolicy } from '../../dist/testing/index.js';
import { runBenchmarks } from './harness.mjs';
import { benchmarks as hold } from './hold.mjs';

/** Misses of one run on the average. */
const PER_RUN = 1727;

function misses(count) {
  const runs = Math.round(count / PER_RUN);
  return () => {
    const { passed, steps } = checkPolicy(() => missCounting(verghese1996.options), { seed: 'bench', runs });
    if (!passed) throw new Error('the policy does not pass');
    return steps;
  };
}

export const benchmarks = [
  {
    name: 'policy check',
    count: 100_000,
    equal: false,
    baseline: hold.find(({ name }) => name === 'hold 256').baseline,
    candidates: { misses },
    targets: { misses: 1 / 1000 },
  },
];

if (process.argv[1] === import.meta.filename) runBenchmarks(benchmarks);
