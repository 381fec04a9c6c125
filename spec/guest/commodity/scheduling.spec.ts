import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { CommodityKernel } from '../../../lib/guest/commodity/kernel.js';
import type { Channel, Code, SleepLock, Spinlock } from '../../../lib/guest/commodity/code.js';
import { AFFINITY_WINDOW, MOST_PASSES } from '../../../lib/guest/commodity/scheduler.js';
import {
  exit,
  fork,
  getpid,
  semaphore,
  semaphorePost,
  semaphoreWait,
  sproc,
  systemCall,
  waitForChild,
} from '../../../lib/guest/commodity/system-calls.js';
import type { Thread } from '../../../lib/guest/commodity/threads.js';
import { ns } from '../../../lib/engine/time.js';
import { compute, load, store, type Operation, type Program } from '../../../lib/processor/operations.js';
import { Activity } from '../../../lib/processor/software.js';
import { runChecked } from './invariants.js';
import { withKernel, type Running } from './running.js';

/** A tick is 100 us long: 40000 cycles of 2.5 ns, at two cycles to a count. */
const COUNTS = 20_000;
const CYCLES = 2 * COUNTS;

describe('the scheduler', () => {
  it.each([
    [1, 3],
    [2, 5],
    [3, 4],
  ])('shares %i processors fairly among %i programs that only compute', (processors, programs) => {
    const done = new Array<number>(programs).fill(0);
    const started = new Array<boolean>(programs).fill(false);
    let stopped = false;
    let running: Running | null = null;
    running = withKernel({
      processors,
      kernel: { countsPerTick: COUNTS, sliceTicks: 2 },
      programs: {
        *main() {
          for (let i = 0; i < programs; i++)
            yield fork(function* () {
              started[i] = true;
              while (!stopped) {
                yield compute(1000);
                done[i]!++;
              }
            });
        },
      },
    });
    const { simulation } = running.machine;
    running.machine.run({ until: simulation.ticks(ns(20e6)) });
    stopped = true;
    running.machine.run();
    expect(started.every(Boolean)).toBe(true);
    // 20 ms are 200 ticks of each processor. Between two turns of a program, with the others before it, lie at most as
    // many slices as the bound on passing over says; a program can be ahead by that much only.
    const share = (200 * CYCLES * processors) / programs / 1000;
    const slice = (2 * CYCLES) / 1000;
    for (const loops of done) {
      expect(loops).toBeGreaterThan(share - slice * (MOST_PASSES + 1) * 2);
      expect(loops).toBeLessThan(share + slice * (MOST_PASSES + 1) * 2);
    }
  });

  it('prefers threads that a processor ran last', () => {
    // Without affinity half of the switches would migrate.
    const { kernel } = runChecked({
      processors: 2,
      kernel: { countsPerTick: COUNTS, sliceTicks: 1 },
      programs: {
        *main() {
          for (let i = 0; i < 8; i++)
            yield fork(function* () {
              for (let j = 0; j < 40; j++) yield compute(CYCLES / 2);
            });
          while ((yield waitForChild()) > 0);
        },
      },
    });
    const { switches, migrations } = kernel.scheduler.statistics;
    expect(AFFINITY_WINDOW).toBe(4);
    expect(migrations).toBeGreaterThan(0);
    expect(migrations / switches).toBeLessThan(0.3);
  });

  it('wakes every processor that is needed, at once', () => {
    const ends: number[] = [];
    let running: Running | null = null;
    running = withKernel({
      processors: 4,
      programs: {
        *main() {
          const go = yield semaphore(0);
          const done = yield semaphore(0);
          for (let i = 0; i < 3; i++)
            yield sproc(function* () {
              yield semaphoreWait(go);
              yield compute(400_000);
              yield semaphorePost(done);
            });
          yield compute(1_000_000);
          yield getpid();
          const start = running!.machine.elapsedNs;
          yield semaphorePost(go, 3);
          for (let i = 0; i < 3; i++) yield semaphoreWait(done);
          ends.push(running!.machine.elapsedNs - start);
        },
      },
    });
    running.machine.run();
    // One millisecond of computing each; two on one processor would take two, and a tick is ten.
    expect(ends[0]).toBeGreaterThan(1e6);
    expect(ends[0]).toBeLessThan(1.2e6);
  });

  it('keeps the time when a kernel thread computes for longer than a tick', () => {
    const { kernel, machine } = runChecked({
      kernel: { countsPerTick: COUNTS, tickNs: 1e5 },
      *first(kernel, thread) {
        yield compute(10.5 * CYCLES);
        const process = yield* kernel.processes.spawn(thread, 'main', []);
        while (kernel.processes.count > 0) yield* kernel.firstEnded.sleep(thread);
        expect(process).toHaveProperty('status', 5);
      },
      programs: {
        *main() {
          for (let i = 0; i < 10; i++) yield compute(CYCLES);
          yield exit(5);
        },
      },
    });
    // The first tick comes after one tick, and the last at most one before the end.
    expect(kernel.tickCount).toBeGreaterThanOrEqual(Math.floor(machine.elapsedNs / 1e5) - 1);
    expect(kernel.tickCount).toBeLessThanOrEqual(Math.ceil(machine.elapsedNs / 1e5));
    expect(kernel.tickNs).toBe(kernel.tickCount * 1e5);
  });

  it('says who sleeps on what when nobody will ever run again', () => {
    const dead = (): Running =>
      withKernel({
        kernel: { countsPerTick: COUNTS, stallTicks: 50 },
        programs: {
          *main() {
            const never = yield semaphore(0);
            yield fork(function* () {
              yield semaphoreWait(never);
            });
            yield waitForChild();
          },
        },
      });
    expect(() => dead().machine.run()).toThrow(
      'the kernel is stalled: no process has run for 50 ticks\n' +
        '  main (thread 2) sleeps on children of process 1\n  main (thread 3) sleeps on semaphore 0',
    );
  });

  it('does not complain while somebody computes', () => {
    runChecked({
      kernel: { countsPerTick: COUNTS, stallTicks: 3 },
      programs: {
        *main() {
          yield fork(function* () {
            yield compute(20 * CYCLES);
          });
          yield waitForChild();
        },
      },
    });
  });
});

