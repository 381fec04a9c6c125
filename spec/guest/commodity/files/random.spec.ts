/** Users of a file system at once, under a scheduler that interleaves them at every operation, beside a plain model. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flushDaemon } from '../../../../lib/guest/commodity/files/cache/flush-daemon.js';
import { readFileOf } from '../../../../lib/guest/commodity/files/disk/fsck.js';
import { compute } from '../../../../lib/processor/operations.js';
import { mounted } from './mounted.js';
import type { MountedOptions } from './mounted.js';
import { Player } from './players.js';
import type { Action } from './players.js';
import { readerOf } from './stub-disk.js';

const SEED = 19971005;

const name = fc.nat(2);
const size = fc.oneof(
  fc.nat(200),
  fc.nat(20_000),
  fc.nat(60).map(pages => pages * 1024),
);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), name }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), name, offset: size, bytes: size }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), name, offset: size, bytes: size }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('truncate' as const), name, bytes: size }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('page' as const), name, offset: size }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('remove' as const, 'open' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('close' as const, 'make directory' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove directory' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sync' as const) }) },
);
const users = fc.array(fc.array(action, { minLength: 4, maxLength: 16 }), { minLength: 1, maxLength: 4 });

interface Circumstances extends MountedOptions {
  /** One command of so many fails; 0 for none. */
  readonly failOneOf?: number;
}

/** Plays, and checks everything at the end; returns how often there was an excuse. */
function play(seed: number, actions: readonly Action[][], circumstances: Circumstances): number {
  const at = mounted({ seed: String(seed), tree: { '/shared/': {} }, ...circumstances });
  const { rig, disk, cache, fileSystem } = at;
  const { failOneOf = 0 } = circumstances;
  if (failOneOf > 0) disk.fails = () => rig.random.below(failOneOf) === 0;
  const players = actions.map((_, number) => new Player(at, number, 3));
  players.forEach((player, k) => rig.start(`user ${k}`, thread => player.play(thread, actions[k])));
  let over = false;
  let resting = false;
  const pause = function* () {
    for (let k = 0; k < 200 || over; k++) {
      resting = over;
      yield compute(1);
    }
  };
  rig.start('bdflush', thread => flushDaemon(thread, rig, cache, () => [fileSystem], pause, 100_000), true);
  rig.run();
  // The daemon ends what it has begun: it may be the last to have a file that somebody removed.
  over = true;
  rig.call(function* () {
    while (!resting) yield compute(1);
  });
  disk.fails = () => false;
  expect(at.call(thread => fileSystem.sync(thread))).toBe(0);
  expect(at.faults()).toEqual([]);
  expect(rig.pagesInUse).toBe(cache.size);
  for (const player of players)
    for (const [path, { content }] of player.files) {
      const { bytes, words } = readFileOf(readerOf(disk.image), ['shared', path])!;
      expect(bytes).toBe(content.length);
      const wrong = content.findIndex((byte, k) => byte !== ((words[k >> 2] >>> (24 - (k & 3) * 8)) & 255));
      expect([path, wrong]).toEqual([path, -1]);
    }
  return players.reduce((sum, player) => sum + player.failed, 0);
}

/** Plays many times; returns how often there was an excuse in all. */
function playMany(runs: number, circumstances: Circumstances): number {
  let excuses = 0;
  fc.assert(
    fc.property(fc.nat(), users, (seed, actions) => {
      excuses += play(seed, actions, circumstances);
    }),
    // Shrinking takes minutes: take the last option away for it.
    { seed: SEED, numRuns: runs, endOnFailure: true },
  );
  return excuses;
}

describe('files under many users', () => {
  it('hold what was written, in memory and on the disk', () => {
    expect(playMany(40, {})).toBe(0);
  });

  it('do so when memory is short, and pages come and go', () => {
    expect(playMany(40, { pages: 18, dirtyLimit: 4 })).toBe(0);
  });

  it('do so with hardly any memory, whatever fails for lack of it', () => {
    expect(playMany(40, { pages: 6, dirtyLimit: 2 })).toBeGreaterThan(0);
  });

  it('do so under several locks of the cache, without names in memory to speak of and without reading ahead', () => {
    expect(playMany(25, { locks: 3, names: 1, readAheadPages: 0 })).toBe(0);
  });

  it('do so when the disk is full at any moment', () => {
    expect(playMany(40, { blocks: 24, inodes: 32 })).toBeGreaterThan(0);
  });

  it('do so when any command of the disk may fail', () => {
    expect(playMany(40, { pages: 20, dirtyLimit: 4, failOneOf: 6 })).toBeGreaterThan(0);
  });
});
