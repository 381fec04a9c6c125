/** What each change to the kernel does on the monitor: what it is for, and nothing else. */
import { describe, expect, it } from '@jest/globals';
import { exit, fork, waitForChild } from '../../lib/guest/commodity/calls/system-calls.js';
import type { KernelSwitches } from '../../lib/guest/commodity/switches.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { HEAP } from '../guest/commodity/running.js';
import { runGuests } from './support/virtual.js';

const WORD = HEAP * 4096;

/** What is counted of a run with some switches on. */
function countsWith(switches: Partial<KernelSwitches>, processors = 1) {
  const seen: number[] = [];
  function* main(): Program {
    for (let i = 0; i < 24; i++) yield store(WORD + i * 4096, i + 1);
    yield fork(function* (): Program {
      for (let i = 0; i < 24; i += 3) yield store(WORD + i * 4096, 100 + i);
      for (let i = 0; i < 24; i++) seen.push(yield load(WORD + i * 4096));
      yield exit(0);
    });
    yield waitForChild();
    yield compute(30_000_000); // ticks of the timer
    for (let i = 0; i < 24; i++) seen.push(yield load(WORD + i * 4096));
    yield exit(0);
  }
  const { disco, guests } = runGuests({
    processors,
    guests: [{ processors, programs: { main }, kernel: { switches } }],
  });
  const { statistics } = disco;
  const { hints, processes } = guests[0].kernel;
  return { seen, made: processes.statistics.made, hints: { ...hints.statistics }, statistics: { ...statistics } };
}

const none = countsWith({});

describe('a kernel without changes', () => {
  it('asks the monitor for nothing', () => {
    expect(none.statistics.monitorCalls).toBe(0);
    expect(none.hints).toEqual({ zeroed: 0, freed: 0, remapped: 0, refused: 0 });
    expect(none.seen.slice(24)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
  });
});

describe('a kernel that is linked for the unmapped segment', () => {
  it('is told so, instead of faulting for ever', () => {
    const guests = [{ programs: { main: () => [].values() as Program }, kernel: { mapped: false } }];
    expect(() => runGuests({ guests })).toThrow(
      /^.+: the kernel cannot reach its segment at 0x8[0-9a-f]{7}, as it does not run in kernel mode; under a monitor it takes mapped: true$/,
    );
  });
});

describe('a switch', () => {
  it.each([
    ['patchedPrivileged', []],
    ['zeroedPages', ['zeroed']],
    ['freePages', ['freed']],
    ['idleHint', []],
    ['alignedMessages', []],
    ['outsideLinks', []],
    ['remap', []],
  ] as const)('%s leaves results as they are, and gives its own hints only', (name, hinted) => {
    const { seen, made, hints } = countsWith({ [name]: true });
    expect([seen, made]).toEqual([none.seen, none.made]);
    const given = Object.entries(hints).filter(([, count]) => count > 0);
    expect(given.map(([what]) => what)).toEqual(hinted);
  });

  it('patchedPrivileged spares traps of privileged instructions', () => {
    const { statistics } = countsWith({ patchedPrivileged: true });
    expect(statistics.emulated).toBeLessThan(0.75 * none.statistics.emulated);
    // TLB writes cannot be patched.
    expect(statistics.tlbWrites).toBeGreaterThan(0.9 * none.statistics.tlbWrites);
    // One call: whether there is a monitor.
    expect(statistics.monitorCalls).toBe(1);
  });

  it('idleHint takes the place of waiting, which deschedules just the same', () => {
    const [without, hinting] = [countsWith({}, 2), countsWith({ idleHint: true }, 2)];
    expect(without.statistics.monitorCalls).toBe(0);
    expect(without.statistics.idles).toBeGreaterThan(0);
    expect(hinting.seen).toEqual(without.seen);
    // Each rest is a call now, and so is the question of each processor whether there is a monitor.
    expect(hinting.statistics.idles).toBeGreaterThan(0);
    expect(hinting.statistics.monitorCalls).toBeGreaterThanOrEqual(2 + hinting.statistics.idles);
  });
});
