/** `disco-sim paper --quick`: every experiment once at its least, its report, its pictures, and a run that goes on where another stopped. */
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PaperResult } from '../../lib/experiments/paper/experiment.js';
import { paperRunNames } from '../../lib/experiments/paper/runs.js';
import { build, disco, inFolder } from './running.js';

jest.setTimeout(900_000);
beforeAll(build);

/** Orders of the paper that hold even in runs as short as these. Others wait for reads of the disk most of the time. */
const HOLD = [
  'pmake: the kernel takes less time under Disco',
  'engineering: the kernel takes less time under Disco',
  'raytrace: the kernel takes less time under Disco',
  'database: the kernel takes less time under Disco',
  'DEMAND_ZERO spends less time in the kernel than under IRIX',
  'virtual memory grows with every guest',
  'eight guests take less than 60 % of the memory that they would need',
  'pmake in one guest is slower than on the bare machine',
  'RADIX on SPLASHOS takes less than half of its time under IRIX',
  'engineering: the bus is fastest',
  'raytrace: the bus is fastest',
];

const COMMAND = ['paper', '--quick', '--json', '--report', 'r.html', '--charts', 'figures', '--folder', 'runs'];

describe('disco-sim paper --quick', () => {
  it('reruns every experiment, and goes on where it stopped with equal bytes', () =>
    inFolder(folder => {
      const first = disco(folder, ...COMMAND);
      expect(first.stderr).toBe('');
      expect(first.exit).toBe(0);
      const result = JSON.parse(first.stdout) as PaperResult;
      expect(result.runs.map(({ run }) => run)).toEqual(paperRunNames);
      expect(result.rows.filter(({ ours }) => !Number.isFinite(ours))).toEqual([]);
      // So short a run is not judged.
      expect(result.rows.filter(({ within }) => within !== null)).toEqual([]);
      const held = result.orders.filter(({ holds }) => holds === 1).map(({ statement }) => statement);
      expect(held).toEqual(expect.arrayContaining(HOLD));

      const page = readFileSync(join(folder, 'r.html'), 'utf8');
      for (const { title } of result.experiments) expect(page).toContain(title);
      expect(page).not.toMatch(/src=|href="http/);
      expect(readdirSync(join(folder, 'figures'))).toEqual(
        expect.arrayContaining(['figure-7.svg', 'figure-7.csv', 'table-3.csv']),
      );

      const points = join(folder, 'runs', 'points');
      const radix = readdirSync(points).find(name =>
        readFileSync(join(points, name), 'utf8').includes('"radix-8 SPLASHOS"'),
      )!;
      rmSync(join(points, radix));
      const times = () => readdirSync(points).map(name => [name, statSync(join(points, name)).mtimeMs] as const);
      const before = times();
      const second = disco(folder, ...COMMAND, '--threads', '1');
      expect(second.stdout).toBe(first.stdout);
      expect(times().filter(([name]) => name !== radix)).toEqual(before);
    }));
});
