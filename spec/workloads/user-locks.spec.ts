import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { semaphore } from '../../lib/guest/commodity/calls/system-calls.js';
import { withThreads } from '../../lib/workloads/guest-threads.js';
import { acquireLock, LOCK_BYTES, releaseLock, UserBarrier, UserSemaphore } from '../../lib/workloads/user-locks.js';
import { compute, load, store, type Operation, type Program } from '../../lib/processor/operations.js';
import { HEAP, runKernel } from '../guest/commodity/running.js';

const BASE = HEAP * 4096;
const WORDS = BASE + 16 * LOCK_BYTES;

type Steps = Generator<Operation, void, number>;

interface Case {
  readonly processors: number;
  readonly threads: number;
  readonly rounds: number;
  /** Instructions between two operations; a thread gives its processor away while it waits for long. */
  readonly works: readonly number[];
}

const cases = fc.record({
  processors: fc.integer({ min: 1, max: 3 }),
  threads: fc.integer({ min: 2, max: 5 }),
  rounds: fc.integer({ min: 1, max: 4 }),
  works: fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 3, maxLength: 3 }),
});

/** Has threads of one process execute steps between two barriers, and what `last` returns at the end. */
function run(
  { processors, threads }: Case,
  steps: (number: number, barrier: UserBarrier, semaphores: UserSemaphore) => Steps,
  last: () => Generator<Operation, number, number>,
): number {
  let result = -1;
  function* main(): Program {
    const barrier = new UserBarrier(BASE, threads, [yield semaphore(0), yield semaphore(0)]);
    const items = new UserSemaphore(BASE + 4 * LOCK_BYTES, yield semaphore(0));
    yield* withThreads(threads, function* (number): Program {
      yield* steps(number, barrier, items);
      yield* barrier.meet();
      if (number === 0) result = yield* last();
    });
  }
  runKernel({ processors, programs: { main } });
  return result;
}

const options = { numRuns: 12, seed: 1997 };

describe('locks of user programs', () => {
  it('let one thread in at a time', () => {
    fc.assert(
      fc.property(cases, setup => {
        const { threads, rounds, works } = setup;
        const lock = BASE + 8 * LOCK_BYTES;
        const count = run(
          setup,
          function* (number, barrier) {
            yield* barrier.meet();
            for (let round = 0; round < 5 * rounds; round++) {
              yield* acquireLock(lock);
              const seen = yield load(WORDS);
              // Short for the most part, so that several want the lock in the same moment.
              yield compute(works[(number + round) % works.length] % (round === 0 ? 30_000 : 40));
              yield store(WORDS, seen + 1);
              yield* releaseLock(lock);
            }
          },
          function* () {
            return yield load(WORDS);
          },
        );
        expect(count).toBe(threads * 5 * rounds);
      }),
      options,
    );
  });
});

describe('barriers of user programs', () => {
  it('are left by nobody before everybody is there', () => {
    fc.assert(
      fc.property(cases, setup => {
        const { threads, rounds, works } = setup;
        let early = 0;
        run(
          setup,
          function* (number, barrier) {
            for (let round = 1; round <= rounds; round++) {
              yield compute(works[(number + round) % works.length]);
              yield store(WORDS + number * LOCK_BYTES, round);
              yield* barrier.meet();
              for (let other = 0; other < threads; other++)
                if ((yield load(WORDS + other * LOCK_BYTES)) < round) early++;
            }
          },
          function* () {
            return yield load(WORDS);
          },
        );
        expect(early).toBe(0);
      }),
      options,
    );
  });
});

describe('semaphores of user programs', () => {
  it('let as many through as were posted, and lose nobody', () => {
    fc.assert(
      fc.property(cases, setup => {
        const { threads, rounds, works } = setup;
        const left = run(
          setup,
          function* (number, _barrier, items) {
            for (let round = 0; round < rounds * (number === 0 ? threads - 1 : 1); round++) {
              yield compute(works[(number + round) % works.length]);
              yield* number === 0 ? items.post() : items.wait();
            }
          },
          function* () {
            return yield load(BASE + 4 * LOCK_BYTES);
          },
        );
        expect(left).toBe(0);
      }),
      options,
    );
  });
});
