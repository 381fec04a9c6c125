/** Machines with a kernel in privileged programs do exactly the same when processors run ahead. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildKernel, kernelCases, kernelOutcome } from './random-kernel.js';

const DEEDS = 20;

describe('a machine under a kernel of privileged programs', () => {
  it('does exactly the same whether processors run ahead or not', () => {
    fc.assert(
      fc.property(kernelCases(DEEDS), made => {
        expect(kernelOutcome(made, true)).toEqual(kernelOutcome(made, false));
      }),
      { numRuns: 60 },
    );
  });

  it('is at every limit where it is without', () => {
    fc.assert(
      fc.property(kernelCases(DEEDS), fc.integer({ min: 1, max: 20_000 }), (made, limit) => {
        const see = (runAhead: boolean): unknown => {
          const { machine, system } = buildKernel(made, runAhead);
          machine.sim.runUntil(limit);
          const { sim } = machine;
          return [sim.fingerprint.toString(), sim.now, sim.events, system.log, sim.statistics()];
        };
        expect(see(true)).toEqual(see(false));
      }),
      { numRuns: 20 },
    );
  });

  it('meets every kind of exception, interrupt and mode', () => {
    const sample = fc.sample(kernelCases(DEEDS), { numRuns: 20, seed: 5 });
    const kinds = new Set(
      sample.flatMap(made => (kernelOutcome(made, true)['log'] as string[]).map(entry => entry.split(' ')[2])),
    );
    // Interrupts, TLB (three), address errors (two), calls, what user mode may not do.
    expect(
      [...kinds]
        .filter(kind => /^\d+$/.test(kind))
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual([0, 1, 2, 3, 4, 5, 8, 11]);
  });
});
