/** Threads on real processors of 400 MHz: a cycle is a tick. Nothing here touches memory, so times are those of waiting. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SyncRequest } from '../../../lib/guest/bare/synchronisation.js';
import { call, compute, type Operation } from '../../../lib/processor/operations.js';
import { barrier, kernelMachine, run } from '../kernel-machine.js';

const SEED = 1997;

const sync = (request: SyncRequest): Operation => call(request);
const acquire = (lock = 1): Operation => sync({ sync: 'acquire', lock });
const release = (lock = 1): Operation => sync({ sync: 'release', lock });
const post = (semaphore = 1): Operation => sync({ sync: 'post', semaphore });
const down = (semaphore = 1): Operation => sync({ sync: 'wait', semaphore });
const enter = sync({ sync: 'barrier-enter' });
const leave = sync({ sync: 'barrier-leave' });

/** Cycles that each program waited, and when the last one ended. */
function play(...programs: readonly (readonly Operation[])[]): { waited: number[]; ended: number } {
  const { machine, processors } = kernelMachine(
    programs.map(operations => run(operations)),
    { nodes: Math.max(2, programs.length) },
  );
  expect(machine.run()).toBe('finished');
  const waited = programs.map((_, i) => processors[i].account.report()['synchronisation'] ?? 0);
  return { waited, ended: machine.simulation.now };
}

describe('a barrier', () => {
  it('is left one cycle after the last one has come, who does not wait', () => {
    expect(play([compute(10), ...barrier], [compute(30), ...barrier], [compute(25), ...barrier])).toEqual({
      waited: [21, 0, 6],
      ended: 31,
    });
  });

  it('holds everybody, time after time', () => {
    const many = fc
      .integer({ min: 1, max: 4 })
      .chain(threads =>
        fc.array(fc.array(fc.nat(200), { minLength: threads, maxLength: threads }), { minLength: 1, maxLength: 6 }),
      );
    fc.assert(
      fc.property(many, rounds => {
        const threads = rounds[0].map((_, thread) => thread);
        let at = threads.map(() => 0);
        const waited = threads.map(() => 0);
        for (const round of rounds) {
          const comes = at.map((time, thread) => time + round[thread]);
          const last = comes.lastIndexOf(Math.max(...comes));
          at = comes.map((time, thread) => (thread === last ? time : comes[last] + 1));
          threads.forEach(thread => (waited[thread] += at[thread] - comes[thread]));
        }
        const programs = threads.map(thread => rounds.flatMap(round => [compute(round[thread]), ...barrier]));
        expect(play(...programs)).toEqual({ waited, ended: Math.max(...at) });
      }),
      { seed: SEED, numRuns: 50 },
    );
  });

  it('may be entered long before it is left', () => {
    expect(play([enter, compute(50), leave], [compute(20), enter, leave]).waited).toEqual([0, 0]);
  });

  it('does not wait for a thread that has ended', () => {
    expect(play([compute(10), ...barrier], [compute(40)]).waited).toEqual([31, 0]);
  });

  it('counts those as having come who are inside when a recorded window begins', () => {
    expect(play([leave, compute(5), ...barrier], [compute(20), ...barrier, ...barrier]).waited).toEqual([21, 7]);
    expect(play([compute(5), leave], [leave]).waited).toEqual([0, 6]);
  });
});

describe('a lock', () => {
  it('is held by one thread at a time, in the order of asking', () => {
    const section = (before: number): Operation[] => [compute(before), acquire(), compute(100), release()];
    // Held from 10 to 110, then from a cycle after each release.
    expect(play(section(30), section(10), section(20)).waited).toEqual([2 * 101 + 110 - 30 - 101 + 1, 0, 111 - 20]);
  });

  it('does not concern those that ask for another', () => {
    expect(play([acquire(1), compute(50), release(1)], [acquire(2), compute(50), release(2)]).waited).toEqual([0, 0]);
  });

  it('may be released by a window that begins while it is held', () => {
    expect(play([release(), compute(5), acquire(), release()], [compute(3)]).waited).toEqual([0, 0]);
  });

  it('is not taken away by the release of another thread', () => {
    expect(play([acquire(), compute(50), release()], [compute(10), release(), acquire()]).waited).toEqual([0, 41]);
  });

  it('is released when its holder ends, as a window does that is cut inside a critical section', () => {
    expect(play([acquire(), compute(50)], [compute(10), acquire(), release()]).waited).toEqual([0, 41]);
  });

  it('is had by a thread that has it', () => {
    expect(play([acquire(), acquire(), compute(5), release()], [compute(1), acquire()]).waited).toEqual([0, 5]);
  });
});

describe('a semaphore', () => {
  it('lets one thread go on for each post, in the order of waiting', () => {
    const poster = [compute(50), post(), compute(50), post()];
    expect(play(poster, [compute(20), down()], [compute(10), down()]).waited).toEqual([0, 81, 41]);
  });

  it('remembers posts that nobody waits for yet', () => {
    expect(play([post(), post()], [compute(10), down(), down()]).waited).toEqual([0, 0]);
  });

  it('lets all go on when nobody is left to post, as a window may end before that', () => {
    expect(play([compute(30)], [compute(10), down()], [compute(20), down()]).waited).toEqual([0, 21, 11]);
  });

  it('does so too if the others wait for those', () => {
    expect(play([compute(10), down(), ...barrier], [compute(30), ...barrier]).waited).toEqual([21, 2]);
  });
});

describe('threads that wait for each other', () => {
  it('are named when the run stalls', () => {
    const first = [acquire(1), compute(10), acquire(2)];
    const second = [acquire(2), compute(10), acquire(1)];
    expect(() => play(first, second)).toThrow('node0.cpu0 waits for the system software to wake it (synchronisation)');
  });
});
