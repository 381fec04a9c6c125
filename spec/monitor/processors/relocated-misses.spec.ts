/** Misses in the segment where a guest sees physical memory: the monitor reads a translation that is ready, and writes nothing. */
import { describe, expect, it } from '@jest/globals';
import { buildMachine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { Disco } from '../../../lib/monitor/disco.js';
import { load, type Program } from '../../../lib/processor/operations.js';
import { RELOCATED_SEGMENT } from '../../../lib/system/monitor-calls.js';
import { startPlain } from '../support/plain-guest.js';

/** Two processors of a guest read the same pages in turn, more than the hardware's TLB holds. */
function run(turns: number) {
  const preset = presets['disco-1997']({ nodes: 2 });
  const machine = buildMachine({ ...preset, processor: { ...preset.processor, tlbEntries: 3 } }, { seed: 1 });
  const disco = new Disco(machine);
  function* reader(): Program {
    for (let turn = 0; turn < turns; turn++) yield load(RELOCATED_SEGMENT + (2 * (turn % 8) + 8) * 4096);
  }
  startPlain(disco, [reader(), reader()], () => null);
  machine.run();
  const cacheMisses = machine.processors.reduce((sum, { stats }) => sum + stats.localMisses + stats.remoteMisses, 0);
  return { cacheMisses, tlbMisses: disco.statistics.relocatedMisses };
}

describe('a miss in the relocated segment', () => {
  it('takes no line away from the other processors', () => {
    const [shorter, longer] = [run(200), run(600)];
    expect(longer.tlbMisses - shorter.tlbMisses).toBeGreaterThan(700);
    // All that is read is in the caches by then.
    expect(longer.cacheMisses - shorter.cacheMisses).toBeLessThan(10);
  });
});
