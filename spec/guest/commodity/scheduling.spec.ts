import { describe, expect, it } from '@jest/globals';
import { MOST_AHEAD } from '../../../lib/guest/commodity/processes/scheduler.js';
import {
  exit,
  fork,
  getpid,
  semaphore,
  semaphorePost,
  semaphoreWait,
  sproc,
  waitForChild,
} from '../../../lib/guest/commodity/calls/system-calls.js';
import { ns } from '../../../lib/engine/time.js';
import { compute } from '../../../lib/processor/operations.js';
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
    const running = withKernel({
      processors,
      kernel: { countsPerTick: COUNTS, sliceTicks: 2 },
      programs: {
        *main() {
          for (let i = 0; i < programs; i++)
            yield fork(function* () {
              started[i] = true;
              while (!stopped) {
                yield compute(1000);
                done[i]++;
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
    // 20 ms are 200 ticks of each processor. A program is ahead of one that waits by as many slices as it may be, or by one more.
    const share = (200 * CYCLES * processors) / programs / 1000;
    const slice = (2 * CYCLES) / 1000;
    for (const loops of done) {
      expect(loops).toBeGreaterThan(share - slice * (MOST_AHEAD + 1) * 2);
      expect(loops).toBeLessThan(share + slice * (MOST_AHEAD + 1) * 2);
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
    expect(migrations).toBeGreaterThan(0);
    expect(migrations / switches).toBeLessThan(0.3);
  });

  it('leaves most programs where they are when there are more of them than processors', () => {
    // Twelve on eight, as in Figure 8 of the Disco paper. Taking turns over all processors, nearly each switch would migrate.
    let stopped = false;
    const { kernel, machine } = withKernel({
      processors: 8,
      kernel: { countsPerTick: COUNTS, sliceTicks: 2 },
      programs: {
        *main() {
          for (let i = 0; i < 12; i++)
            yield fork(function* () {
              while (!stopped) yield compute(1000);
            });
        },
      },
    });
    machine.run({ until: machine.simulation.ticks(ns(20e6)) });
    const { switches, migrations } = kernel.scheduler.statistics;
    stopped = true;
    machine.run();
    expect(switches).toBeGreaterThan(200);
    expect(migrations / switches).toBeLessThan(0.2);
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
