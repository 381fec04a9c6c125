import { describe, expect, it } from '@jest/globals';
import { Op, type Program } from '../../lib/processor/operations.js';
import { replaySystem, replayThread, threadSteps } from '../../lib/traces/replay.js';
import { stream, type Line } from '../experiments/handmade.js';

const lines = Array.from({ length: 6 }, (_, i): Line => ['load', 0x1000 * (i + 1), 1]);

/** What a program does, in short: blocks as `from-to`, instructions as a number, calls as what is asked for. */
function steps(program: Program): unknown[] {
  const done: unknown[] = [];
  for (let result = program.next(0); result.done !== true; result = program.next(0)) {
    const { kind, a, b, request } = result.value;
    done.push(kind === Op.Block ? `${a}-${b}` : kind === Op.Compute ? a : request);
  }
  return done;
}

describe('a thread', () => {
  it('calls where synchronisation takes effect, and goes on from there', () => {
    const recorded = stream(
      lines,
      [
        { kind: 'lock-request', at: 0, lock: 8 },
        { kind: 'lock-acquired', at: 1, lock: 8 },
        { kind: 'lock-release', at: 2, lock: 8 },
        { kind: 'lock-released', at: 3, lock: 8 },
        { kind: 'note', at: 3, note: 1 },
        { kind: 'barrier-enter', at: 3 },
        { kind: 'barrier-leave', at: 4 },
        { kind: 'post-begin', at: 4, semaphore: 9 },
        { kind: 'post', at: 5, semaphore: 9 },
        { kind: 'wait', at: 5, semaphore: 9 },
        { kind: 'waited', at: 6, semaphore: 9 },
      ],
      20,
    );
    expect(steps(replayThread(recorded, 0))).toEqual([
      ...['0-1', { sync: 'acquire', lock: 8 }],
      ...['1-3', { sync: 'release', lock: 8 }, { sync: 'barrier-enter' }],
      ...['3-4', { sync: 'barrier-leave' }],
      ...['4-5', { sync: 'post', semaphore: 9 }],
      ...['5-6', { sync: 'wait', semaphore: 9 }],
      20,
    ]);
  });

  it('has steps between its operations of synchronisation, the last without one', () => {
    const recorded = stream(lines, [
      { kind: 'barrier-enter', at: 2 },
      { kind: 'barrier-leave', at: 2 },
      { kind: 'system-call', at: 4, next: 0 },
    ]);
    expect([...threadSteps(recorded)]).toEqual([
      { from: 0, to: 2, request: { sync: 'barrier-enter' } },
      { from: 2, to: 2, request: { sync: 'barrier-leave' } },
      { from: 2, to: 6, request: null },
    ]);
  });

  it('starts after its delay', () => {
    expect(steps(replayThread(stream(lines), 100))).toEqual([100, '0-6']);
    expect(steps(replayThread(stream([]), 0))).toEqual([]);
  });
});

describe('a processor of a recorded system', () => {
  it('announces what happens between two references at once, in order', () => {
    const recorded = stream(
      lines,
      [
        { kind: 'task', at: 0, task: 1 },
        { kind: 'map', at: 0, page: 1, physical: 5 },
        { kind: 'note', at: 2, note: 3 },
        { kind: 'map', at: 4, page: 2, physical: 6 },
        { kind: 'task', at: 6, task: 2 },
      ],
      7,
    );
    expect(steps(replaySystem(recorded, 50))).toEqual([
      50,
      [
        { event: 'task', task: 1 },
        { event: 'map', page: 1, physical: 5 },
      ],
      '0-4',
      [{ event: 'map', page: 2, physical: 6 }],
      '4-6',
      [{ event: 'task', task: 2 }],
      7,
    ]);
  });

  it('has nothing to announce without marks', () => {
    expect(steps(replaySystem(stream(lines), 0))).toEqual(['0-6']);
  });
});
