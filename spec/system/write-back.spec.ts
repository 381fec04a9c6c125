/** A victim between its cache and its home: other nodes and its own processor want it, and find the value stored last. */
import { describe, expect, it } from '@jest/globals';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import type { Code } from '../../lib/system/code.js';
import { PlainSoftware } from './plain-software.js';
import { wire, type Machine } from './wire.js';

/** Lines of one set of the second level, which has two ways: page 64 is in the memory of node 1. */
const VICTIM = 64 * 512;
const SAME_SET = [4, 8].map(line => VICTIM + 64 * line);

function* nothing(): Code {}

/** Cache 0 stores to the victim, and has no room for it after two more lines. */
function* displacing(then: Code = nothing()): Program {
  yield store(VICTIM, 7);
  yield* SAME_SET.map(address => load(address));
  yield* then;
}

function run(programs: readonly Program[]): Machine {
  const machine = wire(programs.length);
  const software = new PlainSoftware();
  machine.cpus.forEach((cpu, i) => cpu.load(software, programs[i]));
  machine.sim.run();
  return machine;
}

describe('a dirty line on its way out', () => {
  // All times from before the store until after the write-back has reached its home.
  const delays = Array.from({ length: 1200 }, (_, ticks) => ticks);

  it('is read by another node with the value stored last, whenever the read comes', () => {
    const found = new Set<unknown>();
    function* reader(delay: number): Program {
      yield compute(delay + 1);
      found.add(yield load(VICTIM));
    }
    for (const delay of delays) run([displacing(), reader(delay)]);
    expect([...found]).toEqual([0, 7]);
  });

  it('is overwritten by another node without a trace of the write-back, whenever the store comes', () => {
    function* writer(delay: number): Program {
      yield compute(delay + 1);
      yield store(VICTIM + 4, 9);
    }
    const words = delays.map(delay => {
      let both: unknown[] = [];
      function* reader(): Program {
        yield compute(20_000);
        both = [yield load(VICTIM), yield load(VICTIM + 4)];
      }
      run([displacing(), writer(delay), reader()]);
      return both.join();
    });
    expect(new Set(words)).toEqual(new Set(['7,9']));
  });

  it('comes back to its own cache with its value if it is asked for at once', () => {
    let value: unknown;
    function* again(): Code {
      value = yield load(VICTIM);
    }
    const { cpus } = run([displacing(again()), [].values()]);
    expect(value).toBe(7);
    expect(cpus[0].caches.evictions).toBe(2);
  });
});
