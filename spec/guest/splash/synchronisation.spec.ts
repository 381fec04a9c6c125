import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compute, load, store } from '../../../lib/processor/operations.js';
import type { SplashOS } from '../../../lib/guest/splash/splash-os.js';
import type { SplashThread } from '../../../lib/guest/splash/threads.js';
import { withSplash, type Setup } from './running.js';
import type { Code } from '../../../lib/system/code.js';

/** What a thread does between two meetings of all. */
type Deed =
  /** Increments two words that are equal whenever nobody holds the lock. */
  | { readonly deed: 'locked'; readonly lock: number; readonly cycles: number }
  | { readonly deed: 'nested'; readonly cycles: number }
  | { readonly deed: 'compute'; readonly cycles: number }
  | { readonly deed: 'give way' }
  /** Touches another page of its own. */
  | { readonly deed: 'touch'; readonly page: number };

/** A program: deeds by round and thread; how many rounds each thread takes part in. */
interface Plan {
  readonly machine: Omit<Setup, 'link' | 'runAhead'>;
  readonly threads: number;
  readonly rounds: readonly (readonly (readonly Deed[])[])[];
  /** The thread that leaves early, and after how many rounds. */
  readonly early: { readonly thread: number; readonly rounds: number };
}

const LOCKS = 3;
const PAGES = 40;

const cycles = fc.integer({ min: 1, max: 60 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ deed: fc.constant('locked' as const), lock: fc.nat(LOCKS - 1), cycles }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('nested' as const), cycles }) },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('compute' as const), cycles }) },
  { weight: 1, arbitrary: fc.constant({ deed: 'give way' as const }) },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('touch' as const), page: fc.nat(PAGES - 1) }) },
);

const plan: fc.Arbitrary<Plan> = fc
  .record({
    processors: fc.integer({ min: 1, max: 4 }),
    perProcessor: fc.integer({ min: 1, max: 3 }),
    rounds: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ processors, perProcessor, rounds }) => {
    const threads = processors * perProcessor;
    return fc.record({
      machine: fc.record({
        processors: fc.constant(processors),
        threads: fc.constant(threads),
        programPages: fc.constant(PAGES + 4),
        mapped: fc.boolean(),
        seed: fc.nat(1000),
        storeBuffer: fc.constantFrom(0, 1, 4),
        tlbEntries: fc.constantFrom(8, 16, 64),
        scheduler: fc.record({ spinTurns: fc.nat(3), turnCycles: fc.integer({ min: 1, max: 10 }) }),
      }),
      threads: fc.constant(threads),
      rounds: fc.array(fc.array(fc.array(deed, { maxLength: 6 }), { minLength: threads, maxLength: threads }), {
        minLength: rounds,
        maxLength: rounds,
      }),
      early: fc.record({ thread: fc.nat(threads - 1), rounds: fc.nat(rounds) }),
    });
  });

/** What went wrong, and what the words are in the end. */
interface Outcome {
  readonly faults: string[];
  readonly counters: number[];
  readonly finished: boolean;
  readonly fingerprint: string;
}

function execute(of: Plan, runAhead: boolean): Outcome {
  const faults: string[] = [];
  const counters: number[] = [];
  const { machine } = withSplash({ ...of.machine, runAhead, link: os => link(of, os, faults, counters) });
  const end = machine.run({ events: 200_000 });
  const finished = end === 'finished' && machine.processors.every(({ ended }) => ended);
  return { faults, counters, finished, fingerprint: machine.simulation.fingerprint.toString() };
}

