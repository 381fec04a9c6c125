/** Sweeps in threads: the built package in a process of its own, as a user's program has it. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build, MAIN } from '../../cli/running.js';
import { inFolder, resultFiles } from './folders.js';

const PACKAGE = pathToFileURL(join(MAIN, '..', '..', 'experiments', 'index.js')).href;

/** Sweeps as its argument, a JSON text, says; prints how many points there are of each state, and errors. */
const PROGRAM = `import { sweep } from '${PACKAGE}';
const { grid, run, ...options } = JSON.parse(process.argv[2]);
const { points, counts } = await sweep(grid, run, { base: import.meta.dirname, folder: 'out', ...options });
console.log(JSON.stringify({ counts, errors: points.map(({ error }) => error) }));
`;

/** Numbers that depend on the point only; \`heavy\` keeps a core busy for that many milliseconds. */
const MODEL = `export { run } from './model-part.mjs';`;
const PART = `export function run({ n, heavy = 0, more = 0 }, seed) {
  const end = performance.now() + heavy;
  while (performance.now() < end);
  console.log('a run that prints');
  const rest = Object.fromEntries(Array.from({ length: more }, (_, i) => ['more ' + i, i]));
  return { metrics: { square: n * n + Number(seed) / 8, ...rest }, fingerprint: n + ':' + seed };
}`;

/** Every way not to return. */
const BAD = `export async function run({ how }) {
  if (how === 'exits') process.exit(3);
  if (how === 'spins') for (;;);
  if (how === 'fills') for (const all = []; ; ) all.push(new Array(1e5).fill(1.5));
  if (how === 'throws text') throw 'text';
  if (how === 'throws late') { setTimeout(() => { throw new Error('late') }); await new Promise(r => setTimeout(r, 5000)); }
  if (how === 'rejects aside') { void Promise.reject(new Error('aside')); await new Promise(r => setTimeout(r, 5000)); }
  if (how === 'leaves a timer') setTimeout(() => { throw new Error('of another point') }, 20);
  if (how === 'waits') await new Promise(r => setTimeout(r, 60));
  return { ms: 1 };
}`;

function inModelFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  return inFolder(folder => {
    const files = { 'program.mjs': PROGRAM, 'model.mjs': MODEL, 'model-part.mjs': PART, 'bad.mjs': BAD };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return use(folder);
  });
}

interface Printed {
  readonly counts: Readonly<Record<string, number>>;
  readonly errors: readonly (string | null)[];
}

function run(cwd: string, what: object, flags: readonly string[] = []): Printed {
  const words = [...flags, 'program.mjs', JSON.stringify(what)];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Printed;
}

const sixteen = { grid: { n: [1, 2, 3, 4, 5, 6, 7, 8] }, run: { module: 'model.mjs' }, seeds: ['1', '2'] };

beforeAll(() => build(), 120_000);

describe('a sweep in threads', () => {
  it('leaves the same files with one thread and with eight', async () => {
    const files = (threads: number): Promise<string[]> =>
      inModelFolder(folder => {
        expect(run(folder, { ...sixteen, threads }).counts.computed).toBe(16);
        return resultFiles(join(folder, 'out'));
      });
    const one = await files(1);
    expect(one[1].split('\n')[1]).toBe('1,1,1:1,1.125');
    expect(await files(8)).toEqual(one);
  });

  it('leaves the same files after it was killed in the middle and run again', async () => {
    const slow = { ...sixteen, fixed: { heavy: 40 } };
    const undisturbed = await inModelFolder(folder => {
      run(folder, slow);
      return resultFiles(join(folder, 'out'));
    });
    await inModelFolder(async cwd => {
      const points = join(cwd, 'out', 'points');
      const number = (): number =>
        existsSync(points) ? readdirSync(points).filter(name => name.endsWith('.json')).length : 0;
      const child = spawn(process.execPath, ['program.mjs', JSON.stringify(slow)], { cwd, stdio: 'ignore' });
      const gone = new Promise(settle => child.on('exit', (_, signal) => settle(signal)));
      while (number() < 3 && child.exitCode === null) await new Promise(settle => setTimeout(settle, 5));
      child.kill('SIGKILL');
      expect(await gone).toBe('SIGKILL');
      const before = number();
      expect(run(cwd, slow).counts).toEqual({ computed: 16 - before, reused: before, missing: 0, failed: 0 });
      expect(resultFiles(join(cwd, 'out'))).toEqual(undisturbed);
    });
  });

  it('runs all again when a module that the run imports has changed, and nothing otherwise', () =>
    inModelFolder(folder => {
      run(folder, sixteen);
      expect(run(folder, sixteen).counts.reused).toBe(16);
      writeFileSync(join(folder, 'model-part.mjs'), PART.replace('n * n', 'n * n * n'));
      expect(run(folder, sixteen).counts.computed).toBe(16);
      expect(readFileSync(join(folder, 'out', 'results.csv'), 'utf8')).toContain('\n2,1,2:1,8.125\n');
    }));

  it('names a point that does not return, which costs only itself', () =>
    inModelFolder(folder => {
      const how = ['exits', 'spins', 'fills', 'throws text', 'throws late', 'rejects aside', 'leaves a timer', 'waits'];
      const options = { run: { module: 'bad.mjs' }, seeds: 1, timeLimitSeconds: 4, threads: 1 };
      const { errors } = run(folder, { grid: { how }, ...options }, ['--max-old-space-size=100']);
      expect(errors).toEqual([
        'the run called process.exit(3)',
        'took longer than 4 s',
        expect.stringMatching(/memory limit/),
        'text',
        'late',
        'aside',
        null,
        null,
      ]);
    }));

  it.each([
    ['no-such.mjs', 'run', 'cannot read no-such.mjs'],
    ['model.mjs', 'runs', 'the module exports no function runs'],
  ])('names a run that does not exist: %s, %s', (module, name, message) =>
    inModelFolder(folder => {
      const said = (): string => {
        try {
          return run(folder, { ...sixteen, run: { module, name } }).errors.join();
        } catch (error) {
          return String(error);
        }
      };
      expect(said()).toContain(message);
    }),
  );

  it('stops when there is no room for an outcome, names the file, and loses nothing', () =>
    inModelFolder(cwd => {
      run(cwd, { ...sixteen, seeds: ['1'] });
      const points = join(cwd, 'out', 'points');
      const kept = readdirSync(points);
      // No file may be larger than this number of blocks: the same path as a full disk, EFBIG in place of ENOSPC.
      const script = `ulimit -f 8; exec "$0" "$@"`;
      const long = { ...sixteen, fixed: { more: 2000 } };
      const words = ['-c', script, process.execPath, 'program.mjs', JSON.stringify(long)];
      const { stderr, status } = spawnSync('bash', words, { cwd, encoding: 'utf8' });
      expect([status, stderr]).toEqual([1, expect.stringMatching(/SweepError: cannot write \S+points\S+: EFBIG/)]);
      expect(readdirSync(points)).toEqual(kept);
      expect(run(cwd, { ...sixteen, seeds: ['1'] }).counts.reused).toBe(8);
    }));
});
