/** Checks of the benchmark harness on a clock that only the timed functions move. Run by harness.spec.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, lines, median, merge } from './harness.mjs';
import { plainLoop, syntheticWords } from './plain-loop.mjs';

/** A clock, and a factory of runs that take a given number of microseconds in each round. */
function setUp() {
  let now = 0;
  const order = [];
  const taking =
    (label, microseconds, check = 7) =>
    count => {
      let round = 0;
      now += 1000;
      return () => {
        order.push(label);
        now += microseconds[Math.min(round++, microseconds.length - 1)] * count;
        return check;
      };
    };
  return { clock: () => now, order, taking };
}

test('times runs without their set-up, and reports the ratio to the baseline', () => {
  const { clock, taking } = setUp();
  const result = compare(
    {
      name: 'copy',
      count: 10,
      baseline: taking('b', [6]),
      candidates: { fast: taking('f', [2]), slow: taking('s', [12]) },
      targets: { fast: 2.5, slow: 1 },
    },
    { clock },
  );
  assert.deepEqual(result, {
    name: 'copy',
    operations: 10,
    perSecond: { baseline: 166700, fast: 500000, slow: 83330 },
    ratios: { fast: 3, slow: 0.5 },
    targets: { fast: { ratio: 3, target: 2.5, met: true }, slow: { ratio: 0.5, target: 1, met: false } },
  });
});

test('interleaves, and begins with another entry in each round', () => {
  const { clock, order, taking } = setUp();
  compare(
    { name: 'x', count: 1, rounds: 5, baseline: taking('b', [1]), candidates: { c: taking('c', [1]) } },
    { clock },
  );
  assert.equal(order.join(''), 'bccbbccbbccb');
});

test('leaves the warm-up out, and takes the median of the ratios round by round', () => {
  let now = 0;
  let round = 0;
  const run = times => () => () => {
    now += times[Math.floor(round++ / 2)];
    return 0;
  };
  const { ratios } = compare(
    {
      name: 'x',
      count: 1,
      rounds: 5,
      baseline: run([999, 10, 20, 10, 10, 10]),
      candidates: { c: run([1, 10, 10, 5, 1, 5]) },
    },
    { clock: () => now },
  );
  assert.equal(ratios.c, 2);
});

test('refuses candidates that do something else, unless told that they may', () => {
  const { clock, taking } = setUp();
  const different = { name: 'x', count: 1, baseline: taking('b', [1], 1), candidates: { c: taking('c', [1], 2) } };
  assert.throws(() => compare(different, { clock }), /x: c returned 2, the baseline 1/);
  assert.equal(compare({ ...different, equal: false }, { clock }).ratios.c, 1);
});

test('refuses too few rounds and targets for nobody', () => {
  const { clock, taking } = setUp();
  const one = { name: 'x', count: 1, baseline: taking('b', [1]) };
  assert.throws(() => compare({ ...one, rounds: 4 }, { clock }), /at least 5/);
  assert.throws(() => compare({ ...one, targets: { c: 1 } }, { clock }), /no candidate/);
});

test('runs once and short when it has to be quick, and judges nothing', () => {
  const { clock, order, taking } = setUp();
  const slow = {
    name: 'x',
    count: 1000,
    baseline: taking('b', [1]),
    candidates: { c: taking('c', [2]) },
    targets: { c: 1 },
  };
  const { operations, targets } = compare(slow, { clock, quick: true });
  assert.deepEqual([operations, order, targets], [20, ['b', 'c'], {}]);
});

test('names figures by comparison and label', () => {
  const result = {
    name: 'x',
    operations: 1,
    perSecond: { baseline: 1e6, c: 2e6 },
    ratios: { c: 2 },
    targets: { c: { ratio: 2, target: 3, met: false } },
  };
  assert.deepEqual(merge([result]), {
    perSecond: { 'x/baseline': 1e6, 'x/c': 2e6 },
    ratios: { 'x/c': 2 },
    targets: { 'x/c': { ratio: 2, target: 3, met: false } },
  });
  assert.match(lines(result)[1], /x +c +2\.00 M\/s +x 2\.00 {2}target 3: MISSED/);
});

test('takes medians of odd and even numbers of values', () => {
  assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]);
});

test('the plain loop counts the misses that its geometry dictates', () => {
  const address = (page, offset) => (page << 12) | offset;
  // Cold; same line; the next L1 line of the same L2 line; another page.
  const words = Int32Array.of(address(1, 0), address(1, 28) | 1, address(1, 32), address(2, 0));
  assert.deepEqual(plainLoop(words), { cycles: 4 + 2 * 40 + 2 * 100 + 10, l1Misses: 3, l2Misses: 2, tlbMisses: 2 });
});

test('the plain loop is deterministic on its synthetic stream', () => {
  const words = syntheticWords(50_000);
  const { cycles, l1Misses, l2Misses, tlbMisses } = plainLoop(words);
  assert.deepEqual(plainLoop(words), { cycles, l1Misses, l2Misses, tlbMisses });
  assert.ok(l1Misses < words.length / 10 && l2Misses < l1Misses && tlbMisses > 64);
});
