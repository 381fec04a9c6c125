import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Channel, Code, SharedSleepLock, SleepLock, Spinlock } from '../../../../lib/system/code.js';
import type { CommodityKernel } from '../../../../lib/guest/commodity/kernel.js';
import { fork, systemCall, waitForChild } from '../../../../lib/guest/commodity/calls/system-calls.js';
import type { Thread } from '../../../../lib/guest/commodity/processes/threads.js';
import { compute, load, store, type Operation, type Program } from '../../../../lib/processor/operations.js';
import { Activity } from '../../../../lib/processor/software.js';
import { runChecked } from '../invariants.js';
import type { Running } from '../running.js';

/** What kernel code of a spec's own sleeps on. */
interface Objects {
  readonly lock: Spinlock;
  readonly channel: Channel;
  readonly sleepLocks: readonly SharedSleepLock[];
  readonly counter: number;
}

/** System calls that use locks and channels of the kernel as its parts do. */
function addCalls(kernel: CommodityKernel, objects: Objects, inside: Set<Thread>): void {
  const { lock, channel, sleepLocks, counter } = objects;
  let tokens = 0;
  const exclusive = function* (thread: Thread, cycles: number): Code {
    if (inside.size > 0) throw new Error(`${thread.name} and ${[...inside][0].name} hold a lock both`);
    inside.add(thread);
    const value = yield load(counter);
    yield compute(cycles);
    yield store(counter, value + 1);
    inside.delete(thread);
  };
  kernel.calls.set('spin', function* (thread, [cycles]) {
    yield* lock.acquire(thread);
    yield* exclusive(thread, cycles as number);
    yield* lock.release(thread);
    return 0;
  });
  kernel.calls.set('put', function* (thread) {
    yield* lock.acquire(thread);
    tokens++;
    yield* channel.wakeOne();
    yield* lock.release(thread);
    return 0;
  });
  kernel.calls.set('take', function* (thread) {
    yield* lock.acquire(thread);
    while (tokens === 0) yield* channel.sleep(thread, lock);
    tokens--;
    yield* lock.release(thread);
    return 0;
  });
  const holders = new Map<SleepLock, Thread>();
  const sharers = new Map<SleepLock, number>(sleepLocks.map(lock => [lock, 0]));
  kernel.calls.set('hold', function* (thread, [which, cycles]) {
    const held = sleepLocks[which as number];
    yield* held.acquire(thread);
    if (holders.has(held)) throw new Error(`${thread.name} has a lock that ${holders.get(held)!.name} holds`);
    if (sharers.get(held) !== 0) throw new Error(`${thread.name} has a lock that others share`);
    holders.set(held, thread);
    yield compute(cycles as number);
    // Gives the processor away while it holds the lock.
    yield* kernel.scheduler.yieldProcessor(thread);
    holders.delete(held);
    yield* held.release(thread);
    return 0;
  });
  kernel.calls.set('share', function* (thread, [which, cycles]) {
    const shared = sleepLocks[which as number];
    yield* shared.acquireShared(thread);
    if (holders.has(shared)) throw new Error(`${thread.name} shares a lock that ${holders.get(shared)!.name} holds`);
    sharers.set(shared, sharers.get(shared)! + 1);
    yield compute(cycles as number);
    yield* kernel.scheduler.yieldProcessor(thread);
    sharers.set(shared, sharers.get(shared)! - 1);
    yield* shared.releaseShared(thread);
    return 0;
  });
}

type Step = readonly ['spin' | 'hold' | 'share' | 'put' | 'take' | 'compute', number, number];

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(fc.constantFrom('spin', 'hold', 'share', 'put', 'compute'), fc.nat({ max: 2 }), fc.nat({ max: 3000 })),
  { maxLength: 12 },
);

const games = fc.record({
  processors: fc.integer({ min: 1, max: 4 }),
  mapped: fc.boolean(),
  threads: fc.array(steps, { minLength: 1, maxLength: 6 }),
});

const operationOf = ([kind, which, cycles]: Step): Operation => {
  switch (kind) {
    case 'compute':
      return compute(cycles * 5);
    case 'hold':
    case 'share':
      return systemCall(kind, which, cycles);
    case 'spin':
      return systemCall('spin', cycles);
    default:
      return systemCall(kind);
  }
};

