import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSweepFile } from '../../../../lib/experiments/sweeps/named/sweep-file.js';

const SWEEP = { run: 'vm', seeds: 2, grid: { guests: [1, 2] } };

async function read(content: object): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'disco-sim-'));
  try {
    const path = join(folder, 'sweep.json');
    writeFileSync(path, JSON.stringify(content));
    return await readSweepFile(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the file of a sweep', () => {
  it('is read', async () => {
    await expect(read(SWEEP)).resolves.toMatchObject({ grid: { guests: [1, 2] } });
  });

  it.each([
    ['no seeds', { ...SWEEP, seeds: undefined }, /give how many, from 1 to 100000, or a list of texts.*seeds/],
    ['0 seeds', { ...SWEEP, seeds: 0 }, /expected number to be >=1.*seeds/],
    ['a run that does not exist', { ...SWEEP, run: 'wm' }, /give one of native, vm, trace, or .*run/],
    [
      'an option that the run does not have',
      { ...SWEEP, grid: { guest: [1] } },
      /no option guest; did you mean guests/,
    ],
    ['a key that a sweep does not have', { ...SWEEP, seed: 1 }, /"seed"/],
  ])('with %s is refused, and the message says what to give', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });
});
