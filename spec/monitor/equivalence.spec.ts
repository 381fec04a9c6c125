/** Random programs on the commodity kernel find on the monitor what they must, as they do on the bare machine. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ms } from '../../lib/engine/time.js';
import { checkDisco } from '../../lib/monitor/check-disco.js';
import type { DiscoOptions } from '../../lib/monitor/options.js';
import type { PlacementPolicy } from '../../lib/placement/policy.js';
import { restless } from '../support/restless.js';
import { hotPages } from './support/hot-pages.js';
import { inspect, inspection } from '../guest/commodity/invariants.js';
import { bodies, programOf, type Body, type Notes } from '../guest/commodity/random-programs.js';
import { withGuests, type GuestSetup, type VirtualRunning } from './support/virtual.js';

const SEED = 1997;

interface Guest {
  readonly body: Body;
  readonly processors: number;
  readonly slice: number;
  readonly switches: Readonly<Record<'patchedPrivileged' | 'zeroedPages' | 'freePages' | 'idleHint', boolean>>;
}

interface Game {
  readonly guests: readonly Guest[];
  readonly processors: number;
  readonly level: DiscoOptions['secondLevelTlb'];
  readonly quantumNs: number;
  readonly gang: boolean;
}

const guest: fc.Arbitrary<Guest> = fc.record({
  body: bodies,
  processors: fc.integer({ min: 1, max: 3 }),
  slice: fc.integer({ min: 1, max: 3 }),
  switches: fc.record({
    patchedPrivileged: fc.boolean(),
    zeroedPages: fc.boolean(),
    freePages: fc.boolean(),
    idleHint: fc.boolean(),
  }),
});

const games = (mostGuests: number): fc.Arbitrary<Game> =>
  fc.record({
    guests: fc.array(guest, { minLength: 1, maxLength: mostGuests }),
    processors: fc.integer({ min: 1, max: 3 }),
    level: fc.constantFrom({ entries: 1024, ways: 2 }, { entries: 4, ways: 1 }, null),
    quantumNs: fc.constantFrom(100_000, 1_000_000),
    gang: fc.boolean(),
  });

interface Played {
  readonly running: VirtualRunning;
  readonly notes: readonly Notes[];
}

/** Plays it in slices, with a look at the memory after each. */
function play(game: Game, runAhead = true, policy: PlacementPolicy = hotPages): Played {
  const notes = game.guests.map((): Notes => ({ wrong: [], told: [] }));
  const running = withGuests({
    processors: game.processors,
    runAhead,
    specification: policy.counters === undefined ? {} : { counters: policy.counters },
    guests: game.guests.map((one, number) => setupOf(one, notes[number])),
    disco: { secondLevelTlb: game.level!, quantumNs: game.quantumNs, gang: game.gang, policy },
  });
  const { machine, disco } = running;
  const slice = machine.simulation.ticks(ms(1));
  let until = slice;
  while (machine.run({ until }) !== 'finished') {
    expect(checkDisco(disco)).toEqual([]);
    until += slice;
    if (machine.simulation.now > machine.simulation.ticks(ms(10_000))) throw new Error('it does not come to an end');
  }
  expect(checkDisco(disco)).toEqual([]);
  return { running, notes };
}

function setupOf({ body, processors, slice, switches }: Guest, notes: Notes): GuestSetup {
  return {
    processors,
    programs: { main: programOf(body, notes, inspection) },
    // A tick every 100 us, so that slices end in the middle of everything.
    kernel: { countsPerTick: 10_000, sliceTicks: slice, stallTicks: 20_000, switches },
    prepare: kernel => kernel.calls.set('inspect', thread => inspect({ kernel }, thread)),
  };
}

function judge({ running, notes }: Played): void {
  expect(notes.flatMap(({ wrong }) => wrong)).toEqual([]);
  for (const { virtual, kernel } of running.guests) {
    expect(virtual.failure).toBeNull();
    expect(virtual.processors.map(({ state }) => state)).toEqual(virtual.processors.map(() => 'stopped'));
    const { table, user } = kernel.physical.census();
    expect([table, user]).toEqual([0, 0]);
  }
}

/** All that a run says. */
function summary({ machine, disco, guests }: VirtualRunning): unknown {
  return {
    fingerprint: machine.simulation.fingerprint.toString(),
    now: machine.simulation.now,
    processors: machine.processors.map(({ stats, account }) => [{ ...stats }, account.report()]),
    monitor: [{ ...disco.statistics }, { ...disco.memory.work }, { ...disco.memory.shootdown.work }],
    kernels: guests.map(({ kernel }) => [{ ...kernel.translations.statistics }, { ...kernel.scheduler.statistics }]),
  };
}

describe('random programs on the monitor', () => {
  it('find what they must, whatever the machine and the monitor are like', () => {
    const sums = { emulated: 0, secondLevelHits: 0, switches: 0, idles: 0, moves: 0 };
    fc.assert(
      fc.property(games(3), game => {
        const played = play(game);
        judge(played);
        const { statistics, memory } = played.running.disco;
        sums.emulated += statistics.emulated;
        sums.secondLevelHits += statistics.secondLevelHits;
        sums.switches += statistics.switches;
        sums.idles += statistics.idles;
        sums.moves += memory.placement.work.migrations.count + memory.placement.work.replications.count;
      }),
      { seed: SEED, numRuns: 8, endOnFailure: true },
    );
    // Not in vain.
    expect(sums.emulated).toBeGreaterThan(5000);
    for (const [what, count] of Object.entries(sums)) expect([what, count > 0]).toEqual([what, true]);
  });

  it('are executed ahead of the clock and not with one result', () => {
    fc.assert(
      fc.property(games(2), game => {
        const ahead = play(game);
        const behind = play(game, false);
        judge(behind);
        expect(behind.notes).toEqual(ahead.notes);
        expect(summary(behind.running)).toEqual(summary(ahead.running));
      }),
      { seed: SEED + 1, numRuns: 1, endOnFailure: true },
    );
  });

  it('find what they must while the policy takes mappings away, samples, plans and swaps', () => {
    const sums = { hintFaults: 0, samples: 0, plans: 0, exchanges: 0, migrations: 0 };
    const make = (): PlacementPolicy =>
      restless({
        hints: { periodNs: 200_000, pages: 3, slowOnly: false },
        plans: { intervalNs: 350_000, most: 3, lowWatermark: 0.4 },
      });
    fc.assert(
      fc.property(games(2), game => {
        const ahead = play(game, true, make());
        judge(ahead);
        const { work } = ahead.running.disco.memory.placement;
        for (const what of Object.keys(sums) as (keyof typeof sums)[]) sums[what] += work[what].count;
        const behind = play(game, false, make());
        expect(behind.notes).toEqual(ahead.notes);
        expect(summary(behind.running)).toEqual(summary(ahead.running));
      }),
      { seed: SEED + 2, numRuns: 3, endOnFailure: true },
    );
    for (const [what, count] of Object.entries(sums)) expect([what, count > 0]).toEqual([what, true]);
  });
});
