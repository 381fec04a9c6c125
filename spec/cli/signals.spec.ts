/**
 * Signals stop every command in every phase. No case waits for a time: each command tells when it enters the phase, and a
 * signal that was not heard would end in another exit code, or in none: many of the phases last for hours.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MAIN, TRACES, build, disco, inFolder, put, watch as start, type Watched } from './running.js';

jest.setTimeout(300_000);
beforeAll(build);

const started: Watched[] = [];
// A case that failed leaves a command that would last for hours.
afterAll(() => started.forEach(({ child }) => child.kill('SIGKILL')));

function watch(...words: Parameters<typeof start>): Watched {
  const run = start(...words);
  started.push(run);
  return run;
}

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof CODES;

/** What is run, what it tells when it is in the phase, and what it says when it was stopped. */
type Case = readonly [
  name: string,
  signal: Signal,
  words: (folder: string) => readonly string[],
  phase: RegExp,
  says: RegExp,
];

const RADIX = join(TRACES, 'radix-16.ntr.gz');
const RUNNING = /"\d+ % of the job, 0 of \d+ runs finished, radix-16 under [\w-]+ on [\w-]+ at \d+ %"/;
const FAR = /\d+ % of the job, \d+ of \d+ runs finished, (preparing )?[\w-]+ under [\w-]+ on [\w-]+( at \d+ %)?/;
const TEXT = 'I  04000000,4\n L 00001000,8\n';

/** A folder that is there before the command begins: what it keeps there is no litter. */
function made(folder: string, name: string): string {
  mkdirSync(join(folder, name));
  return name;
}

/** Eight threads that store six times to one location: millions of states. */
function wideTest(): string {
  const row = (cell: (thread: number) => string): string =>
    ` ${Array.from({ length: 8 }, (_, i) => cell(i)).join(' | ')} ;\n`;
  return `X86 wide\n{}\n${row(i => `P${i}`)}${row(i => `MOV [x],$${i}`).repeat(6)}exists (x=1)\n`;
}

const CASES: readonly Case[] = [
  [
    'trace, reading a large file',
    'SIGINT',
    folder => ['trace', put(folder, 'x.lackey', Buffer.alloc(96 << 20, TEXT)), '--report', 'report.html'],
    /"reading .*x\.lackey"/,
    /reading .*x\.lackey/,
  ],
  [
    'trace, preparing',
    'SIGTERM',
    () => ['trace', RADIX, '--report', 'report.html'],
    /finished, preparing radix-16/,
    FAR,
  ],
  ['trace, running', 'SIGHUP', () => ['trace', RADIX, '--report', 'report.html'], RUNNING, FAR],
  ['trace, running', 'SIGINT', () => ['trace', RADIX, '--report', 'report.html'], RUNNING, FAR],
  ['main, reading', 'SIGTERM', () => ['main'], /reading .*radix/, /reading .*/],
  ['main, running', 'SIGINT', () => ['main', '--json'], RUNNING, FAR],
  ['native, reading', 'SIGHUP', () => ['native', 'pmake'], /reading what pmake/, /(reading what|booting) pmake .*/],
  [
    'native, booting',
    'SIGINT',
    () => ['native', 'pmake', '--report', 'pmake.html'],
    /booting pmake/,
    /(booting )?pmake on disco-1997.*/,
  ],
  [
    'native, running',
    'SIGTERM',
    () => ['native', 'pmake', '--report', 'pmake.html'],
    /pmake on disco-1997 at \d/,
    /pmake on disco-1997 at \d+\.\d of about \d+ ms of simulated time/,
  ],
  [
    'vm, running',
    'SIGHUP',
    () => ['vm', '--guests', '2', '--report', 'vm.html'],
    /pmake in 2 guests at \d/,
    /pmake in 2 guests at \d+\.\d of about \d+ ms of simulated time/,
  ],
  [
    'fidelity',
    'SIGINT',
    folder => ['fidelity', '--only', 'table-2', '--folder', made(folder, 'runs')],
    /0 of 2 points finished/,
    /0 of 2 points finished; the same command computes the rest/,
  ],
  [
    'explore',
    'SIGTERM',
    () => ['explore', 'mosi', '--caches', '4', '--lines', '2'],
    /"\d[\d,]* states of MOSI"/,
    /[\d,]+ states of MOSI/,
  ],
  [
    'random-test',
    'SIGHUP',
    () => ['random-test', '--accesses', '1000000000000'],
    /0 of \d+ tests finished, at/,
    /0 % of the job, 0 of \d+ tests finished, at .*/,
  ],
  [
    'litmus, enumerating',
    'SIGINT',
    folder => ['litmus', put(folder, 'wide.litmus', wideTest()), '--max-states', '16000000'],
    /\d+ states enumerated of wide/,
    /0 of 1 tests done, \d+ states enumerated of wide/,
  ],
  [
    'litmus, running',
    'SIGTERM',
    () => ['litmus', '--classic', '--runs', '1000000'],
    /round \d+ of 1000000/,
    /0 of 44 tests done, round \d+ of 1000000 of \S+/,
  ],
  [
    'network',
    'SIGHUP',
    () => ['network', '--k', '32', '--cycles', '10000000', '--report', 'load.svg'],
    /at 0\.02/,
    /0 of up to 21 loads measured, at 0\.02/,
  ],
  ['latency', 'SIGINT', () => ['latency'], /0 of \d+ presets/, /\d+ of \d+ presets measured, at [\w-]+/],
];

