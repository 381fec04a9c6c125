import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ErrorNumber } from '../../../../lib/system/code.js';
import { KILLED } from '../../../../lib/guest/commodity/processes/process.js';
import {
  exit,
  fork,
  getpid,
  semaphore,
  semaphorePost,
  semaphoreWait,
  sginap,
  sproc,
  systemCall,
  waitForChild,
} from '../../../../lib/guest/commodity/calls/system-calls.js';
import {
  call,
  compute,
  load,
  loadLinked,
  monitorCall,
  store,
  tlbProbe,
  writeRegister,
  zero,
  type Operation,
  type Program,
} from '../../../../lib/processor/operations.js';
import { runChecked } from '../invariants.js';
import { HEAP } from '../running.js';

const A = HEAP * 4096;
const { ECHILD, EAGAIN, EINVAL } = ErrorNumber;

describe.each([
  ['in the unmapped segment', false],
  ['in the mapped segment', true],
])('processes of a kernel %s', (_where, mapped) => {
  const run = (main: () => Program, processors = 1, options: object = {}) =>
    runChecked({ processors, programs: { main }, kernel: { mapped, ...options } });
  const never = (): void => {
    throw new Error('a thread that has ended goes on');
  };

  /** The exit status of a child that does something. */
  const statusOf = (...operations: readonly Operation[]): number => {
    let status = -1;
    run(function* () {
      yield fork(function* () {
        for (const operation of operations) yield operation;
        yield exit(77);
        never();
      });
      status = (yield waitForChild()) & 255;
    });
    return status;
  };

  it.each<readonly [string, number, readonly Operation[]]>([
    ['exits with a status', 200, [exit(200)]],
    ['exits with more than a byte says', 1, [exit(257)]],
    ['exits with nonsense', 0, [systemCall('exit', 'nonsense')]],
    ['loads where it has nothing', KILLED.segmentation, [load(0x100000)]],
    ['stores where it has nothing', KILLED.segmentation, [store(0, 1)]],
    ['loads from the kernel', KILLED.segmentation, [load(0x80000000)]],
    ['stores to the kernel', KILLED.segmentation, [store(0x80001000, 1)]],
    ['loads from page tables', KILLED.segmentation, [load(0xc0000000)]],
    ['loads from the mapped kernel', KILLED.segmentation, [load(0xd0000000)]],
    ['loads from the kernel stack', KILLED.segmentation, [load(0xdfffe000)]],
    ['clears memory of the kernel', KILLED.segmentation, [zero(0x80000000, 128, 1)]],
    ['loads half a word too far', KILLED.bus, [load(A + 2)]],
    ['stores half a word too far', KILLED.bus, [store(A + 2, 1)]],
    ['executes what is for the kernel', KILLED.illegal, [writeRegister(12, 0)]],
    ['looks into the TLB', KILLED.illegal, [tlbProbe()]],
    ['calls a monitor that is not there', KILLED.illegal, [monitorCall(null)]],
    ['makes calls that are none', 77, [call(null), call(5), call({ call: 'fork' }), call({ call: 1, args: [] })]],
    ['links to what it has', 77, [loadLinked(A)]],
  ])('are told how a child has ended that %s', (_what, status, operations) => {
    expect(statusOf(...operations)).toBe(status);
  });

  it('refuse calls whose names or arguments are wrong', () => {
    const results: number[] = [];
    const wild: readonly unknown[] = [undefined, null, -1, 1.5, NaN, Infinity, 'x', {}, [], Symbol('s'), 10n, 2 ** 40];
    run(function* () {
      for (const name of ['fork', 'sproc', 'brk', 'execve'])
        for (const value of wild) results.push(yield systemCall(name, value));
      results.push(yield systemCall('execve', 'main'), yield systemCall('execve', 'main', [1]));
      for (const what of ['make', 'wait', 'post', 'other', null]) {
        for (const value of wild) results.push(yield systemCall('semaphore', what, value, value));
      }
      const real = yield semaphore(2 ** 31 - 1);
      for (const value of [...wild, 1]) results.push(yield systemCall('semaphore', 'post', real, value));
      results.push(yield systemCall('no such call', 1), yield systemCall('clock'), yield systemCall(''));
      for (const value of wild) yield systemCall('getpid', value);
    });
    expect(new Set(results)).toEqual(new Set([EINVAL]));
  });

  it('survive whatever programs ask for', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom('fork', 'sproc', 'brk', 'execve', 'semaphore', 'getpid', 'sginap', 'toString'),
            fc.array(fc.oneof(fc.anything(), fc.constantFrom('make', 'post')), { maxLength: 3 }),
          ),
          { maxLength: 12 },
        ),
        calls => {
          let ended = 0;
          run(function* () {
            for (const [name, args] of calls) yield systemCall(name, ...args);
            ended++;
          });
          expect(ended).toBe(1);
        },
      ),
      { seed: 1997, numRuns: 20 },
    );
  });

  it('end a child that is told to execute what is no program', () => {
    let status = 0;
    run(function* () {
      yield fork((() => 5) as never);
      status = (yield waitForChild()) & 255;
    });
    expect(status).toBe(KILLED.illegal);
  });

  it('hear of the oldest child that has ended, sleep for the others, and then have none', () => {
    const results: number[] = [];
    run(function* () {
      results.push(yield waitForChild());
      for (let i = 1; i <= 3; i++)
        yield fork(function* () {
          yield compute(i === 1 ? 1_000_000 : 1000);
          yield exit(i);
        });
      // Lets both short ones end.
      yield compute(400_000);
      for (let i = 0; i < 4; i++) results.push(yield waitForChild());
    }, 2);
    expect(results).toEqual([ECHILD, 3 * 256 + 2, 4 * 256 + 3, 2 * 256 + 1, ECHILD]);
  });

  it('end before their children, who go on', () => {
    const order: string[] = [];
    const { kernel } = run(function* () {
      yield fork(function* () {
        yield fork(function* () {
          yield compute(100_000);
          order.push(`grandchild ${yield getpid()}`);
        });
        order.push('child');
      });
      order.push('parent');
    });
    expect(order).toEqual(['parent', 'child', 'grandchild 3']);
    expect(kernel.processes.statistics).toEqual({ made: 3, ended: 3, largest: 2 });
  });

  it('have threads that share everything, and end with the last of them', () => {
    const seen: number[] = [];
    run(function* () {
      yield fork(function* () {
        const done = yield semaphore(0);
        for (let t = 1; t <= 3; t++)
          yield sproc(function* () {
            yield store(A + 4 * t, t);
            seen.push(yield getpid());
            yield semaphorePost(done);
            yield compute(1_000_000);
            yield exit(40);
          });
        for (let t = 1; t <= 3; t++) yield semaphoreWait(done);
        for (let t = 1; t <= 3; t++) seen.push(yield load(A + 4 * t));
        yield exit(7);
      });
      seen.push(yield waitForChild());
    }, 4);
    expect(seen).toEqual([2, 2, 2, 1, 2, 3, 2 * 256 + 40]);
  });

  it('are refused beyond the most that there may be, and made again when some have ended', () => {
    const results: number[] = [];
    run(
      function* () {
        const go = yield semaphore(0);
        let made = 0;
        for (let i = 0; i < 20; i++) {
          const child = yield fork(function* () {
            yield semaphoreWait(go);
          });
          if (child > 0) made++;
          else results.push(child);
        }
        results.push(yield sproc(function* () {}));
        yield semaphorePost(go, made);
        for (let i = 0; i < made; i++) yield waitForChild();
        results.push(yield fork(function* () {}), yield waitForChild());
      },
      2,
      { mostProcesses: 16 },
    );
    expect(results).toEqual([...new Array<number>(6).fill(EAGAIN), 17, 17 * 256]);
  });

  it('let a child run that is ready while the parent only asks whether others want to', () => {
    let turns = 0;
    run(function* () {
      let ended = false;
      yield sproc(function* () {
        yield compute(10);
        ended = true;
      });
      // What another thread of its own tells it, at the present: `sginap` is a call.
      for (; !ended && turns < 100; turns++) yield sginap();
    });
    expect(turns).toBeLessThan(3);
  });
});