function link(of: Plan, os: SplashOS, faults: string[], counters: number[]): (thread: SplashThread) => Code {
  const locks = Array.from({ length: LOCKS }, () => ({ lock: os.lock(), left: os.allocate(4), right: os.allocate(4) }));
  const progress = Array.from({ length: of.threads }, () => os.allocate(4));
  const turns = Array.from({ length: of.threads }, () => os.semaphore(0));
  const own = os.allocate(PAGES * 4096);
  const all = os.barrier();
  const finish = os.barrier();
  const increment = function* (thread: SplashThread, number: number, pause: number): Code {
    const { lock, left, right } = locks[number];
    yield* lock.acquire(thread);
    const value = yield load(left);
    yield compute(pause);
    yield store(left, value + 1);
    if ((yield load(right)) !== value) faults.push(`thread ${thread.number} is not alone in lock ${number}`);
    yield store(right, value + 1);
    yield* lock.release();
  };
  const perform = function* (thread: SplashThread, it: Deed): Code {
    if (it.deed === 'locked') yield* increment(thread, it.lock, it.cycles);
    else if (it.deed === 'compute') yield compute(it.cycles);
    else if (it.deed === 'give way') yield* thread.giveWay();
    else if (it.deed === 'touch') yield store(own + it.page * 4096 + 4 * thread.number, it.page);
    else {
      // The first lock around the second.
      yield* locks[0].lock.acquire(thread);
      yield* increment(thread, 1, it.cycles);
      yield* locks[0].lock.release();
    }
  };
  return function* (thread) {
    const { number } = thread;
    const resigns = number === of.early.thread ? of.early.rounds : Infinity;
    for (let round = 0; round < of.rounds.length; round++) {
      if (round === resigns) {
        yield* all.resign(thread);
        break;
      }
      for (const it of of.rounds[round][number]) yield* perform(thread, it);
      yield store(progress[number], round + 1);
      yield* all.meet(thread);
      for (let other = 0; other < of.threads; other++) {
        const stays = other !== of.early.thread || round < of.early.rounds;
        if (stays && (yield load(progress[other])) < round + 1)
          faults.push(`thread ${number} leaves round ${round} before thread ${other} has come`);
      }
    }
    // Each passes on the turn that it gets, once around.
    if (number !== 0) yield* turns[number].wait(thread);
    if (number + 1 < of.threads) yield* turns[number + 1].post(thread);
    yield* finish.meet(thread);
    if (number === 0)
      for (const { left, right } of locks) {
        counters.push(yield load(left));
        if ((yield load(right)) !== counters.at(-1)) faults.push('the words of a lock differ in the end');
      }
  };
}

/** How often each lock's words are incremented. */
function wantedCounters({ rounds, early }: Plan): number[] {
  const wanted = new Array<number>(LOCKS).fill(0);
  rounds.forEach((threads, round) =>
    threads.forEach((deeds, thread) => {
      if (thread === early.thread && round >= early.rounds) return;
      for (const it of deeds) {
        if (it.deed === 'locked') wanted[it.lock]++;
        if (it.deed === 'nested') wanted[1]++;
      }
    }),
  );
  return wanted;
}

describe('locks, barriers and semaphores, under random programs on random machines', () => {
  it('exclude each other, lose nobody, and let everybody finish, with run-ahead and without alike', () => {
    fc.assert(
      fc.property(plan, of => {
        const outcome = execute(of, true);
        expect(outcome).toMatchObject({ faults: [], finished: true, counters: wantedCounters(of) });
        expect(execute(of, false)).toEqual(outcome);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

describe('a lock', () => {
  it('refuses a thread that holds it already', () => {
    const { machine } = withSplash({
      processors: 1,
      link: os => {
        const lock = os.lock();
        return function* (thread) {
          yield* lock.acquire(thread);
          yield* lock.acquire(thread);
        };
      },
    });
    expect(() => machine.run()).toThrow('thread 0 acquires a lock that it holds');
  });
});

describe('sixteen threads that come to a barrier in step', () => {
  // Apart by 100 cycles they stay there without backing off; other distances stand for the rest.
  it.each([0, 20, 100, 400])('do not take the line from each other for ever, %s cycles apart', skew => {
    const { machine } = withSplash({
      processors: 16,
      link: os => {
        const barrier = os.barrier();
        return function* (thread) {
          for (let round = 0; round < 3; round++) {
            yield compute(1 + ((thread.number * 5) % 16) * skew);
            yield* barrier.meet(thread);
          }
        };
      },
    });
    machine.run({ events: 60_000 });
    expect(machine.processors.map(({ ended }) => ended)).toEqual(new Array(16).fill(true));
  });
});

describe('a barrier', () => {
  it('lets the others go when the last one resigns instead of coming', () => {
    const { machine } = withSplash({
      processors: 3,
      link: os => {
        const barrier = os.barrier();
        return function* (thread) {
          if (thread.number > 0) yield* barrier.meet(thread);
          else {
            yield compute(5000);
            yield* barrier.resign(thread);
          }
        };
      },
    });
    machine.run({ events: 10_000 });
    expect(machine.processors.map(({ ended }) => ended)).toEqual([true, true, true]);
  });

  it('refuses a thread that it is not for', () => {
    const { machine } = withSplash({
      processors: 2,
      link: os => {
        const barrier = os.barrier([os.threads[0]]);
        return function* (thread) {
          if (thread.number === 1) yield* barrier.meet(thread);
        };
      },
    });
    expect(() => machine.run()).toThrow('thread 1 comes to a barrier of others');
  });
});
