import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { collect } from '../../../lib/experiments/sweeps/store/collect.js';
import { summariseSweep } from '../../../lib/experiments/sweeps/summary.js';
import { sweep, type SweepOptions } from '../../../lib/experiments/sweeps/sweep.js';
import { SweepError } from '../../../lib/experiments/sweeps/sweep-error.js';
import { inFolder, resultFiles } from './folders.js';

const GRID = { policy: ['a', 'b'], nodes: [1, 2, 4] };

/** A run that counts its calls, in a folder with a module that it is said to depend on. */
function inSweepFolder(use: (set: ReturnType<typeof setUp>) => Promise<void>): Promise<void> {
  return inFolder(folder => use(setUp(folder)));
}

function setUp(base: string) {
  writeFileSync(join(base, 'model.mjs'), `export * from './part.mjs';`);
  writeFileSync(join(base, 'part.mjs'), '1');
  const folder = join(base, 'out');
  const calls: string[] = [];
  const go = (more: Partial<SweepOptions> & { grid?: typeof GRID; fails?: string } = {}) => {
    const { grid = GRID, fails = '', ...options } = more;
    calls.length = 0;
    const run = ({ policy, nodes }: Readonly<Record<string, unknown>>, seed: string) => {
      const name = `${policy}${nodes}/${seed}`;
      calls.push(name);
      if (name === fails) throw new Error('no luck');
      return { ms: Number(nodes) * 10 + Number(seed) + (policy === 'a' ? 0.5 : 0) };
    };
    return sweep(grid, run, { seeds: ['1', '2'], folder, base, modules: ['model.mjs'], ...options });
  };
  return { base, folder, calls, go };
}

describe('a sweep with a folder', () => {
  it('runs every point, and the second time none', () =>
    inSweepFolder(async ({ go, calls, folder }) => {
      expect((await go()).counts).toEqual({ computed: 12, reused: 0, missing: 0, failed: 0 });
      expect(calls.slice(0, 3)).toEqual(['a1/1', 'a1/2', 'a2/1']);
      const files = resultFiles(folder);
      expect((await go()).counts).toEqual({ computed: 0, reused: 12, missing: 0, failed: 0 });
      expect(calls).toEqual([]);
      expect(resultFiles(folder)).toEqual(files);
      expect(collect(folder).points).toEqual((await go()).points);
    }));

  it('runs only what a longer grid and more seeds add', () =>
    inSweepFolder(async ({ go, calls }) => {
      await go();
      await go({ grid: { policy: ['a', 'b'], nodes: [1, 8] }, seeds: ['1', '3'] });
      expect(calls).toEqual(['a1/3', 'a8/1', 'a8/3', 'b1/3', 'b8/1', 'b8/3']);
    }));

  it.each(['model.mjs', 'part.mjs'])('runs all again when %s has changed, and nothing when it is as before', name =>
    inSweepFolder(async ({ go, calls, base }) => {
      await go();
      const before = readFileSync(join(base, name));
      writeFileSync(join(base, name), `${before.toString()} // other`);
      await go();
      expect(calls).toHaveLength(12);
      writeFileSync(join(base, name), before);
      expect((await go()).counts.reused).toBe(12);
    }),
  );

  it('keeps what a point that fails says, goes on, and runs it again the next time', () =>
    inSweepFolder(async ({ go, calls, folder }) => {
      const broken = await go({ fails: 'b2/1' });
      expect(broken.counts).toEqual({ computed: 11, reused: 0, missing: 0, failed: 1 });
      const failed = collect(folder).points.find(({ state }) => state === 'failed')!;
      expect([failed.parameters, failed.seed, failed.error]).toEqual([{ policy: 'b', nodes: 2 }, '1', 'no luck']);
      await go();
      expect(calls).toEqual(['b2/1']);
      expect(readdirSync(join(folder, 'failed'))).toEqual([]);
    }));

  it('leaves the same files when it was interrupted in between', () =>
    inSweepFolder(async ({ go, folder, calls }) => {
      await go();
      const files = resultFiles(folder);
      await inSweepFolder(async other => {
        const stop = { onProgress: ({ done }: { done: number }) => { if (done === 5) throw new Error('power'); } }; // prettier-ignore
        await expect(other.go(stop)).rejects.toThrow('power');
        expect(collect(other.folder).counts).toEqual({ computed: 5, reused: 0, missing: 7, failed: 0 });
        await other.go();
        expect(other.calls).toHaveLength(7);
        expect(resultFiles(other.folder)).toEqual(files);
      });
      expect(calls).toHaveLength(12);
    }));

  it('names a point of another version, leaves it, and runs the others', () =>
    inSweepFolder(async ({ go, folder, calls }) => {
      const [{ key }] = (await go({ grid: { policy: ['a'], nodes: [1] } })).points;
      const path = join(folder, 'points', `${key!}.json`);
      const old = readFileSync(path, 'utf8').replace(/"version":"[^"]*"/, '"version":"0.1.0"');
      writeFileSync(path, old);
      const { points, counts } = await go();
      expect(counts).toEqual({ computed: 10, reused: 1, missing: 1, failed: 0 });
      expect(calls).not.toContain('a1/1');
      expect(points[0].error).toContain(`${path} is of disco-sim 0.1.0`);
      expect(readFileSync(path, 'utf8')).toBe(old);
    }));

  it.each([
    ['half a file', '{"version":'],
    ['another shape', '{"ms": 3}'],
    ['nothing', ''],
  ])('names a file with %s in the place of a point, and leaves it', (_, text) =>
    inSweepFolder(async ({ go, folder }) => {
      const [{ key }] = (await go()).points;
      const path = join(folder, 'points', `${key!}.json`);
      writeFileSync(path, text);
      const { points } = await go();
      expect([points[0].state, points[0].error]).toEqual([
        'missing',
        expect.stringContaining(`${path} is not the file of a sweep`),
      ]);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }),
  );

  it('refuses a folder with a sweep of another version before it runs anything, and changes nothing there', () =>
    inSweepFolder(async ({ go, folder, calls }) => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'plan.json'), '{"version":"0.1.0"}');
      await expect(go()).rejects.toThrow('is of disco-sim 0.1.0');
      await expect(go()).rejects.toThrow(SweepError);
      expect(calls).toEqual([]);
      expect(readFileSync(join(folder, 'plan.json'), 'utf8')).toBe('{"version":"0.1.0"}');
    }));

  it('refuses a folder that is a file', () =>
    inSweepFolder(async ({ go, folder }) => {
      writeFileSync(folder, '');
      await expect(go()).rejects.toThrow(`cannot use the folder ${folder}`);
    }));

  it('removes what a process that is no more left incomplete, and nothing else', () =>
    inSweepFolder(async ({ go, folder }) => {
      mkdirSync(join(folder, 'points'), { recursive: true });
      // A number that is no process: the largest of Linux is 2^22.
      for (const name of ['k.json.5000000.part', `k.json.${process.pid}.part`, 'notes.txt'])
        writeFileSync(join(folder, 'points', name), '');
      await go();
      const left = readdirSync(join(folder, 'points')).filter(name => !/^[0-9a-f]{64}\.json$/.test(name));
      expect(left.sort()).toEqual([`k.json.${process.pid}.part`, 'notes.txt']);
    }));

  it('says how far it is', () =>
    inSweepFolder(async ({ go }) => {
      await go({ grid: { policy: ['a'], nodes: [1] } });
      const told: string[] = [];
      await go({ onProgress: ({ done, reused, failed, total }) => told.push([done, reused, failed, total].join(' ')) });
      expect([told[0], told.at(-1), told.length]).toEqual(['0 2 0 12', '10 2 0 12', 11]);
    }));

  it('needs to know what a function depends on', () =>
    inSweepFolder(async ({ go }) => {
      expect(() => go({ modules: [] })).toThrow('name its module in modules');
      expect(() => go({ threads: 2 })).toThrow('need a run of a module');
    }));
});

