/** The commodity kernel on the monitor: what it does on the bare machine, it does here. */
import { describe, expect, it } from '@jest/globals';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { fork, waitForChild, exit } from '../../lib/guest/commodity/calls/system-calls.js';
import { HEAP } from '../guest/commodity/running.js';
import { runGuests } from './support/virtual.js';

const WORD = HEAP * 4096;

describe('a guest', () => {
  it('boots, runs a program in its own memory, and stops', () => {
    const seen: number[] = [];
    function* main(): Program {
      for (let i = 0; i < 4; i++) yield store(WORD + i * 4096, i + 1);
      yield compute(1000);
      for (let i = 0; i < 4; i++) seen.push(yield load(WORD + i * 4096));
      yield exit(0);
    }
    const { guests, machine } = runGuests({ guests: [{ programs: { main } }] });
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(guests[0].virtual.processors.map(({ state }) => state)).toEqual(['stopped']);
    for (const processor of machine.processors) processor.settle();
  });

  it('forks, and isolates parent and child', () => {
    const seen: number[] = [];
    function* main(): Program {
      yield store(WORD, 7);
      const child = yield fork(function* (): Program {
        yield store(WORD, 8);
        seen.push(yield load(WORD));
        yield exit(0);
      });
      void child;
      yield waitForChild();
      seen.push(yield load(WORD));
      yield exit(0);
    }
    runGuests({ guests: [{ programs: { main } }] });
    expect(seen).toEqual([8, 7]);
  });
});
