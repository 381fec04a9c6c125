import { describe, expect, it } from '@jest/globals';
import { compute, interrupt, load, readRegister, store } from '../../../lib/processor/operations.js';
import { Register } from '../../../lib/processor/registers.js';
import { Activity } from '../../../lib/processor/software.js';
import type { SplashLock } from '../../../lib/guest/splash/synchronisation.js';
import type { SplashThread } from '../../../lib/guest/splash/threads.js';
import { withSplash, type Setup } from './running.js';
import type { Code } from '../../../lib/system/code.js';

/** Runs a program to its end. */
function run(setup: Setup): ReturnType<typeof withSplash> {
  const running = withSplash(setup);
  expect(running.machine.run()).toBe('finished');
  expect(running.machine.processors.every(({ ended }) => ended)).toBe(true);
  return running;
}

describe('SPLASHOS', () => {
  it('maps the pages of the program in order, behind its own', () => {
    const { machine, os } = run({
      processors: 1,
      programPages: 3,
      link: linked => {
        const address = linked.allocate(4 * 4096);
        return function* () {
          yield store(address + 3 * 4096, 7);
        };
      },
    });
    expect(os.memory.programPages).toBe(4);
    const last = [...machine.processors[0].tlb.mappings()].find(({ page }) => page === 0x403);
    expect(last?.frame).toBe(machine.layout![os.memory.firstPhysical + 3]);
  });

  it('serves a refill in 14 instructions, which read two words of the table', () => {
    const { machine, os } = run({
      processors: 1,
      link: linked => {
        const address = linked.allocate(4 * 4096);
        return function* () {
          for (const page of [0, 1, 2, 3, 0, 1]) yield load(address + page * 4096);
        };
      },
    });
    expect(os.statistics).toEqual({ refills: 2, libraryRefills: 0, interrupts: 0 });
    const { account, systemStalls } = machine.processors[0];
    const stalls = systemStalls[2 * Activity.TlbRefill] + systemStalls[2 * Activity.TlbRefill + 1];
    expect(account.ticks[Activity.TlbRefill] - stalls).toBe(2 * 14);
  });

  it('refuses a touch of what the program does not have', () => {
    const { machine } = withSplash({
      processors: 1,
      link: () =>
        function* () {
          yield load(0x500000);
        },
    });
    expect(() => machine.run()).toThrow('touches page 0x500; it has pages 0x400 to 0x40f');
  });

  it('refuses programs without threads, and programs that do not fit into memory', () => {
    const link = (): (() => Code) => function* () {};
    expect(() => withSplash({ processors: 1, link, programPages: 1e6 })).toThrow('pages of physical memory');
    expect(() => withSplash({ processors: 1, link, threads: 0 })).toThrow('threads is 0; give a whole number from 1');
    expect(() => withSplash({ processors: 1, link: os => (os.allocate(17 * 4096), link()) })).toThrow('are used up');
  });

  it('runs the threads of a processor in turn when they give way', () => {
    const order: number[] = [];
    run({
      processors: 2,
      threads: 6,
      link: () =>
        function* (thread: SplashThread): Code {
          if (thread.processor.number !== 0) return;
          for (let i = 0; i < 2; i++) {
            yield compute(10);
            order.push(thread.number);
            yield* thread.giveWay();
          }
        },
    });
    expect(order).toEqual([0, 2, 4, 0, 2, 4]);
  });

  it('leaves processors without threads alone', () => {
    const { machine } = run({ processors: 3, threads: 1, link: () => function* () {} });
    expect(machine.processors.map(({ stats }) => stats.exceptions)).toEqual([0, 0, 0]);
  });

  it('reads back from a file what another thread has written to it', () => {
    const found: number[] = [];
    const { os } = run({
      processors: 2,
      link: linked => {
        const [from, to] = [linked.allocate(64), linked.allocate(64)];
        const barrier = linked.barrier();
        return function* (thread: SplashThread): Code {
          if (thread.number === 0) {
            for (let i = 0; i < 4; i++) yield store(from + 4 * i, 10 + i);
            expect(yield* linked.files.write(thread, 'keys', 8, 16, from)).toBe(16);
          }
          yield* barrier.meet(thread);
          if (thread.number === 0) return;
          expect(yield* linked.files.read(thread, 'keys', 4, 100, to)).toBe(20);
          expect(yield* linked.files.read(thread, 'scene', 0, 100, to)).toBe(-1);
          for (let i = 0; i < 5; i++) found.push(yield load(to + 4 * i));
        };
      },
    });
    expect(found).toEqual([0, 10, 11, 12, 13]);
    expect(os.memory.pages).toBe(1 + 4 + 16);
  });

  it.each([false, true])('serves interrupts for which a part of it has a service; mapped: %s', mapped => {
    const served: number[] = [];
    const { os } = run({
      processors: 2,
      mapped,
      link: linked => {
        const flag = linked.memory.line();
        linked.interrupts.set(9, function* (a, _b, processor) {
          served.push(a, processor.number);
          yield store(flag, a);
        });
        return function* (thread: SplashThread): Code {
          if (thread.number === 0) {
            yield interrupt(1, 8, 5); // nobody serves it
            yield interrupt(1, 9, 5);
            yield* thread.waitWhile(flag, 0);
            yield interrupt(1, 9, 6);
          }
          let seen = 0;
          while (seen !== 6) seen = yield* thread.waitWhile(flag, seen);
        };
      },
    });
    expect(served).toEqual([5, 1, 6, 1]);
    expect(os.statistics.interrupts).toBe(2);
  });

  it('reaches its own data through the supervisor segment when it is mapped', () => {
    const { os, machine } = run({
      processors: 2,
      threads: 4,
      mapped: true,
      link: counted(20),
    });
    expect(os.memory.base).toBe(0xd0000000);
    expect(os.statistics.libraryRefills).toBeGreaterThan(0);
    for (const { tlb } of machine.processors)
      for (const { page, frame } of tlb.mappings())
        if (page >= 0xd0000) expect(frame).toBe(machine.layout![page - 0xd0000]);
  });

  it('returns from refills with interrupts enabled', () => {
    const status: number[] = [];
    run({
      processors: 1,
      mapped: true,
      link: linked => {
        const address = linked.allocate(4096);
        return function* () {
          yield store(address, 1);
          status.push(yield readRegister(Register.Status));
        };
      },
    });
    expect(status).toEqual([0xff01]);
  });
});