describe('a signal', () => {
  it.each(CASES)('stops %s, by %s, which says how far it got and leaves nothing', (_, signal, words, phase, says) =>
    inFolder(async folder => {
      const command = words(folder);
      const before = readdirSync(folder);
      const run = watch(folder, MAIN, ...command);
      await run.until(phase);
      run.child.kill(signal);
      const { stdout, stderr, exit } = await run.ended;
      expect([stdout, exit]).toEqual(['', CODES[signal]]);
      expect(stderr).toMatch(new RegExp(`^disco-sim: interrupted after \\d+:\\d\\d: ${says.source}\\n$`));
      expect(readdirSync(folder)).toEqual(before);
    }),
  );
});

/** A module that supervises another, whose text is given; both in the folder. */
function supervised(folder: string, work: string): string {
  const url = (file: string): string => JSON.stringify(pathToFileURL(join(MAIN, '..', 'process', file)).href);
  const head = `import * as fs from 'node:fs'; import { progress } from ${url('progress.js')}; progress.connect(3);\n`;
  put(folder, 'work.mjs', head + work);
  const text = `import { supervise } from ${url('supervise.js')}; supervise(new URL('./work.mjs', import.meta.url), process.argv.slice(2));`;
  return put(folder, 'main.mjs', text);
}

const FOREVER = `progress.at('at work'); for (;;);`;

describe('the process that listens', () => {
  it('removes what the other one left incomplete', () =>
    inFolder(async folder => {
      const work = `progress.partial('x.part'); fs.writeFileSync('x.part', 'half'); ${FOREVER}`;
      const run = watch(folder, supervised(folder, work));
      await run.until(/at work/);
      expect(existsSync(join(folder, 'x.part'))).toBe(true);
      run.child.kill('SIGTERM');
      expect((await run.ended).exit).toBe(143);
      expect(readdirSync(folder).sort()).toEqual(['main.mjs', 'work.mjs']);
    }));

  it('leaves a file alone that is complete', () =>
    inFolder(async folder => {
      const work = `progress.partial('x.part'); fs.writeFileSync('x.part', 'all'); progress.partial(null); ${FOREVER}`;
      const run = watch(folder, supervised(folder, work));
      await run.until(/at work/);
      run.child.kill('SIGTERM');
      await run.ended;
      expect(readFileSync(join(folder, 'x.part'), 'utf8')).toBe('all');
    }));

  it('stops one that waits in a call of the system', () =>
    inFolder(async folder => {
      spawnSync('mkfifo', [join(folder, 'pipe')]);
      const run = watch(folder, supervised(folder, `progress.at('at the pipe'); fs.readFileSync('pipe');`));
      await run.until(/at the pipe/);
      run.child.kill('SIGINT');
      const { stderr, exit } = await run.ended;
      expect(exit).toBe(130);
      expect(stderr).toMatch(/^disco-sim: interrupted after \d+:\d\d: at the pipe\n$/);
    }));

  it('says it once, however many signals there are', () =>
    inFolder(async folder => {
      const run = watch(folder, supervised(folder, FOREVER));
      await run.until(/at work/);
      for (const signal of ['SIGHUP', 'SIGINT', 'SIGINT', 'SIGTERM'] as const) run.child.kill(signal);
      const { stderr, exit } = await run.ended;
      expect(stderr).toMatch(/^disco-sim: interrupted after \d+:\d\d: at work\n$/);
      expect(Object.values<unknown>(CODES)).toContain(exit);
    }));

  it.each(Object.entries(CODES))('takes %s to the other one, as of a terminal, like one to itself', (signal, code) =>
    inFolder(async folder => {
      const work = `progress.at('at work'); process.kill(process.pid, '${signal}'); for (;;);`;
      const { stderr, exit } = await watch(folder, supervised(folder, work)).ended;
      expect(exit).toBe(code);
      expect(stderr).toMatch(/^disco-sim: interrupted after \d+:\d\d: at work\n$/);
    }),
  );

  it('says so if the other one is killed', () =>
    inFolder(async folder => {
      const work = `progress.at('at work'); process.kill(process.pid, 'SIGKILL'); for (;;);`;
      const { stderr, exit } = await watch(folder, supervised(folder, work)).ended;
      expect(exit).toBe(1);
      expect(stderr).toMatch(
        /^disco-sim: the process that worked was ended by SIGKILL after .*: at work; if memory ran out/,
      );
    }));

  it('passes words, output and exit code on', () =>
    inFolder(async folder => {
      const work = `process.stdout.write(process.argv.slice(2).join()); process.exitCode = 7;`;
      const { stdout, stderr, exit } = await watch(folder, supervised(folder, work), 'a', '--b=c').ended;
      expect([stdout, stderr, exit]).toEqual(['a,--b=c', '', 7]);
    }));

  it('takes the other one along if it is killed itself', () =>
    inFolder(async folder => {
      const run = watch(folder, supervised(folder, `for (;;) progress.update(() => ({ line: '', far: 'at work' }));`));
      await run.until(/at work/);
      run.child.kill('SIGKILL');
      // Standard output is closed when no process has it any more.
      expect((await run.ended).exit).toBe('SIGKILL');
    }));

  it.each(['x', '', '77', '-1', '1.5'])('refuses %j as the descriptor for its status', value => {
    const before = process.env.DISCO_SIM_STATUS_FD;
    process.env.DISCO_SIM_STATUS_FD = value;
    try {
      const { stdout, stderr, exit } = disco(TRACES, 'latency');
      expect([stdout, exit]).toEqual(['', 2]);
      expect(stderr).toBe(
        `disco-sim: DISCO_SIM_STATUS_FD takes the number of an open pipe or socket, not ${JSON.stringify(value)}\n`,
      );
    } finally {
      if (before === undefined) delete process.env.DISCO_SIM_STATUS_FD;
      else process.env.DISCO_SIM_STATUS_FD = before;
    }
  });
});