function play({ processors, mapped, threads }: typeof games extends fc.Arbitrary<infer T> ? T : never): Running {
  const puts = threads.flat().filter(([kind]) => kind === 'put').length;
  const spins = threads.flat().filter(([kind]) => kind === 'spin').length;
  const found: number[] = [];
  let counter = 0;
  const running = runChecked({
    processors,
    kernel: { mapped, countsPerTick: 10_000, sliceTicks: 1, stallTicks: 1000 },
    prepare: ({ kernel }) => {
      counter = kernel.allocate('counter', 4);
      const objects = {
        ...{ lock: kernel.spinlock('lock of the spec'), channel: kernel.channel('tokens'), counter },
        sleepLocks: [0, 1, 2].map(i => kernel.sleepLock(`sleep lock ${i}`)),
      };
      addCalls(kernel, objects, new Set());
      kernel.calls.set('counter', function* () {
        return yield load(counter);
      });
    },
    programs: {
      *main() {
        for (const actions of threads)
          yield fork(function* (): Program {
            for (const step of actions) yield operationOf(step);
          });
        for (let i = 0; i < puts; i++) yield systemCall('take');
        while ((yield waitForChild()) > 0);
        found.push(yield systemCall('counter'));
      },
    },
  });
  expect(found).toEqual([spins]);
  return running;
}

describe('locks and channels', () => {
  it('let nobody in twice and lose no wake-up, whoever is interrupted where', () => {
    let contended = 0;
    let spinning = 0;
    fc.assert(
      fc.property(games, game => {
        const { kernel, machine } = play(game);
        for (const { name, statistics } of kernel.lockStatistics())
          if (name === 'lock of the spec') {
            contended += statistics.contended;
            expect(statistics.acquisitions).toBeGreaterThanOrEqual(statistics.contended);
          }
        for (const { account } of machine.processors) spinning += account.ticks[Activity.Synchronisation];
      }),
      { seed: 1997, numRuns: 40, endOnFailure: true },
    );
    expect(contended).toBeGreaterThan(10);
    expect(spinning).toBeGreaterThan(0);
  });

  it('count how long processors waited for them, tries included', () => {
    const { kernel, machine } = play({
      processors: 2,
      mapped: false,
      threads: [[['spin', 0, 3000]], [['spin', 0, 3000]]],
    });
    const spun = machine.processors.reduce((sum, { account }) => sum + account.ticks[Activity.Synchronisation], 0);
    const spunNs = machine.simulation.time.ns(spun);
    const locks = kernel.lockStatistics().filter(({ statistics }) => statistics.waitedNs > 0);
    const waitedNs = locks.reduce((sum, { statistics }) => sum + statistics.waitedNs, 0);
    expect(spunNs).toBeGreaterThan(1000);
    expect(waitedNs).toBeGreaterThan(spunNs);
    // A try beside the loop is a load and a store that may miss, each some microseconds at the most.
    const tries = locks.reduce((sum, { statistics }) => sum + statistics.contended, 0);
    expect(waitedNs).toBeLessThan(spunNs + 4000 * tries);
    expect(locks.every(({ statistics }) => statistics.acquisitions > 0)).toBe(true);
  });

  it('charge the time of who spins to synchronisation, and only that', () => {
    const spun = [1, 2].map(processors => {
      const { machine } = play({
        processors,
        mapped: false,
        threads: [[['spin', 0, 3000]], [['spin', 0, 3000]]],
      });
      return machine.processors.map(({ account }) => account.ticks[Activity.Synchronisation]);
    });
    expect(spun[0]).toEqual([0]);
    expect(spun[1].every(ticks => ticks < 4 * 3000)).toBe(true);
  });

  it('refuse to be acquired twice or released by others', () => {
    const main = function* (kernel: CommodityKernel, thread: Thread): Code {
      const lock = kernel.spinlock('lock');
      const sleepLock = kernel.sleepLock('sleep lock');
      expect(() => lock.release(thread).next()).toThrow('first thread releases lock, which is free');
      expect(() => sleepLock.release(thread).next()).toThrow('first thread releases sleep lock, which nobody holds');
      yield* lock.acquire(thread);
      expect(() => lock.acquire(thread).next()).toThrow('first thread acquires lock, which it holds already');
      yield* lock.release(thread);
      yield* sleepLock.acquire(thread);
      expect(() => sleepLock.acquire(thread).next()).toThrow(
        'first thread acquires sleep lock, which it holds already',
      );
      yield* sleepLock.release(thread);
    };
    runChecked({ first: main, programs: {} });
  });
});