describe('a thread that waits', () => {
  it('spins if nobody else can run on its processor, without switches', () => {
    const { os, machine } = run({ processors: 2, link: late(5000) });
    expect(os.processors[1].switches).toBe(0);
    expect(machine.processors[1].account.ticks[Activity.Synchronisation]).toBeGreaterThan(4000);
  });

  it('lets others run on its processor meanwhile', () => {
    const { os } = run({ processors: 2, threads: 4, link: late(5000) });
    expect(os.processors[1].switches).toBeGreaterThan(0);
  });

  it('is a program of the user again afterwards, whose misses are stalls', () => {
    const { machine } = run({
      processors: 2,
      link: (os, built) => {
        const body = late(5000)(os, built);
        const fresh = os.allocate(4096);
        return function* (thread) {
          yield* body(thread);
          for (let line = 0; line < 8; line++) yield load(fresh + 128 * line);
        };
      },
    });
    const { account, systemStalls } = machine.processors[1];
    expect([systemStalls[2 * Activity.User], systemStalls[2 * Activity.User + 1]]).toEqual([0, 0]);
    expect(account.ticks[Activity.LocalStall] + account.ticks[Activity.RemoteStall]).toBeGreaterThan(0);
  });
});

/** The first thread comes late to a barrier. */
function late(cycles: number): Setup['link'] {
  return os => {
    const barrier = os.barrier();
    return function* (thread) {
      if (thread.number === 0) yield compute(cycles);
      yield* barrier.meet(thread);
    };
  };
}

/** Each thread increments a counter under a lock. */
function counted(times: number): Setup['link'] {
  return os => {
    const lock: SplashLock = os.lock();
    const counter = os.allocate(4);
    return function* (thread) {
      for (let i = 0; i < times; i++) {
        yield* lock.acquire(thread);
        const value = yield load(counter);
        yield compute(3);
        yield store(counter, value + 1);
        yield* lock.release();
      }
    };
  };
}
