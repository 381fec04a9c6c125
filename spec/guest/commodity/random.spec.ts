/** Random programs that share memory, fork, fault and wait, on one to four processors. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ACTIVITIES } from '../../../lib/processor/software.js';
import { inspection, runChecked } from './invariants.js';
import { bodies, programOf, type Body, type Notes } from './random-programs.js';
import type { Running } from './running.js';

const SEED = 1997;

interface Game {
  readonly body: Body;
  readonly processors: number;
  readonly mapped: boolean;
  readonly slice: number;
}

const games: fc.Arbitrary<Game> = fc.record({
  body: bodies,
  processors: fc.integer({ min: 1, max: 4 }),
  mapped: fc.boolean(),
  slice: fc.integer({ min: 1, max: 3 }),
});

function play({ body, processors, mapped, slice }: Game, runAhead = true): { running: Running; notes: Notes } {
  const notes: Notes = { wrong: [], told: [] };
  const running = runChecked({
    processors,
    runAhead,
    programs: { main: programOf(body, notes, inspection) },
    // A tick every 50 us, so that slices end in the middle of everything.
    kernel: { mapped, countsPerTick: 5000, sliceTicks: slice, stallTicks: 4000 },
  });
  return { running, notes };
}

/** All that a run says, besides what its programs were told. */
function summary({ machine, kernel }: Running): unknown {
  return {
    fingerprint: machine.simulation.fingerprint.toString(),
    now: machine.simulation.now,
    processors: machine.processors.map(({ stats, account, services }) => [
      { ...stats },
      account.report(),
      services!.account.report(),
      [...services!.counts],
    ]),
    kernel: [
      { ...kernel.scheduler.statistics },
      { ...kernel.translations.statistics },
      { ...kernel.processes.statistics },
      { ...kernel.physical.statistics },
      kernel.lockStatistics().map(({ name, statistics }) => [name, { ...statistics }]),
    ],
  };
}

describe('random programs', () => {
  it('find what they must, with run-ahead and without, and leave nothing behind', () => {
    const sums = { forks: 0, shootdowns: 0, migrations: 0, copies: 0, sleeps: 0 };
    fc.assert(
      fc.property(games, game => {
        const ahead = play(game);
        expect(ahead.notes.wrong).toEqual([]);
        const { kernel, machine } = ahead.running;
        for (const { account, services } of machine.processors) {
          const total = account.ticks.reduce((sum, ticks) => sum + ticks, 0);
          expect(total).toBe(machine.simulation.now);
          expect(services!.account.ticks.reduce((sum, ticks) => sum + ticks, 0)).toBe(total);
          expect(account.ticks).toHaveLength(ACTIVITIES.length);
        }
        sums.forks += kernel.processes.statistics.made - 1;
        sums.shootdowns += kernel.translations.statistics.shootdowns;
        sums.migrations += kernel.scheduler.statistics.migrations;
        const behind = play(game, false);
        expect(behind.notes).toEqual(ahead.notes);
        expect(summary(behind.running)).toEqual(summary(ahead.running));
      }),
      { seed: SEED, numRuns: 25, endOnFailure: true },
    );
    // Not in vain.
    expect(sums.forks).toBeGreaterThan(20);
    expect(sums.shootdowns).toBeGreaterThan(3);
    expect(sums.migrations).toBeGreaterThan(10);
  });
});
