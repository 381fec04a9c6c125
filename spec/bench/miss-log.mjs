/**
 * Replays of a miss log under a policy that counts misses, and one that does not, beside a plain loop over the same log that only
 * counts misses by page and node: two million misses of 8 nodes on 2000 pages, half of them on a sixteenth of the pages, seven
 * in eight by the page's usual node, which changes now and then.
 *
 * Dropped, with the share of the speed that each leaves: a Map of counters by frame (0.5); page objects that are looked at with
 * each miss (0.6, and 0.15 if they were made with a spread besides); comparing a count with the threshold before the division,
 * which the host predicts wrongly (0.75); ticks as arguments of calls, which boxes them (0.9).
 */
import { missCounting, MissLog, verghese1996, firstTouch, discoEngineeringCosts } from '../../dist/index.js';
import { replayLog } from '../../dist/testing/index.js';
import { runBenchmarks } from './harness.mjs';

const NODES = 8;
const PAGES = 2000;
const MISSES = 2_000_000;

function makeLog(count) {
  const each = Array.from({ length: NODES }, (_, node) => node);
  const log = new MissLog(
    {
      madeBy: 'bench',
      source: 'synthetic',
      pageBytes: 4096,
      frames: each.map(() => PAGES),
      processors: each.map(() => true),
      tiers: each.map(() => 0),
      latencyNs: each.map(from => each.map(to => (from === to ? 300 : 900))),
      records: ['thread', 'write', 'time', 'data'],
    },
    count,
  );
  let state = 2463534242 | 0;
  for (let miss = 0; miss < count; miss++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const draw = state >>> 0;
    // Half of the misses go to a sixteenth of the pages.
    const page = draw & 1 ? (draw >>> 8) % PAGES : ((draw >>> 8) % PAGES) >>> 4;
    const user = (page + (miss >>> 18)) % NODES;
    const node = (draw & 14) === 0 ? (draw >>> 5) % NODES : user;
    log.add(miss * 50, node, node, page, (draw & 0xf0) === 0);
  }
  return log;
}

const logs = new Map();
function logOf(count) {
  if (!logs.has(count)) logs.set(count, makeLog(count));
  return logs.get(count);
}

function plainCount(count) {
  const { node, page, length } = logOf(count);
  return () => {
    const counts = new Int32Array(PAGES * NODES);
    for (let at = 0; at < length; at++) counts[page[at] * NODES + node[at]]++;
    return counts.reduce((sum, misses) => sum + misses, 0);
  };
}

const replayed = policy => count => {
  const log = logOf(count);
  return () => replayLog(policy, log, discoEngineeringCosts.costs).requests.reduce((sum, misses) => sum + misses, 0);
};

export const benchmarks = [
  {
    name: 'miss log',
    count: MISSES,
    baseline: plainCount,
    candidates: {
      'first touch': replayed(firstTouch()),
      'miss counting': replayed(missCounting(verghese1996.options)),
    },
    targets: { 'miss counting': 0.1 },
  },
];

if (process.argv[1] === import.meta.filename) runBenchmarks(benchmarks);
