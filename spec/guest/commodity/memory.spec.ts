import { describe, expect, it } from '@jest/globals';
import { ErrorNumber } from '../../../lib/system/code.js';
import { KILLED } from '../../../lib/guest/commodity/processes/process.js';
import {
  brk,
  execve,
  exit,
  fork,
  semaphore,
  semaphorePost,
  semaphoreWait,
  sginap,
  sproc,
  systemCall,
  waitForChild,
} from '../../../lib/guest/commodity/calls/system-calls.js';
import { compute, load, store, type Program } from '../../../lib/processor/operations.js';
import { HEAP, STACK, TEXT } from './running.js';
import { inspection, runChecked } from './invariants.js';

const A = HEAP * 4096;
const page = (index: number): number => A + index * 4096;

describe.each([
  ['in the unmapped segment', false],
  ['in the mapped segment', true],
])('memory of a kernel %s', (_where, mapped) => {
  const run = (main: () => Program, changes: Partial<Parameters<typeof runChecked>[0]> = {}) =>
    runChecked({ ...changes, programs: { main, ...changes.programs }, kernel: { mapped, ...changes.kernel } }, 500);

  it('shows zeros where nobody has stored, even in pages of processes that have ended', () => {
    const seen: number[] = [];
    const { kernel } = run(
      function* () {
        for (let round = 0; round < 6; round++) {
          yield fork(function* () {
            for (let i = 0; i < 20; i++) {
              for (const word of [0, 512, 1023]) seen.push(yield load(page(i) + 4 * word));
              for (const word of [0, 512, 1023]) yield store(page(i) + 4 * word, -1);
            }
          });
          yield waitForChild();
        }
      },
      { kernel: { mapped, pages: 700 } },
    );
    expect(new Set(seen)).toEqual(new Set([0]));
    expect(seen).toHaveLength(360);
    // Not in vain: more pages were taken than there are.
    expect(kernel.physical.statistics.taken).toBeGreaterThan(100);
  });

  it('isolates chains of forks in both directions, whoever ends first', () => {
    const seen: Record<string, readonly number[]> = {};
    const level = (depth: number): (() => Program) =>
      function* () {
        yield store(page(depth), 100 + depth);
        if (depth < 4) yield fork(level(depth + 1));
        // The older two end before their descendants, the others after them.
        if (depth >= 2) while ((yield waitForChild()) >= 0);
        yield store(page(depth), 200 + depth);
        const values: number[] = [];
        for (let i = 0; i <= 4; i++) values.push(yield load(page(i)));
        seen[depth] = values;
        yield inspection();
      };
    run(level(0), { processors: 2 });
    expect(seen).toEqual({
      0: [200, 0, 0, 0, 0],
      1: [100, 201, 0, 0, 0],
      2: [100, 101, 202, 0, 0],
      3: [100, 101, 102, 203, 0],
      4: [100, 101, 102, 103, 204],
    });
  });

  it('lets the last user of a page have it without copying', () => {
    const taken = [true, false].map(waits => {
      const { kernel } = run(function* () {
        yield store(A, 1);
        yield fork(function* () {
          yield load(A);
          yield compute(1_000_000);
        });
        if (waits) yield waitForChild();
        yield store(A, 2);
        yield inspection();
      });
      return kernel.physical.statistics.taken;
    });
    expect(taken[1]).toBe(taken[0] + 1);
  });

  it('replaces all pages in execve', () => {
    const seen: number[] = [];
    run(
      function* () {
        yield store(A, 5);
        seen.push(yield execve('nothing'));
        seen.push(yield load(A));
        yield execve('other', 'x');
        seen.push(99);
      },
      {
        programs: {
          *other([arg]) {
            seen.push(yield load(A), arg.length);
            yield inspection();
          },
        },
      },
    );
    expect(seen).toEqual([ErrorNumber.ENOENT, 5, 0, 1]);
  });

  it('moves the end of the heap up and down', () => {
    const seen: number[] = [];
    run(function* () {
      yield store(page(3), 3);
      seen.push(yield brk(HEAP + 2), yield brk(HEAP + 4), yield load(page(3)));
      seen.push(yield brk(HEAP + 1000), yield store(page(999), 9), yield load(page(999)));
      seen.push(yield brk(STACK + 1), yield brk(HEAP - 1), yield brk(HEAP));
      yield inspection();
      seen.push(yield waitForChild());
      yield fork(function* () {
        yield load(A);
      });
      seen.push((yield waitForChild()) & 255);
    });
    const { ENOMEM, EINVAL, ECHILD } = ErrorNumber;
    expect(seen).toEqual([0, 0, 0, 0, 9, 9, ENOMEM, EINVAL, 0, ECHILD, KILLED.segmentation]);
  });

  it('answers fork with ENOMEM and ends who faults when memory is exhausted, and goes on', () => {
    const seen: number[] = [];
    const { kernel } = run(
      function* () {
        yield fork(function* () {
          for (let i = 0; i < 256; i++) yield store(page(i), i);
        });
        seen.push((yield waitForChild()) & 255);
        for (let i = 0; i < 20; i++) yield store(page(i), i);
        const done = yield semaphore(0);
        let refused = 0;
        let children = 0;
        for (let i = 0; i < 50; i++) {
          const child = yield fork(function* () {
            yield semaphoreWait(done);
          });
          if (child < 0) refused = child;
          else children++;
        }
        yield semaphorePost(done, 50);
        seen.push(refused);
        for (let i = 0; i < children; i++) yield waitForChild();
        seen.push(yield waitForChild());
        for (let i = 0; i < 20; i++) seen.push((yield load(page(i))) - i);
      },
      { kernel: { mapped, pages: 438 } },
    );
    expect(seen).toEqual([KILLED.memory, ErrorNumber.ENOMEM, ErrorNumber.ECHILD, ...new Array<number>(20).fill(0)]);
    expect(kernel.physical.statistics.refused).toBeGreaterThan(0);
  });

  it('starts again with the first identifier when more address spaces have been than there are identifiers', () => {
    const seen: number[] = [];
    const { kernel } = run(function* () {
      yield store(A, 1);
      for (let i = 0; i < 300; i++) {
        yield fork(function* () {
          yield store(A, i + 2);
          yield exit((yield load(A)) & 127);
        });
        seen.push(((yield waitForChild()) & 255) - ((i + 2) & 127));
      }
      seen.push((yield load(A)) - 1);
    });
    expect(new Set(seen)).toEqual(new Set([0]));
    expect(kernel.translations.statistics.flushes).toBeGreaterThanOrEqual(1);
  });

  it('leaves no entry of an identifier that another space gets', () => {
    const seen: number[] = [];
    const { kernel } = run(
      function* () {
        yield store(A, 1);
        const identifier = yield systemCall('identifier');
        yield fork(function* () {
          yield store(A, 2);
          yield systemCall('renew', identifier);
          seen.push(yield systemCall('identifier'), yield load(A));
        });
        yield waitForChild();
        seen.push(identifier, yield load(A));
      },
      {
        prepare: ({ kernel }) => {
          kernel.calls.set('identifier', function* (thread) {
            yield compute(1);
            return thread.processor!.identifier;
          });
          kernel.calls.set('renew', function* (thread, [identifier]) {
            do yield* kernel.translations.changedAll(thread, thread.space!);
            while (thread.processor!.identifier !== identifier);
            return 0;
          });
        },
      },
    );
    // The second program has had the identifier of the first, whose entries may still have been there.
    expect(seen).toEqual([seen[2], 2, seen[2], 1]);
    expect(kernel.translations.statistics.flushes).toBe(1);
  });

  it('keeps a child apart from threads that go on storing on other processors', () => {
    const differences: number[] = [];
    let rounds = 0;
    const { kernel } = run(
      function* () {
        const ready = yield semaphore(0);
        const done = yield semaphore(0);
        for (let t = 0; t < 3; t++) {
          yield sproc(function* () {
            yield semaphorePost(ready);
            for (let i = 1; i < 400; i++) {
              yield store(page(t) + 8, i);
              yield compute(300);
            }
            yield semaphorePost(done);
          });
        }
        for (let t = 0; t < 3; t++) yield semaphoreWait(ready);
        for (let round = 0; round < 4; round++) {
          yield fork(function* () {
            for (let t = 0; t < 3; t++) {
              const first = yield load(page(t) + 8);
              yield compute(4000);
              yield sginap();
              differences.push((yield load(page(t) + 8)) - first);
            }
            yield inspection();
          });
          rounds++;
        }
        for (let t = 0; t < 3; t++) yield semaphoreWait(done);
        for (let t = 0; t < 3; t++) differences.push((yield load(page(t) + 8)) - 399);
        for (let round = 0; round < rounds; round++) yield waitForChild();
      },
      { processors: 4 },
    );
    expect(new Set(differences)).toEqual(new Set([0]));
    expect(differences).toHaveLength(15);
    expect(kernel.translations.statistics.shootdowns).toBeGreaterThan(0);
  });

  it('keeps a child apart from kernel code that stores to its parent, as a long read does', () => {
    const differences: number[] = [];
    const found: number[] = [];
    run(
      function* () {
        const ready = yield semaphore(0);
        const done = yield semaphore(0);
        for (let t = 0; t < 2; t++) {
          yield sproc(function* () {
            yield store(page(t) + 8, 0);
            yield semaphorePost(ready);
            yield systemCall('fill', page(t) + 8, t === 0 ? 0 : page(20));
            yield semaphorePost(done);
          });
        }
        for (let t = 0; t < 2; t++) yield semaphoreWait(ready);
        // Meanwhile the threads are in the kernel, and take no interrupts.
        yield compute(5000);
        yield fork(function* () {
          for (let t = 0; t < 2; t++) {
            const first = yield load(page(t) + 8);
            yield compute(10_000);
            differences.push((yield load(page(t) + 8)) - first);
          }
        });
        for (let t = 0; t < 2; t++) yield semaphoreWait(done);
        for (let t = 0; t < 2; t++) found.push(yield load(page(t) + 8));
        yield waitForChild();
        yield inspection();
      },
      {
        processors: 4,
        prepare: ({ kernel }) => {
          kernel.calls.set('fill', function* (_thread, [address, fresh]) {
            for (let i = 1; i <= 100_000; i++) {
              yield store(address as number, i);
              // Pages that it has not had: faults of the kernel, which have it wait for who copies the space.
              if (fresh !== 0 && i % 5000 === 0) yield store((fresh as number) + (i / 5000) * 4096, i);
            }
            return 0;
          });
        },
      },
    );
    expect(differences).toEqual([0, 0]);
    expect(found).toEqual([100_000, 100_000]);
  });

  it('lets text be read, not written', () => {
    const seen: number[] = [];
    run(function* () {
      yield fork(function* () {
        seen.push(yield load(TEXT * 4096));
        yield store(TEXT * 4096, 1);
      });
      seen.push((yield waitForChild()) & 255);
    });
    expect(seen).toEqual([0, KILLED.segmentation]);
  });
});
