/**
 * Checked accesses of the random tester per second: MESI with a full directory, eight processors on a mesh that books
 * links, with jitter, nine accesses in ten a miss; beside the events of a plain priority queue.
 * The target is 200,000 accesses a second, where the plain queue does 5 million events as on the machine of the measured
 * figures when nothing else runs: a ratio of 1/25. Tried without gain: one search instead of two when copies are counted, and
 * no event for a check that is busy.
 */
import { mesi } from '../../dist/index.js';
import { randomTest } from '../../dist/testing/index.js';
import { runBenchmarks } from './harness.mjs';
import { benchmarks as hold } from './hold.mjs';

const OPTIONS = {
  seed: 'bench',
  protocol: mesi,
  nodes: 4,
  processorsPerNode: 2,
  topology: 'mesh',
  network: 'booking',
  checks: 82,
  jitter: true,
  deadlockTicks: 50_000,
};

function accesses(count) {
  return () => {
    const { failure, fingerprint } = randomTest({ ...OPTIONS, accesses: count });
    if (failure !== null) throw new Error(failure.message);
    return fingerprint;
  };
}

export const benchmarks = [
  {
    name: 'random tester',
    count: 600_000,
    equal: false,
    baseline: hold.find(({ name }) => name === 'hold 256').baseline,
    candidates: { accesses },
    targets: { accesses: 1 / 25 },
  },
];

if (process.argv[1] === import.meta.filename) runBenchmarks(benchmarks);
