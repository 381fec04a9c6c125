import { describe, expect, it } from '@jest/globals';
import { compute, load, store } from '../../../lib/processor/operations.js';
import { exit, fork, getpid, waitForChild } from '../../../lib/guest/commodity/calls/system-calls.js';
import { HEAP, runKernel } from './running.js';

describe('the commodity kernel', () => {
  it('runs a program in user mode with pages of zeros', () => {
    const seen: number[] = [];
    const { kernel } = runKernel({
      programs: {
        *main() {
          seen.push(yield load(HEAP * 4096));
          yield store(HEAP * 4096 + 8, 42);
          yield compute(1000);
          seen.push(yield load(HEAP * 4096 + 8));
          seen.push(yield getpid());
        },
      },
    });
    expect(seen).toEqual([0, 42, 1]);
    expect(kernel.processes.count).toBe(0);
  });

  it('gives a child what its parent had, and neither sees what the other writes then', () => {
    const seen: Record<string, number[]> = { parent: [], child: [] };
    runKernel({
      processors: 2,
      programs: {
        *main() {
          const a = HEAP * 4096;
          yield store(a, 7);
          const child = yield fork(function* () {
            seen['child'].push(yield load(a));
            yield store(a, 8);
            seen['child'].push(yield load(a));
            yield exit(3);
          });
          yield store(a, 9);
          seen['parent'].push(child, yield waitForChild());
          seen['parent'].push(yield load(a));
        },
      },
    });
    expect(seen).toEqual({ parent: [2, 2 * 256 + 3, 9], child: [7, 8] });
  });
});
