/** `disco-sim sweep` and `--seeds`, as a user runs them. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build, disco, inFolder, MAIN, put, smallTrace, watch } from './running.js';

const POLICY = `import { place } from './places.mjs';
export const policy = ({ node }) => ({ name: 'to ' + node, wants: [], needs: [], decide: () => place(node) });`;
const PLACES = `export const place = node => ({ action: 'place', to: node, because: 'told' });`;

const SWEEP = {
  run: 'trace',
  fixed: { trace: { file: 'small.ntr' } },
  grid: {
    policy: ['first-touch', 'round-robin', { module: './mine.mjs', options: { node: 1 } }],
    'machine.memory.accessNs': [140, 200],
  },
  seeds: 2,
  metrics: ['elapsedNs', 'misses.remote'],
  baseline: { policy: 'first-touch' },
};

function inSweepFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  return inFolder(folder => {
    put(folder, 'small.ntr', smallTrace());
    put(folder, 'mine.mjs', POLICY);
    put(folder, 'places.mjs', PLACES);
    put(folder, 'small.json', JSON.stringify(SWEEP));
    return use(folder);
  });
}

beforeAll(() => build(), 120_000);

describe('disco-sim sweep', () => {
  it('prints means and differences, and the second time runs nothing', () =>
    inSweepFolder(folder => {
      const first = disco(folder, 'sweep', 'small.json');
      expect(first).toMatchObject({ exit: 0, stderr: '' });
      expect(first.stdout).toContain('12 points: 12 computed, 0 reused, 0 missing, 0 failed; in small.sweep');
      expect(first.stdout).toMatch(/^round-robin +140 +.*\+/m);
      expect(readdirSync(join(folder, 'small.sweep')).sort()).toEqual(
        ['charts', 'failed', 'manifest.json', 'plan.json', 'points', 'results.csv', 'results.ndjson'], // prettier-ignore
      );
      const again = disco(folder, 'sweep', 'small.json');
      expect(again.stdout).toBe(first.stdout.replace('12 computed, 0 reused', '0 computed, 12 reused'));
    }));

  it('draws pictures, and writes them with the tables on a page', () =>
    inSweepFolder(folder => {
      const charts = (): string[] => readdirSync(join(folder, 'small.sweep', 'charts')).sort();
      expect(disco(folder, 'sweep', 'small.json', '--report', 'small.html')).toMatchObject({ exit: 0, stderr: '' });
      expect(charts()).toEqual(
        ['elapsedNs-difference.svg', 'elapsedNs.svg', 'misses.remote-difference.svg', 'misses.remote.svg'], // prettier-ignore
      );
      const page = readFileSync(join(folder, 'small.html'), 'utf8');
      expect(page).toContain('<h1>Sweep small.json</h1>');
      // Another choice of metrics leaves none of the earlier pictures.
      put(folder, 'small.json', JSON.stringify({ ...SWEEP, metrics: ['elapsedNs'], baseline: undefined }));
      disco(folder, 'sweep', 'small.json');
      expect(charts()).toEqual(['elapsedNs.svg']);
      const refused = disco(folder, 'sweep', 'small.json', '--report', 'nowhere/small.html');
      expect(refused).toMatchObject({
        exit: 2,
        stdout: '',
        stderr: expect.stringContaining('cannot write nowhere/small.html'),
      });
    }));

  it('has the fingerprints of disco-sim trace', () =>
    inSweepFolder(folder => {
      const { results } = JSON.parse(disco(folder, 'trace', 'small.ntr', '--preset', 'disco-1997', '--policies', 'round-robin', '--json').stdout); // prettier-ignore
      const fixed = { ...SWEEP.fixed, policy: 'round-robin' };
      put(folder, 'one.json', JSON.stringify({ run: 'trace', fixed, grid: {}, seeds: ['1997'] }));
      const { points } = JSON.parse(disco(folder, 'sweep', 'one.json', '--json').stdout);
      expect(points[0].fingerprint).toBe(results[0].fingerprint);
      expect(points[0].metrics.elapsedNs).toBe(results[0].elapsedNs);
    }));

  it('runs the points of a policy again when a module that it imports has changed, and only those', () =>
    inSweepFolder(folder => {
      disco(folder, 'sweep', 'small.json');
      writeFileSync(join(folder, 'places.mjs'), PLACES.replace('told', 'told so'));
      expect(disco(folder, 'sweep', 'small.json').stdout).toContain('4 computed, 8 reused');
    }));

  it('reads a module, and runs a function of a user’s', () =>
    inSweepFolder(folder => {
      put(folder, 'model.mjs', 'export const run = ({ n }, seed) => ({ square: n * n });');
      put(
        folder,
        'model-sweep.mjs',
        `export const sweep = { run: { module: 'model.mjs' }, grid: { n: [2, 3] }, seeds: 2 };`,
      );
      const { stdout, exit } = disco(folder, 'sweep', 'model-sweep.mjs', '--csv', 'all.csv');
      expect([exit, stdout.split('\n').slice(0, 3)]).toEqual([0, [expect.stringMatching(/^n +square$/), expect.stringMatching(/^2 +4/), expect.stringMatching(/^3 +9/)]]); // prettier-ignore
      expect(readFileSync(join(folder, 'all.csv'), 'utf8')).toContain('\n3,1997.2,,9\n');
    }));

  it('names points that failed, and averages only if told', () =>
    inSweepFolder(folder => {
      put(
        folder,
        'model.mjs',
        'export const run = ({ n }) => { if (n === 3) throw new Error("no luck"); return { n }; };',
      );
      put(folder, 's.json', JSON.stringify({ run: { module: 'model.mjs' }, grid: { n: [2, 3] }, seeds: 1 }));
      const refused = disco(folder, 'sweep', 's.json');
      expect(refused).toMatchObject({ exit: 2, stdout: '' });
      expect(refused.stderr).toContain('n=3, seed 1997: no luck');
      expect(disco(folder, 'sweep', 's.json', '--incomplete')).toMatchObject({ exit: 0 });
    }));

  it('goes on after an interrupt where it was', () =>
    inSweepFolder(async folder => {
      put(
        folder,
        'slow.mjs',
        'export const run = async ({ n }) => { await new Promise(r => setTimeout(r, 300)); return { n }; };',
      );
      put(folder, 's.json', JSON.stringify({ run: { module: 'slow.mjs' }, grid: { n: [1, 2, 3, 4, 5, 6] }, seeds: 1 }));
      const run = watch(folder, MAIN, 'sweep', 's.json', '--threads', '1');
      await run.until(/2 of 6 points finished/);
      run.child.kill('SIGINT');
      const { exit, stderr } = await run.ended;
      expect([exit, stderr]).toEqual([
        130,
        expect.stringMatching(/\d of 6 points finished; the same command computes the rest/),
      ]);
      const { counts } = JSON.parse(disco(folder, 'sweep', 's.json', '--json').stdout);
      expect(counts.reused).toBeGreaterThanOrEqual(2);
      expect(counts.reused + counts.computed).toBe(6);
    }));

  it.each([
    [{ ...SWEEP, grid: { polizy: ['migrate'] } }, 'trace has no option polizy; did you mean policy?'],
    [{ ...SWEEP, gird: {} }, 'gird'],
    [{ ...SWEEP, seeds: 0 }, 'seeds'],
    [{ ...SWEEP, fixed: { trace: { file: 'none.ntr' } } }, 'cannot read none.ntr'],
    [{ ...SWEEP, metrics: ['elapsed'] }, 'there is no metric elapsed'],
    [{ ...SWEEP, baseline: { policy: 'migrate' } }, 'policy is never migrate'],
  ])('refuses a file with a fault: %j', (content, message) =>
    inSweepFolder(folder => {
      put(folder, 'bad.json', JSON.stringify(content));
      const { exit, stdout, stderr } = disco(folder, 'sweep', 'bad.json');
      expect([exit, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
    }),
  );
});

describe('--seeds', () => {
  it('compares policies of a trace over seeds, and prints none for what may be noise', () =>
    inSweepFolder(folder => {
      const words = ['trace', 'small.ntr', '--preset', 'disco-1997', '--seeds', '2'];
      const { stdout, exit } = disco(folder, ...words, '--policies', 'first-touch,round-robin');
      expect(exit).toBe(0);
      expect(stdout).toMatch(/^policy +elapsed ms +difference/);
      expect(stdout).toContain('Means over 2 seeds');
      const same = disco(folder, ...words, '--policies', 'first-touch,migrate').stdout;
      expect(same).toMatch(/^migrate +\S+ ± \S+ +none/m);
    }));

  it('runs a system once with each seed', () =>
    inFolder(folder => {
      const words = ['native', 'pmake', '--scale', '0.04', '--seeds', '2', '--json'];
      const { results, summary } = JSON.parse(disco(folder, ...words).stdout);
      expect(results.map(({ seed }: { seed: string }) => seed)).toEqual(['1997', '1997.2']);
      expect(results[0].fingerprint).not.toBe(results[1].fingerprint);
      const mean = (results[0].elapsedNs + results[1].elapsedNs) / 2;
      expect(summary.rows[0].metrics.elapsedNs.estimate).toMatchObject({ n: 2, mean });
    }));

  it('is said to be missing below the table of one draw', () =>
    inSweepFolder(folder => {
      const { stdout } = disco(folder, 'trace', 'small.ntr', '--seed', '7');
      expect(stdout).toContain(
        'One draw, of seed 7: small differences may be noise. --seeds N gives means with intervals.',
      );
    }));

  it.each([
    [['native', 'radix', '--seeds', '0'], '--seeds takes a whole number'],
    [['vm', '--seeds', '2', '--report', 'r.html'], 'leave out --seeds or --report'],
    [['main', '--seeds', 'x'], '--seeds takes a whole number'],
  ])('refuses %j', (words, message) =>
    inFolder(folder => {
      expect(disco(folder, ...words)).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining(message) });
    }),
  );
});