/** What kernel code of a spec's own sleeps on. */
interface Objects {
  readonly lock: Spinlock;
  readonly channel: Channel;
  readonly sleepLocks: readonly SleepLock[];
  readonly counter: number;
}

/** System calls that use locks and channels of the kernel as its parts do. */
function addCalls(kernel: CommodityKernel, objects: Objects, inside: Set<Thread>): void {
  const { lock, channel, sleepLocks, counter } = objects;
  let tokens = 0;
  const exclusive = function* (thread: Thread, cycles: number): Code {
    if (inside.size > 0) throw new Error(`${thread.name} and ${[...inside][0]!.name} hold a lock both`);
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
  kernel.calls.set('hold', function* (thread, [which, cycles]) {
    const held = sleepLocks[which as number]!;
    yield* held.acquire(thread);
    if (holders.has(held)) throw new Error(`${thread.name} has a lock that ${holders.get(held)!.name} holds`);
    holders.set(held, thread);
    yield compute(cycles as number);
    // Gives the processor away while it holds the lock.
    yield* kernel.scheduler.yieldProcessor(thread);
    holders.delete(held);
    yield* held.release(thread);
    return 0;
  });
}

type Step = readonly ['spin' | 'hold' | 'put' | 'take' | 'compute', number, number];

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(fc.constantFrom('spin', 'hold', 'put', 'compute'), fc.nat({ max: 2 }), fc.nat({ max: 3000 })) as fc.Arbitrary<Step>,
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
      return systemCall('hold', which, cycles);
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
        for (const { account } of machine.processors) spinning += account.ticks[Activity.Synchronisation]!;
      }),
      { seed: 1997, numRuns: 40, endOnFailure: true },
    );
    expect(contended).toBeGreaterThan(10);
    expect(spinning).toBeGreaterThan(0);
  });

  it('charge the time of who spins to synchronisation, and only that', () => {
    const spun = [1, 2].map(processors => {
      const { machine } = play({
        processors,
        mapped: false,
        threads: [[['spin', 0, 3000]], [['spin', 0, 3000]]],
      });
      return machine.processors.map(({ account }) => account.ticks[Activity.Synchronisation]!);
    });
    expect(spun[0]).toEqual([0]);
    expect(spun[1]!.every(ticks => ticks < 4 * 3000)).toBe(true);
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
      expect(() => sleepLock.acquire(thread).next()).toThrow('first thread acquires sleep lock, which it holds already');
      yield* sleepLock.release(thread);
    };
    runChecked({ first: main, programs: {} });
  });
});
