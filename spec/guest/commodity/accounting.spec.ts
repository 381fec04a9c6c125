import { describe, expect, it } from '@jest/globals';
import { SERVICES, type ServiceName } from '../../../lib/guest/commodity/services.js';
import {
  exit,
  fork,
  getpid,
  semaphore,
  semaphorePost,
  sproc,
  systemCall,
  waitForChild,
} from '../../../lib/guest/commodity/calls/system-calls.js';
import { compute, load, store } from '../../../lib/processor/operations.js';
import { Activity } from '../../../lib/processor/software.js';
import { runChecked } from './invariants.js';
import { HEAP, type Running } from './running.js';

const page = (index: number): number => (HEAP + index) * 4096;

/** Instances of a service, and ticks that it took, over all processors. */
function service({ machine }: Running, name: ServiceName): { readonly count: number; readonly ticks: number } {
  const number = SERVICES.indexOf(name);
  let count = 0;
  let ticks = 0;
  for (const { services } of machine.processors) {
    count += services!.counts[number];
    ticks += services!.account.ticks[number];
  }
  return { count, ticks };
}

describe('the accounts of a kernel', () => {
  it.each([1, 3])('count what programs on %i processors have asked for', processors => {
    const running = runChecked({
      processors,
      programs: {
        *main() {
          for (let i = 0; i < 5; i++) yield store(page(i), i);
          for (let child = 0; child < 3; child++)
            yield fork(function* () {
              // Two pages to be copied, one to be looked at, one of its own.
              for (const i of [0, 1]) yield store(page(i), child);
              yield load(page(2));
              yield store(page(100), 1);
              for (let i = 0; i < 7; i++) yield getpid();
              yield exit(child);
            });
          for (let i = 0; i < 4; i++) yield waitForChild();
          const number = yield semaphore(1);
          yield sproc(function* () {
            for (let i = 0; i < 9; i++) yield semaphorePost(number);
          });
          yield systemCall('nonsense');
          yield systemCall('clock');
          yield systemCall('idle');
        },
      },
    });
    const counts = (...names: readonly ServiceName[]): number[] => names.map(name => service(running, name).count);
    expect(counts('fork', 'sproc', 'exit', 'wait', 'getpid', 'semaphore')).toEqual([3, 1, 5, 4, 21, 10]);
    // Five pages of the parent and one of each child.
    expect(counts('DEMAND_ZERO', 'COPY_FAULT', 'FILE_FAULT')).toEqual([8, 6, 0]);
    // The parent's page table for its heap.
    expect(counts('other fault')).toEqual([1]);
    expect(counts('other call', 'idle', 'open')).toEqual([3, 0, 0]);
    // Each instance took some time, and services that were not asked for took none.
    for (const name of ['fork', 'exit', 'getpid', 'DEMAND_ZERO', 'COPY_FAULT', 'UTLB_MISS', 'user'] as const)
      expect(service(running, name).ticks).toBeGreaterThan(0);
    expect(service(running, 'open').ticks).toBe(0);
  });

  it('count ticks of the timer', () => {
    const running = runChecked({
      processors: 2,
      kernel: { countsPerTick: 20_000 },
      programs: {
        *main() {
          yield compute(1_000_000);
        },
      },
    });
    const ticks = running.kernel.processors.reduce((sum, processor) => sum + processor.ticks, 0);
    expect(ticks).toBeGreaterThan(40);
    // Of the ticks that say that the kernel has stopped nobody counts more than that they were there.
    expect(service(running, 'clock').count - ticks).toBeLessThanOrEqual(2);
  });

  it('call a processor idle as long as it waits, and not while it looks for work', () => {
    const { machine } = runChecked({
      processors: 2,
      kernel: { countsPerTick: 20_000 },
      programs: {
        *main() {
          yield compute(1_000_000);
        },
      },
    });
    const { account, services } = machine.processors.find(processor => processor.account.ticks[Activity.User] === 0)!;
    const [user, idle, switching] = (['user', 'idle', 'switch'] as const).map(
      name => services!.account.ticks[SERVICES.indexOf(name)],
    );
    // Of user programs it has none, but no service either once its idle thread has ended.
    expect(account.ticks[Activity.Idle]).toBe(idle + user);
    expect(idle / machine.simulation.now).toBeGreaterThan(0.8);
    expect(account.ticks[Activity.Interrupt]).toBeGreaterThan(0);
    expect(switching).toBeGreaterThan(0);
  });

  it('charge user programs with what they compute and nothing else', () => {
    const { machine } = runChecked({
      programs: {
        *main() {
          yield compute(123_456);
        },
      },
    });
    expect(machine.processors[0].account.ticks[Activity.User]).toBe(123_456);
  });
});
