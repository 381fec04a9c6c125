/** Machines with hardly any memory left, to the page: whatever fails, it fails cleanly. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ErrorNumber } from '../../../lib/system/code.js';
import { KILLED } from '../../../lib/guest/commodity/processes/process.js';
import { exit, fork, sproc, waitForChild } from '../../../lib/guest/commodity/calls/system-calls.js';
import { compute, load, store, type Program } from '../../../lib/processor/operations.js';
import { inspection, runChecked } from './invariants.js';
import { HEAP, withKernel } from './running.js';

const page = (index: number): number => (HEAP + index) * 4096;

/** Pages of a machine of which so many are free when the kernel begins. */
function pagesWith(free: number, processors: number, mapped: boolean): number {
  let pages = 1024;
  // What the kernel needs depends on how many there are.
  for (let round = 0; round < 4; round++)
    pages += free - withKernel({ processors, programs: {}, kernel: { mapped, pages } }).kernel.physical.available;
  return pages;
}

interface Game {
  readonly processors: number;
  readonly mapped: boolean;
  /** Pages that are free when the kernel begins, and that each process stores to. */
  readonly free: number;
  readonly touched: number;
}

/** Plays it; what was refused or ended for want of memory, by kind. */
function play({ processors, mapped, free, touched }: Game): Record<'fork' | 'sproc' | 'killed', number> {
  const refused = { fork: 0, sproc: 0, killed: 0 };
  const wrong: string[] = [];
  const branch = (depth: number): (() => Program) =>
    function* () {
      for (let i = 0; i < touched; i++) yield store(page(8 * depth + i), depth + 1);
      for (let child = 0; depth < 2 && child < 3; child++) {
        const made = yield fork(branch(depth + 1));
        if (made === ErrorNumber.ENOMEM) refused.fork++;
        else if (made <= 0) wrong.push(`fork says ${made}`);
      }
      const thread = yield sproc(function* () {
        yield store(page(40), 1);
        yield compute(5000);
      });
      if (thread === ErrorNumber.ENOMEM) refused.sproc++;
      else if (thread <= 0) wrong.push(`sproc says ${thread}`);
      for (let above = 0; above <= depth; above++)
        for (let i = 0; i < touched; i++) {
          const found = yield load(page(8 * above + i));
          if (found !== above + 1) wrong.push(`level ${depth} finds ${found} from level ${above}`);
          yield store(page(8 * above + i), above + 1);
        }
      yield inspection();
      for (;;) {
        const result = yield waitForChild();
        if (result === ErrorNumber.ECHILD) break;
        if ((result & 255) === KILLED.memory) refused.killed++;
        else if ((result & 255) !== 0) wrong.push(`a child ends with ${result & 255}`);
      }
      yield exit(0);
    };
  runChecked({
    processors,
    programs: { main: branch(0) },
    kernel: { mapped, pages: pagesWith(free, processors, mapped), stallTicks: 200 },
  });
  expect(wrong).toEqual([]);
  return refused;
}

describe('a kernel with little memory', () => {
  it('refuses, ends who needs more, and loses no page', () => {
    const sums = { fork: 0, sproc: 0, killed: 0 };
    fc.assert(
      fc.property(
        fc.record({
          processors: fc.integer({ min: 1, max: 3 }),
          mapped: fc.boolean(),
          free: fc.integer({ min: 6, max: 80 }),
          touched: fc.integer({ min: 1, max: 6 }),
        }),
        game => {
          const refused = play(game);
          for (const kind of ['fork', 'sproc', 'killed'] as const) sums[kind] += refused[kind];
        },
      ),
      { seed: 1997, numRuns: 30, endOnFailure: true },
    );
    expect(Math.min(...Object.values(sums))).toBeGreaterThan(3);
  });

  it('does not start at all without a page for itself', () => {
    expect(() => withKernel({ programs: {}, kernel: { pages: 50 } })).toThrow('give the machine more memory');
  });
});
