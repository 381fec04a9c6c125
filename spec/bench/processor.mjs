/**
 * Throughput of processors, as references per second against the plain loop (plain-loop.mjs) over the same streams.
 *
 * hit path: one processor, 2 KB of stack and an 8 KB table for 98 %, the rest at random over 128 KB.
 * Reached: first level 98.4 %, second level 1.6 %, misses 0.03 %, TLB misses below 0.01 %.
 *
 * 16 processors: each has its own stack and table for 97.4 %; 1.3 % at random over 128 KB and 0.9 % sequentially through
 * 256 KB of its own; 0.4 % at random over 16 KB that all share, three of ten of them stores: true sharing.
 * Reached: first level about 98 %, second level 1.2 %, misses 0.7 % (half of them first touches), TLB misses 0.01 %.
 * 16 processors, longer: the same four times as long, so that first touches weigh a quarter: misses 0.5 %.
 *
 * Tried on the hot loop, in instructions per reference (16 processors take about 230, hits about 110 of them): V8 forgets
 * what it knows of arrays at each turn of a loop, so peeling the loop gains nothing (+30 with fetches and data in one
 * path); the loop in a method of its own (+10); two references in a turn (-3); resuming straight at the miss (-2). The
 * last two were left out as not worth their lines.
 *
 * What misses cost, and how to see it: `valgrind --tool=callgrind --instr-atstart=no --cache-sim=yes --dump-instr=yes
 * --smc-check=all-non-file node --single-threaded --perf-basic-prof`, switched on with callgrind_control after five runs;
 * addresses are looked up in the map that V8 writes. Runs before that measure the compiler, and a forced collection
 * (--expose-gc) between runs does, too: with the last message its hidden class dies, and all code that knew it.
 * In instructions per miss without hits: 16,500 with times that might be doubles and calendars in one array, 14,600 with
 * calendars and arrivals as objects, 12,900 with times as small integers, 12,700 with traffic counted by path.
 *
 * `SHARED=n` in the environment sets the shared references in 1024 (4 unless given): misses decide the ratio.
 */
import { runBenchmarks } from './harness.mjs';
import { replaying } from './machine.mjs';
import { plainLoop } from './plain-loop.mjs';

const PROCESSORS = 16;
const SHARED = Number(process.env.SHARED ?? 4);
const STORE = 1;

/** A stream; about 30 % stores. `spread` and `shared` are references in 1024, `base` is where private data begin. */
function stream(count, { seed, base, spread, sequential, shared }) {
  const words = new Int32Array(count);
  let state = seed | 0;
  let walk = 0;
  let next = 0;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const draw = state >>> 0;
    const choice = draw & 1023;
    const rest = draw >>> 10;
    let address;
    if (choice < 500) address = base + 0x700000 + (rest & 511) * 4;
    else if (choice < 1024 - spread - sequential - shared)
      address = base + 0x600000 + (walk = (walk + ((rest & 3) << 2)) & 8191);
    else if (choice < 1024 - sequential - shared) address = base + 0x400000 + (rest & 0xfff) * 32;
    else if (choice < 1024 - shared) address = base + 0x100000 + (next = (next + 4) & 0x3ffff);
    else address = 0x7c000000 + (rest & 0xfff) * 4;
    words[i] = address | (draw >>> 28 < 5 ? STORE : 0);
  }
  return words;
}

const hitStream = count => stream(count, { seed: 88172645, base: 0, spread: 20, sequential: 0, shared: 0 });

/** One stream for each processor; they are made once for each length, because every candidate replays the same. */
const made = new Map();
function streams(count) {
  const each = Math.ceil(count / PROCESSORS);
  if (!made.has(each)) {
    const list = Array.from({ length: PROCESSORS }, (_, i) =>
      stream(each, { seed: 88172645 + 7919 * i, base: i * 0x2000000, spread: 13, sequential: 9, shared: SHARED }),
    );
    made.set(each, list);
  }
  return made.get(each);
}

const plain = list => () => list.reduce((cycles, words) => cycles + plainLoop(words).cycles, 0);

/** Runs a machine; the check value says what happened in which order. */
function run({ sim }) {
  sim.run();
  return `${sim.now} ${sim.events} ${sim.fingerprint}`;
}

const simulated =
  (options, observer = null) =>
  count => {
    const machine = replaying(streams(count), options);
    machine.sim.observer = observer;
    return () => run(machine);
  };

/** Rates of what the processors of a machine met, in per cent of references, for the comment above. */
export function rates(count) {
  const { sim, processors } = replaying(streams(count));
  sim.run();
  const sum = name => processors.reduce((total, { stats }) => total + stats[name], 0);
  const percent = name => `${name} ${((100 * sum(name)) / sum('references')).toFixed(3)} %`;
  return ['secondLevelHits', 'localMisses', 'remoteMisses', 'tlbMisses'].map(percent).join(', ');
}

const watched = { messages: 0, sent: () => watched.messages++ };

export const benchmarks = [
  {
    name: 'hit path',
    count: 4_000_000,
    equal: false,
    baseline: count => plain([hitStream(count)]),
    candidates: {
      processor: count => {
        const machine = replaying([hitStream(count)]);
        return () => run(machine);
      },
    },
    targets: { processor: 0.8 },
  },
  {
    name: '16 processors',
    count: 6_400_000,
    equal: false,
    baseline: count => plain(streams(count)),
    candidates: { simulation: simulated({}) },
    targets: { simulation: 0.5 },
  },
  {
    name: '16 processors, longer',
    count: 25_600_000,
    rounds: 5,
    equal: false,
    baseline: count => plain(streams(count)),
    candidates: { simulation: simulated({}) },
  },
  {
    name: 'run-ahead',
    count: 1_600_000,
    rounds: 5,
    baseline: simulated({ runAhead: false }),
    candidates: { on: simulated({ runAhead: true }) },
    targets: { on: 3 },
  },
  {
    name: 'observer',
    count: 1_600_000,
    baseline: simulated({}, watched),
    candidates: { off: simulated({}) },
  },
];

if (process.argv[1] === import.meta.filename) runBenchmarks(benchmarks);
