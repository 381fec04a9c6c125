/** The policy bench: paired runs over a short recording, with policies of users, good and bad. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { comparePolicies, type BenchResult } from '../../../lib/experiments/bench/bench.js';
import { build, disco, inFolder } from '../../cli/running.js';

jest.setTimeout(240_000);
beforeAll(build);

const RADIX = fileURLToPath(new URL('../../../traces/radix-16.ntr.gz', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = `const place = (to) => ({ action: 'place', to, because: 'mine' });`;
const MINE = `${place}
export default ({ threshold = 8 }) => ({
  name: 'mine', wants: ['hot-page'], needs: ['thread'],
  counters: { threshold, sampling: 1, bits: 16, delayNs: 0, resetNs: 1e8 },
  decide: ({ kind, node }, { home }) =>
    kind === 'first-touch' ? place(node) : node === home ? { action: 'stay', because: 'here' } : { action: 'migrate', to: node, because: 'mine' },
});`;
const POLICIES: Readonly<Record<string, string>> = {
  'mine.mjs': MINE,
  'throws.mjs': `${place} export const policy = { name: 'throws', wants: ['hot-page'], needs: [], counters: { threshold: 2, sampling: 1, bits: 16, delayNs: 0, resetNs: 1e8 },
    decide: ({ kind, node }) => { if (kind === 'first-touch') return place(node); throw new Error('it broke'); } };`,
  'nowhere.mjs': `export default { name: 'nowhere', wants: [], needs: [], decide: () => ({ action: 'place', to: 99, because: 'far' }) };`,
  'loops.mjs': `export default { name: 'loops', wants: [], needs: [], decide: () => { for (;;); } };`,
  'nothing.mjs': `export default { name: 'nothing', wants: ['hot-page'], needs: [], decide: () => undefined };`,
  'broken.mjs': `export default {`,
};
beforeAll(() => {
  for (const [name, text] of Object.entries(POLICIES)) writeFileSync(join(folder, name), text);
});

const QUICK = ['policies', '--quick', '--json', '--trace', RADIX] as const;

describe('comparePolicies', () => {
  it.each(['faster', 'seeds', 'threads', 'timeLimitSeconds', 'trace', 'policies', 'seed', 'onProgress', 'folder'])(
    'refuses a %s that is none',
    async name => {
      for (const wrong of [NaN, -1, null, 0.5 + 2 ** 60])
        await expect(async () =>
          comparePolicies({ trace: RADIX, policies: ['first-touch'], [name]: wrong }),
        ).rejects.toThrow(RangeError);
    },
  );

  it('needs a policy', async () => {
    await expect(async () => comparePolicies({ trace: RADIX, policies: [] })).rejects.toThrow('policies is empty');
  });
});

describe('disco-sim policies', () => {
  it('compares with paired seeds, keeps what is finished, and gives equal bytes with one thread or two', () =>
    inFolder(here => {
      const words = [...QUICK, '--policies', 'first-touch,migrate-replicate-eager', '--seeds', '2'];
      const first = disco(here, ...words, '--folder', 'kept', '--csv', 'all.csv', '--report', 'r.html');
      expect([first.stderr, first.exit]).toEqual(['', 0]);
      const { summary, points } = JSON.parse(first.stdout) as BenchResult['found'] & Pick<BenchResult, 'summary'>;
      expect(points).toHaveLength(4);
      const [usual, eager] = summary.rows;
      expect(usual.metrics.elapsedNs.difference).toBeNull();
      expect(eager.metrics.elapsedNs.difference!.n).toBe(2);
      expect(eager.metrics['log.overOptimum'].estimate.mean).toBeGreaterThanOrEqual(1);
      const again = disco(here, ...words, '--threads', '1');
      const metrics = (text: string): unknown => (JSON.parse(text) as BenchResult['found']).points.map(point => point.metrics); // prettier-ignore
      expect(metrics(again.stdout)).toEqual(metrics(first.stdout));
    }));

  it('takes a policy from a module, with options', () =>
    inFolder(here => {
      const mine = join(folder, 'mine.mjs');
      const moves = [8, 1000].map(threshold => {
        const { stdout, exit } = disco(here, ...QUICK, '--policies', mine, '--policy-option', `threshold=${threshold}`);
        expect(exit).toBe(0);
        return (JSON.parse(stdout) as BenchResult['found']).points[0].metrics!['placement.migrations'];
      });
      expect([moves[0] > 0, moves[1]]).toEqual([true, 0]);
    }));

  it('names policies that throw, loop, answer nonsense or are none, and keeps the results of others', () =>
    inFolder(here => {
      const bad = Object.keys(POLICIES).filter(name => name !== 'mine.mjs');
      const list = ['first-touch', ...bad.map(name => join(folder, name))].join(',');
      const { stdout, stderr, exit } = disco(
        here,
        ...QUICK,
        '--policies',
        list,
        '--time-limit',
        '10',
        '--threads',
        '2',
      );
      expect(exit).toBe(2);
      const { points } = JSON.parse(stdout) as BenchResult['found'];
      expect(points.map(({ state }) => state)).toEqual(['computed', ...bad.map(() => 'failed')]);
      for (const [name, says] of [
        ['throws.mjs', 'it broke'],
        ['nowhere.mjs', 'to is 99; give a node as a whole number from 0 to 15'],
        ['loops.mjs', 'took longer than 10 s'],
        ['nothing.mjs', 'has no counters; set its counters field'],
        ['broken.mjs', 'cannot load'],
      ])
        expect(stderr).toMatch(new RegExp(`${name}.*${says.replace(/[.()]/g, '\\$&')}`));
    }));

  it.each([
    [['--policies', 'frist-touch'], 'there is no policy frist-touch; did you mean first-touch?'],
    [['--policies', './none.mjs'], 'cannot load the policy ./none.mjs: there is no such file'],
    [['--policy-option', 'threshold'], '--policy-option threshold: give NAME=VALUE, such as trigger=64'],
    [['--workload', 'quake'], 'there is no workload quake'],
    [['--workload', 'radix', '--trace', RADIX], '--workload and --trace are both given; give one'],
    [['--trace', 'none.ntr'], 'cannot read none.ntr: there is no such file'],
    [['--faster', '0'], '--faster'],
  ])('refuses %j in one line', (words, says) =>
    inFolder(here => {
      const { stdout, stderr, exit } = disco(here, 'policies', ...words);
      expect([stdout, exit, stderr.trimEnd().split('\n').length]).toEqual(['', 2, 1]);
      expect(stderr).toContain(says);
    }),
  );
});
