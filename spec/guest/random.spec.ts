/** Random programs on a machine whose pages move all the time: nobody may notice. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PageMover } from '../../lib/guest/bare/page-mover.js';
import { machineFrame, NO_PAGE } from '../../lib/messages/addresses.js';
import { copyFrame } from '../../lib/processor/operations.js';
import type { Processor } from '../../lib/processor/processor.js';
import type { Page } from '../../lib/guest/bare/pages.js';
import { kernelFrames, type KernelMachine } from './kernel-machine.js';
import { games, playSystem, playThreads, type Game, type Played } from './players.js';

const SEED = 1997;

function summary({ machine, kernel, processors }: KernelMachine): unknown {
  return {
    fingerprint: machine.simulation.fingerprint.toString(),
    now: machine.simulation.now,
    processors: processors.map(({ stats, account }) => [{ ...stats }, account.report()]),
    work: kernel.work,
    decisions: kernel.log.entries(),
  };
}

/** Plays many games with run-ahead and without; returns how often pages were moved in all. */
function playMany(
  play: (game: Game, runAhead?: boolean) => Played,
  check: (played: Played, game: Game) => void,
): number[] {
  const sums = [0, 0, 0];
  fc.assert(
    fc.property(games, game => {
      const played = play(game);
      check(played, game);
      expect(summary(play(game, false).system)).toEqual(summary(played.system));
      const { migrations, replications, collapses } = played.system.kernel.work;
      [migrations, replications, collapses].forEach(({ count }, i) => (sums[i] += count));
    }),
    { seed: SEED, numRuns: 20, endOnFailure: true },
  );
  return sums;
}

describe('programs whose pages move', () => {
  it('find what was written last, over consistent translations, the same with run-ahead and without', () => {
    const moves = playMany(playThreads, ({ system }, { nodes }) => {
      const { hotPages, collapses } = system.kernel.work;
      // A mailbox for each node, a page table, and a frame of page records once one was used.
      expect(kernelFrames(system) - nodes - 1).toBe(hotPages + collapses.count > 0 ? 1 : 0);
    });
    // Not in vain: so much was survived.
    expect(Math.min(...moves)).toBeGreaterThan(10);
  });

  it('do so through mapped and unmapped addresses of a recorded system', () => {
    expect(Math.min(...playMany(playSystem, () => undefined))).toBeGreaterThan(10);
  });
});

/** Whether some game ends in an error while methods of the page mover are replaced by broken ones. */
function caught(play: (game: Game) => Played, broken: Partial<PageMover>): boolean {
  const whole = { ...Object.getOwnPropertyDescriptors(PageMover.prototype) };
  Object.assign(PageMover.prototype, broken);
  try {
    return fc.check(
      fc.property(games, game => void play(game)),
      { seed: SEED, numRuns: 20, endOnFailure: true },
    ).failed;
  } finally {
    Object.defineProperties(PageMover.prototype, whole);
  }
}

const { drop, migrate } = PageMover.prototype;

/** Shootdowns of the bug with the unmapped window, after which its games go round in circles. */
const MOST_DROPS = 10_000;
let drops = 0;

/** Bugs that these games have to find. */
const BUGS: readonly [string, typeof playThreads, ThisType<Inside> & Partial<PageMover>][] = [
  ['nothing', playThreads, {}],
  ['nothing of a system', playSystem, {}],
  [
    'a shootdown that drops no entry',
    playThreads,
    {
      drop(processor: Processor, page: Page): number {
        page.holders.delete(processor);
        return 1;
      },
    },
  ],
  [
    'a shootdown that forgets the unmapped window',
    playSystem,
    {
      drop(processor: Processor, page: Page): number {
        // The processor that stored traps again and again, because its old translation is still there.
        if (++drops > MOST_DROPS) throw new Error('pages are taken away for ever');
        return drop.call(this, processor, { ...page, physical: NO_PAGE });
      },
    },
  ],
  [
    'a shootdown that forgets the mapping',
    playSystem,
    {
      drop(processor: Processor, page: Page): number {
        return drop.call(this, processor, { ...page, mappings: [] });
      },
    },
  ],
  [
    'a migration without a shootdown',
    playThreads,
    {
      *migrate(processor: Processor, page: Page, frame: number) {
        yield* migrate.call(this, processor, Object.assign(page, { holders: new Set() }), machineFrame(frame));
      },
    },
  ],
  [
    'a replica beside writable translations',
    playThreads,
    {
      *replicate(_: Processor, page: Page, frame: number) {
        page.replicas ??= new Map();
        yield copyFrame(page.frame, machineFrame(frame), 1);
        this.pages.setFrame(frame, page);
        page.replicas.set(this.map.homeOfFrame(frame), machineFrame(frame));
      },
    },
  ],
  [
    'a collapse that leaves replicas in use',
    playThreads,
    {
      *collapse(_: Processor, page: Page) {
        yield* [];
        for (const frame of page.replicas?.values() ?? []) {
          this.pages.setFrame(frame, null);
          this.frames.give(frame);
        }
        page.replicas = null;
      },
    },
  ],
];

/** What the broken methods need of the page mover. */
interface Inside {
  readonly pages: { setFrame(frame: number, page: Page | null): void };
  readonly frames: { give(frame: number): void };
  readonly map: { homeOfFrame(frame: number): number };
}

describe('the games', () => {
  it.each(BUGS)('notice %s', (name, play, broken) => {
    expect(caught(play, broken as Partial<PageMover>)).toBe(!name.startsWith('nothing'));
  });
});