describe('a sweep without a folder', () => {
  it('returns what it found', async () => {
    const { points } = await sweep({ n: [1, 2] }, ({ n }) => ({ metrics: { n: Number(n) }, fingerprint: `f${n}` }), {
      seeds: 1,
    });
    expect(points.map(({ metrics, fingerprint }) => [metrics, fingerprint])).toEqual([
      [{ n: 1 }, 'f1'],
      [{ n: 2 }, 'f2'],
    ]);
  });

  it.each([
    ['nothing', undefined, 'the run returned undefined'],
    ['no number', { ms: 'x' }, 'returned "x" for ms'],
    ['NaN', { metrics: { ms: NaN } }, 'returned NaN for ms'],
    ['no metric', {}, 'no metric'],
  ])('names what a run returns that is %s', async (_, returned, message) => {
    const { points } = await sweep({}, () => returned as never, { seeds: 1 });
    expect(points[0].error).toContain(message);
  });
});

describe('a summary', () => {
  const noisy =
    (effect: number) =>
    ({ policy }: Readonly<Record<string, unknown>>, seed: string) => {
      const shared = [120, 80, 95, 140, 60][Number(seed)];
      return { ms: shared + (policy === 'b' ? effect + Number(seed) / 100 : 0) };
    };
  const seeds = ['0', '1', '2', '3', '4'];

  it('compares with the baseline, seed by seed', async () => {
    const found = await sweep({ policy: ['a', 'b'] }, noisy(3), { seeds });
    const { rows } = summariseSweep(found, { metrics: ['ms'], baseline: { policy: 'a' } });
    expect(rows.map(({ metrics }) => metrics.ms.estimate.mean)).toEqual([99, expect.closeTo(102.02, 9)]);
    expect(rows[0].metrics.ms.difference).toBeNull();
    expect(rows[1].metrics.ms.difference).toMatchObject({ mean: expect.closeTo(3.02, 9), distinct: true });
  });

  it('refuses what is incomplete unless told', async () => {
    const found = await sweep({ n: [1, 2] }, ({ n }) => { if (n === 2) throw new Error('no luck'); return { ms: 1 }; }, { seeds: 2 }); // prettier-ignore
    expect(() => summariseSweep(found)).toThrow(
      'of 4 points 2 failed and 0 are missing, such as the one of n=2, seed 1997, which failed: no luck',
    );
    expect(summariseSweep(found, { incomplete: true }).rows.map(({ seeds: some }) => some.length)).toEqual([2, 0]);
  });

  it('suggests what was meant', async () => {
    const found = await sweep({ policy: ['a'] }, noisy(0), { seeds });
    expect(() => summariseSweep(found, { metrics: ['mz'] })).toThrow('did you mean ms?');
    expect(() => summariseSweep(found, { baseline: { polizy: 'a' } })).toThrow('did you mean policy?');
    expect(() => summariseSweep(found, { baseline: { policy: 'c' } })).toThrow('policy is never c; it is a');
  });
});
