/**
 * Compares implementations of one task by CPU time: interleaved runs, a warm-up round, medians over the others.
 * Everything is a ratio to a baseline of the same process and minute; absolute figures are for orientation only.
 * CPU time (which includes compiler and collector threads) and interleaving make the ratios bearable on a busy machine.
 */
const LEAST_ROUNDS = 5;
const QUICK_SHARE = 50;
const BASELINE = 'baseline';

/** CPU time of this process so far, in microseconds. */
export function cpuMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Times a baseline and its candidates.
 * - `name`: what is compared; `count`: operations per run; `rounds`: timed rounds, at least 5.
 * - `baseline` and `candidates[label]`: factories. They get the count, set up outside the timing, and return the timed
 *   function, which returns a check value.
 * - `equal` (default true): all check values of a round must be the same, or it throws.
 * - `targets[label]`: the ratio that a candidate should reach.
 * A ratio is the baseline's time over the candidate's of the same round, so 2 is twice as fast; its median is reported.
 * `quick` is for smoke tests: one short round without warm-up, which says nothing about time, so targets are not judged.
 */
export function compare(
  { name, baseline, candidates = {}, count, rounds = 7, equal = true, targets = {} },
  { clock = cpuMicroseconds, quick = false } = {},
) {
  if (BASELINE in candidates) throw new Error(`${name}: a candidate cannot be called '${BASELINE}'`);
  if (!quick && rounds < LEAST_ROUNDS) throw new RangeError(`${name}: ${rounds} rounds; at least ${LEAST_ROUNDS}`);
  const stray = Object.keys(targets).filter(label => !(label in candidates));
  if (stray.length > 0) throw new Error(`${name}: a target for ${stray.join(', ')}, which is no candidate`);

  const entries = [[BASELINE, baseline], ...Object.entries(candidates)];
  const operations = quick ? Math.max(1, Math.ceil(count / QUICK_SHARE)) : count;
  const warmUps = quick ? 0 : 1;
  const times = Object.fromEntries(entries.map(([label]) => [label, []]));
  for (let round = 0; round < warmUps + (quick ? 1 : rounds); round++) {
    const checks = timeRound(entries, round, operations, clock, round < warmUps ? null : times);
    if (equal) requireEqual(name, checks);
  }
  return summary(name, operations, times, quick ? {} : targets);
}

/** Runs everything once, beginning with another entry in each round. `times` is null for a warm-up. */
function timeRound(entries, round, operations, clock, times) {
  const checks = {};
  for (let i = 0; i < entries.length; i++) {
    const [label, factory] = entries[(round + i) % entries.length];
    const run = factory(operations);
    globalThis.gc?.();
    const start = clock();
    checks[label] = run();
    const elapsed = clock() - start;
    times?.[label].push(Math.max(elapsed, 1));
  }
  return checks;
}

function requireEqual(name, checks) {
  const expected = checks[BASELINE];
  for (const [label, check] of Object.entries(checks)) {
    if (!Object.is(check, expected)) throw new Error(`${name}: ${label} returned ${check}, the baseline ${expected}`);
  }
}

function summary(name, operations, times, targets) {
  const figures = {};
  const ratios = {};
  const judged = {};
  for (const [label, own] of Object.entries(times)) {
    figures[label] = rounded((operations * 1e6) / median(own));
    if (label === BASELINE) continue;
    ratios[label] = rounded(median(own.map((time, round) => times[BASELINE][round] / time)));
    const target = targets[label];
    if (target !== undefined) judged[label] = { ratio: ratios[label], target, met: ratios[label] >= target };
  }
  return { name, operations, perSecond: figures, ratios, targets: judged };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function rounded(value) {
  return Number(value.toPrecision(4));
}

/** Merges comparisons into one object of named figures, ratios and targets, with names `comparison/label`. */
export function merge(results) {
  const named = part =>
    Object.fromEntries(
      results.flatMap(result =>
        Object.entries(result[part]).map(([label, value]) => [`${result.name}/${label}`, value]),
      ),
    );
  return { perSecond: named('perSecond'), ratios: named('ratios'), targets: named('targets') };
}

/** One line for each figure of a comparison. */
export function lines({ name, perSecond, ratios, targets }) {
  return Object.entries(perSecond).map(([label, figure]) => {
    const ratio = label in ratios ? `  x ${ratios[label].toFixed(2)}` : '';
    const judged = targets[label];
    const verdict = judged === undefined ? '' : `  target ${judged.target}: ${judged.met ? 'met' : 'MISSED'}`;
    const rate = figure < 1e4 ? `${figure.toFixed(2)}   /s` : `${(figure / 1e6).toFixed(2)} M/s`;
    return `${name.padEnd(24)} ${label.padEnd(20)} ${rate.padStart(13)}${ratio.padStart(10)}${verdict}`.trimEnd();
  });
}

/**
 * Runs benchmarks from the command line: `[--json] [--quick] [part of a name]...`.
 * `benchmarks` are arguments of `compare`. A missed target sets the exit code to 1.
 */
export function runBenchmarks(benchmarks, argv = process.argv.slice(2)) {
  const json = argv.includes('--json');
  const quick = argv.includes('--quick');
  const parts = argv.filter(argument => !argument.startsWith('--'));
  const chosen = benchmarks.filter(({ name }) => parts.length === 0 || parts.some(part => name.includes(part)));
  const results = [];
  for (const benchmark of chosen) {
    announce(`${benchmark.name} ...`);
    const result = compare(benchmark, { quick });
    announce('');
    results.push(result);
    if (!json) console.log(lines(result).join('\n'));
  }
  if (json) console.log(JSON.stringify({ quick, ...merge(results) }, null, 2));
  const missed = results.some(({ targets }) => Object.values(targets).some(({ met }) => !met));
  if (missed) process.exitCode = 1;
}

/** What runs now, on a terminal only. */
function announce(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
