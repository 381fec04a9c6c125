/** What goes wrong at one place, tried at every place. */
import { describe, expect, it } from '@jest/globals';
import { readFileOf } from '../../../../lib/guest/commodity/files/disk/fsck.js';
import { mounted } from './mounted.js';
import type { MountedOptions } from './mounted.js';
import { Player } from './players.js';
import type { Action } from './players.js';
import { readerOf } from './stub-disk.js';

/** Two files of one level of pointers and one file of none; everything that is done to files. */
const SCRIPT: readonly Action[] = [
  { do: 'create', name: 0 },
  { do: 'write', name: 0, offset: 0, bytes: 70_000 },
  { do: 'create', name: 1 },
  { do: 'write', name: 1, offset: 5000, bytes: 60_000 },
  { do: 'sync' },
  { do: 'truncate', name: 0, bytes: 50_001 },
  { do: 'read', name: 0, offset: 0, bytes: 70_000 },
  { do: 'create', name: 2 },
  { do: 'write', name: 2, offset: 3, bytes: 9000 },
  { do: 'remove', name: 1 },
  { do: 'close', name: 0 },
  { do: 'open', name: 0 },
  { do: 'truncate', name: 0, bytes: 100 },
  { do: 'make directory', name: 0 },
  { do: 'remove directory', name: 0 },
  { do: 'read', name: 2, offset: 0, bytes: 10_000 },
  { do: 'sync' },
];

/** Plays the script with command `bad` of the disk failing; how many errors there were, and how many commands. */
function play(options: MountedOptions, bad: number): { errors: number; commands: number } {
  const at = mounted({ tree: { '/shared/': {} }, pages: 16, dirtyLimit: 6, ...options });
  let count = 0;
  at.disk.fails = () => count++ === bad;
  const player = new Player(at, 0, 3);
  at.call(thread => player.play(thread, SCRIPT));
  at.disk.fails = () => false;
  expect(at.call(thread => at.fileSystem.sync(thread))).toBe(0);
  expect([bad, at.faults()]).toEqual([bad, []]);
  for (const [name, { content }] of player.files) {
    const { bytes, words } = readFileOf(readerOf(at.disk.image), ['shared', name])!;
    const same = content.every((byte, k) => byte === ((words[k >> 2] >>> (24 - (k & 3) * 8)) & 255));
    expect([bad, name, bytes, same]).toEqual([bad, name, content.length, true]);
  }
  return { errors: player.failed, commands: count };
}

describe('a file system', () => {
  it('survives an error of any command of the disk', () => {
    const { commands } = play({}, -1);
    let errors = 0;
    for (let bad = 0; bad < commands; bad++) errors += play({}, bad).errors;
    expect(commands).toBeGreaterThan(20);
    expect(errors).toBeGreaterThan(0);
  });

  it('survives a disk that is full after any number of blocks', () => {
    // Writes of which some fits say how much, so that the first without an error is not the first that has room for all.
    const errors: number[] = [];
    for (let blocks = 8; blocks < 48; blocks++) errors.push(play({ blocks, inodes: 32 }, -1).errors);
    expect(errors[0]).toBeGreaterThan(0);
    expect(errors.at(-1)).toBe(0);
  });
});
