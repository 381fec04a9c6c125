import { describe, expect, it } from '@jest/globals';
import { SplashOS } from '../../lib/guest/splash/splash-os.js';
import { buildMachine } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { splashRadix } from '../../lib/workloads/splash-radix.js';

/** A sort on the bare machine, a thread to a processor. */
function run(threads: number, runAhead = true): { readonly fingerprint: string; readonly references: number[] } {
  const program = splashRadix({ threads, keys: 600, seed: '1' });
  const machine = buildMachine(presets['disco-1997']({ nodes: threads }), { seed: 1, layout: 'interleaved', runAhead });
  const os = new SplashOS({
    ...{ processors: threads, threads, programPages: program.programPages, mapped: false },
    dataPages: Math.ceil((program.lines + threads + 2) / 32),
    pages: machine.layout!.length,
    scheduler: { spinTurns: 20, turnCycles: 6 },
  });
  machine.load(os, os.boot(program.link(os)));
  expect(machine.run({ events: 3_000_000 })).toBe('finished');
  return {
    fingerprint: machine.simulation.fingerprint.toString(),
    references: machine.processors.map(({ stats }) => stats.references),
  };
}

describe('the radix sort on SPLASHOS', () => {
  // Nobody posts what nobody waits for, and with three threads a part of the tree has no right side.
  it.each([1, 3, 4])('runs to its end with %p threads', threads => {
    const { references } = run(threads);
    // 9 references to draw a key, 5 to count it and 7 to move it in each of two passes; the tables come to that.
    for (const count of references) expect(count).toBeGreaterThan((600 / threads) * (9 + 2 * (5 + 7)));
  });

  it('runs alike with run-ahead and without', () => {
    expect(run(3).fingerprint).toBe(run(3, false).fingerprint);
  });
});
