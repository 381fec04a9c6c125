import { describe, expect, it } from '@jest/globals';
import { buildMachine } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { FlatMemory } from '../../lib/machine/flat-memory.js';
import { compute, load, store, type Operation } from '../../lib/processor/operations.js';

/** The causes of the misses of two processors that execute operations, all of them as users' programs. */
function causesOf(first: readonly Operation[], second: readonly Operation[]) {
  const machine = buildMachine(presets['disco-1997']({ nodes: 2 }), { seed: 1, missCauses: true });
  const memory = new FlatMemory(machine.map, { nodeOfPage: () => 0, refillCycles: 14 });
  machine.load(memory, [first.values(), second.values()]);
  machine.run();
  return machine.processors.map(({ caches }) => caches.causes!.user);
}

/** The second level has 1 MB in two ways: lines 512 KB apart share a set. */
const APART = 512 * 1024;

describe('causes of misses', () => {
  it('are cold for lines that the processor never had', () => {
    const [causes] = causesOf([load(0), load(4), load(128), store(256, 1)], []);
    expect(causes).toEqual({ cold: 3, capacity: 0, communication: 0 });
  });

  it('are capacity for lines that made room for others', () => {
    const loads = [0, 1, 2, 0].map(way => load(way * APART));
    // Frames are dealt in the order of first touch, so the pages in between are touched first.
    const fill = Array.from({ length: 3 * 128 }, (_, page) => load(page * 4096 + 2048));
    const [causes] = causesOf([...fill, ...loads], []);
    expect(causes).toEqual({ cold: 3 * 128 + 3, capacity: 1, communication: 0 });
  });

  it('are communication for lines that others took away, and for the right to write', () => {
    const [first, second] = causesOf(
      [load(0), compute(10_000), load(0), store(0, 2)],
      [compute(2000), load(0), store(0, 1)],
    );
    expect(second).toEqual({ cold: 1, capacity: 0, communication: 1 });
    expect(first).toEqual({ cold: 1, capacity: 0, communication: 2 });
  });

  it('are not told unless asked for', () => {
    const machine = buildMachine(presets['disco-1997']({ nodes: 1 }), { seed: 1 });
    expect(machine.processors[0].caches.causes).toBeNull();
  });
});
