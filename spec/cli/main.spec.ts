/** The command line, run on the built package: what it prints, what it leaves behind, and how it says no. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { VERSION } from '../../lib/engine/version.js';
import type { RunResult } from '../../lib/experiments/replay/result.js';
import { textTable } from '../../lib/report/tables/replay.js';
import { file, instruction, store } from '../traces/drmemtrace/records.js';
import { TRACES, build, disco, inFolder, put, shell, smallTrace, unmappedTrace } from './running.js';

// The only shared state of these specs is what they are about: the built package.
beforeAll(build);

const DIN = '0 1000\n1 2000\n2 3000\n';
const FEW = ['--preset', 'disco-1997', '--policies', 'round-robin'];

/** A drmemtrace file of a thread of process 10, as raw2trace writes one for each thread. */
function threadFile(id: bigint, type = 0x40n): Uint8Array {
  const accesses = Array.from({ length: 200 }, (_, i) => [instruction(0x400000n), store(0x601000n + BigInt(8 * i))]);
  return file('', id, type, ...accesses.flat()).bytes;
}

/** Makes what a case needs in its folder, and returns the command line. */
type Case = readonly [name: string, words: (folder: string) => readonly string[], says: string];

const trace =
  (name: string, content: string | Uint8Array, ...words: string[]) =>
  (folder: string): string[] => ['trace', put(folder, name, content), ...words];

const REFUSED: readonly Case[] = [
  ['no command', () => [], 'a command is missing: paper, trace, record, main, '],
  [
    'an unknown command',
    () => ['tracee'],
    'there is no command tracee; did you mean trace? there are paper, trace, record, main',
  ],
  [
    'a command that only JavaScript knows',
    () => ['constructor'],
    'there is no command constructor; there are paper, trace, record, main',
  ],
  [
    'an unknown option',
    () => ['trace', 'x', '--polices', 'a'],
    'there is no option --polices; did you mean --policies?',
  ],
  ['an unknown short option', () => ['trace', 'x', '-z'], 'there is no option -z; there are --preset'],
  ['an option without its value', () => ['trace', 'x', '--preset'], '--preset takes a value, but is the last word'],
  [
    'an option for a value',
    () => ['trace', 'x', '--preset', '--json'],
    '--preset takes a value, but --json follows; if that is meant, write --preset=--json',
  ],
  ['a value below zero', () => ['trace', 'x', '--copies=-1'], '--copies takes a whole number from 1 to 64, not "-1"'],
  [
    'a value for an option that has none',
    () => ['trace', 'x', '--json=yes'],
    '--json takes no value, but was given --json=yes',
  ],
  [
    'an unknown preset',
    () => ['trace', 'x', '--preset', 'disco-1979'],
    'there is no preset disco-1979; did you mean disco-1997?',
  ],
  [
    'an unknown policy',
    () => ['trace', 'x', '--policies', 'migrate,frist-touch'],
    'no policy frist-touch; did you mean first-touch?',
  ],
  [
    'a policy that only JavaScript knows',
    () => ['trace', 'x', '--policies', 'toString'],
    'there is no policy toString;',
  ],
  ['no policy', () => ['trace', 'x', '--policies', ''], 'there is no policy ""; there are'],
  ['an unknown format', () => ['trace', 'x', '--format', 'lacky'], 'there is no format lacky; did you mean lackey?'],
  ['no copies', () => ['trace', 'x', '--copies', '0'], '--copies takes a whole number from 1 to 64, not "0"'],
  [
    'copies that are no number',
    () => ['trace', 'x', '--copies', 'abc'],
    '--copies takes a whole number from 1 to 64, not "abc"',
  ],
  ['too many copies', () => ['trace', 'x', '--copies', '65'], '--copies takes a whole number from 1 to 64, not "65"'],
  ['copies of the main job', () => ['main', '--copies', '2'], 'there is no option --copies; there are'],
  ['a file for latency', () => ['latency', 'x'], 'latency takes no files, but was given x'],
  [
    'an unknown preset',
    () => ['latency', '--preset', 'dahs-1992'],
    'there is no preset dahs-1992; did you mean dash-1992?',
  ],
  ['an unknown option of latency', () => ['latency', '--jason'], 'there is no option --jason; did you mean --json?'],
  ['no file', () => ['trace'], 'trace needs at least one FILE; see disco-sim trace --help'],
  ['a file for main', () => ['main', 'x.din'], 'main takes no files; use: disco-sim trace x.din'],
  ['a file that is not there', () => ['trace', 'x.din'], 'cannot read x.din: there is no such file or folder'],
  ['a folder', folder => ['trace', folder], 'it is a folder'],
  [
    'a folder of raw records',
    folder => {
      mkdirSync(join(folder, 'app.dir', 'raw'), { recursive: true });
      return ['trace', 'app.dir'];
    },
    'cannot read app.dir: it holds raw records only; make a trace of them with DynamoRIO',
  ],
  [
    'a folder of folders',
    folder => {
      mkdirSync(join(folder, 'all', 'drmemtrace.app.1.dir'), { recursive: true });
      return ['trace', 'all'];
    },
    'cannot read all: it holds folders and no drmemtrace file; name one of drmemtrace.app.1.dir',
  ],
  [
    'a folder with other files',
    folder => {
      mkdirSync(join(folder, 'app'));
      put(folder, 'app/app.1.memtrace', threadFile(1n));
      put(folder, 'app/x.din', DIN);
      return ['trace', 'app'];
    },
    'cannot read app: a folder is read as one drmemtrace trace, but it holds x.din, which is another format',
  ],
  [
    'a folder that holds a thread twice',
    folder => {
      mkdirSync(join(folder, 'app'));
      put(folder, 'app/app.1.memtrace', threadFile(1n));
      put(folder, 'app/copy.memtrace', threadFile(1n));
      return ['trace', 'app'];
    },
    'cannot read app: app.1.memtrace and copy.memtrace hold the same thread at the same time; leave one of them out',
  ],
  [
    'a policy that needs loads and stores, of which some were filtered out',
    trace('x.memtrace', threadFile(1n, 0x140n), '--policies', 'migrate'),
    'the policy migrate needs to know data, which x.memtrace (drmemtrace) does not record; use first-touch',
  ],
  ['an empty file', trace('x.din', ''), 'x.din: the file is empty'],
  [
    'gzip cut short',
    trace('x.gz', gzipSync(smallTrace()).subarray(0, 60)),
    'x: the compressed data are damaged or cut short',
  ],
  ['an NTR1 file cut short', trace('x.ntr', smallTrace().subarray(0, 150)), 'x.ntr: '],
  [
    'random bytes',
    trace(
      'x',
      Uint8Array.from({ length: 999 }, (_, i) => (i * i * 7919) >>> 5),
    ),
    'x: neither content nor name fits a known format',
  ],
  [
    'text that is no trace',
    trace('x.txt', 'Call me Ishmael.\n'),
    'x.txt: neither content nor name fits a known format',
  ],
  ['text that is no trace under the name of one', trace('x.din', 'Call me Ishmael.\n'), 'x.din'],
  ['the wrong format', trace('x.din', DIN, '--format', 'lackey'), 'x.din'],
  [
    'a zip archive as something else',
    trace('x.zip', 'PK\u0003\u0004', '--format', 'din'),
    'can only hold drmemtrace, not din',
  ],
  [
    'a policy that needs what the trace lacks',
    trace('x.din', DIN, '--policies', 'migrate-replicate'),
    'the policy migrate-replicate needs to know thread, which x.din (dinero) does not record; use first-touch',
  ],
  ['a preset that cannot grow', trace('x.ntr', smallTrace(), '--preset', 'xeon-2s-cxl', '--copies', '20'), 'nodes'],
  [
    'a trace that uses an unmapped page',
    trace('x.ntr', unmappedTrace(), ...FEW),
    'the trace uses page 0x400 of task 0 before it maps it',
  ],
  [
    'a report in a folder that is not there',
    trace('x.din', DIN, ...FEW, '--report', 'none/report.html'),
    'cannot write none/report.html: there is no such file or folder',
  ],
  [
    'a report below a file',
    trace('x.din', DIN, ...FEW, '--report', 'x.din/report.html'),
    'cannot write x.din/report.html: x.din is not a folder',
  ],
  ['a report that is a folder', trace('x.din', DIN, ...FEW, '--report', '.'), 'cannot write .: it is a folder'],
  ['a report without a name', trace('x.din', DIN, ...FEW, '--report', ''), 'it names no file'],
  [
    'a report that is to be a folder',
    trace('x.din', DIN, ...FEW, '--report', 'new/'),
    'cannot write new/: it names no file',
  ],
  [
    'a report that would replace the trace',
    trace('x.din', DIN, ...FEW, '--report', 'x.din'),
    'cannot write x.din: it is a trace that is to be read',
  ],
  [
    'a report that would replace the trace by way of a link',
    folder => {
      put(folder, 'x.din', DIN);
      symlinkSync('x.din', join(folder, 'link.html'));
      return ['trace', 'x.din', ...FEW, '--report', 'link.html'];
    },
    'cannot write link.html: it is a trace that is to be read',
  ],
  [
    'a report through a link into a folder that is not there',
    folder => {
      symlinkSync('none/report.html', join(folder, 'link.html'));
      return ['trace', put(folder, 'x.din', DIN), ...FEW, '--report', 'link.html'];
    },
    'none/report.html, whose folder does not exist; create the folder ',
  ],
  [
    'a report through links that lead in a circle',
    folder => {
      symlinkSync('b.html', join(folder, 'a.html'));
      symlinkSync('a.html', join(folder, 'b.html'));
      return ['trace', put(folder, 'x.din', DIN), ...FEW, '--report', 'a.html'];
    },
    'cannot write a.html: it leads through more than 40 symbolic links, or in a circle; remove the link',
  ],
  [
    'a report through a link to itself',
    folder => {
      symlinkSync('a.html', join(folder, 'a.html'));
      return ['trace', put(folder, 'x.din', DIN), ...FEW, '--report', 'a.html'];
    },
    'cannot write a.html: it leads through more than 40 symbolic links, or in a circle; remove the link',
  ],
  [
    'a report through a link to a folder to be',
    folder => {
      symlinkSync('new/', join(folder, 'a.html'));
      return ['trace', put(folder, 'x.din', DIN), ...FEW, '--report', 'a.html'];
    },
    'new/, a folder',
  ],
  [
    'a report that would replace a file that is read-only',
    folder => {
      chmodSync(put(folder, 'kept.html', 'kept'), 0o444);
      return ['trace', put(folder, 'x.din', DIN), ...FEW, '--report', 'kept.html'];
    },
    'cannot write kept.html: it is read-only',
  ],
  [
    'a report that would replace a pipe',
    folder => {
      spawnSync('mkfifo', [join(folder, 'pipe')]);
      return ['trace', put(folder, 'x.din', DIN), ...FEW, '--report', 'pipe'];
    },
    'cannot write pipe: it is a device or a pipe, not a file',
  ],
];

describe('a command line that cannot be carried out', () => {
  it.each(REFUSED)('because of %s says so in a line and leaves nothing behind', (_, words, says) =>
    inFolder(folder => {
      const command = words(folder);
      const before = readdirSync(folder);
      const { stdout, stderr, exit } = disco(folder, ...command);
      expect([exit, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^disco-sim: .+\n$/s);
      expect(stderr).toContain(says);
      expect(stderr).not.toMatch(/^ +at /m);
      expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(4);
      expect(readdirSync(folder)).toEqual(before);
    }),
  );

  const full = existsSync('/dev/full') ? it : it.skip;
  full('because its output has no room says so', () =>
    inFolder(folder => {
      put(folder, 'x.din', DIN);
      const { stderr, exit } = shell(folder, `"$NODE" "$MAIN" trace x.din ${FEW.join(' ')} > /dev/full`);
      expect(exit).toBe(2);
      expect(stderr).toMatch(/^disco-sim: cannot write the output: .*\n$/);
    }),
  );
});

describe('drmemtrace files', () => {
  const runs = (folder: string, ...words: readonly string[]): RunResult[] =>
    (JSON.parse(disco(folder, 'trace', ...words, ...FEW, '--json').stdout) as { results: RunResult[] }).results;

  it('of one process are one run of as many streams, named one by one, as a folder, or where DynamoRIO puts them', () =>
    inFolder(folder => {
      mkdirSync(join(folder, 'app.dir', 'trace'), { recursive: true });
      mkdirSync(join(folder, 'app.dir', 'raw'));
      const names = ['app.1.memtrace', 'app.2.memtrace'];
      names.forEach((name, i) => {
        put(folder, name, threadFile(BigInt(i + 1)));
        put(folder, `app.dir/trace/${name}`, gzipSync(threadFile(BigInt(i + 1))));
      });
      put(folder, 'app.dir/trace/modules.log', 'a list');
      put(folder, 'app.dir/trace/cpu_schedule.bin.zip', 'an archive');
      const all = [runs(folder, ...names), runs(folder, 'app.dir'), runs(folder, 'app.dir/trace')];
      expect(all.map(results => results.map(({ trace: { name, streams } }) => [name, streams]))).toEqual([
        [['app.1.memtrace and 1 more', 2]],
        [['app.dir', 2]],
        [['trace', 2]],
      ]);
      for (const [run] of all) {
        expect(run.fingerprint).toBe(all[0][0].fingerprint);
        expect(run.trace.headlines).toEqual(['Put together from 2 files: app.1.memtrace, app.2.memtrace.']);
      }
      expect(disco(folder, 'trace', 'app.dir', ...FEW).stdout).toContain(
        'Put together from 2 files: app.1.memtrace, app.2.memtrace.',
      );
    }));

  it('of other processes, of other recordings, and given twice stay apart', () =>
    inFolder(folder => {
      put(folder, 'a.memtrace', threadFile(1n));
      put(folder, 'b.memtrace', threadFile(2n, 0x240n));
      put(folder, 'x.din', DIN);
      const found = runs(folder, 'a.memtrace', 'x.din', 'b.memtrace', 'a.memtrace');
      expect(found.map(({ trace: { name, streams } }) => [name, streams])).toEqual([
        ['a.memtrace', 1],
        ['x.din', 1],
        ['b.memtrace', 1],
        ['a.memtrace', 1],
      ]);
    }));

  it('that lack loads and stores have no times in the table, and say why', () =>
    inFolder(folder => {
      put(folder, 'x.memtrace', threadFile(1n, 0x140n));
      const { stdout } = disco(folder, 'trace', 'x.memtrace', '--report', 'r.html');
      expect(stdout).toMatch(/x\.memtrace {2}\(an incomplete recording\)\n {2}Loads and stores that hit a small cache/);
      expect(stdout).toMatch(/first-touch @ disco-1997 +– +– +– /);
      const html = readFileSync(join(folder, 'r.html'), 'utf8');
      expect(html).toContain('Loads and stores that hit a small cache of the recorder are missing');
    }));
});

describe('the command line', () => {
  it.each([
    [['--help'], 'disco-sim trace FILE...'],
    [['-h'], 'disco-sim trace FILE...'],
    [['help'], 'disco-sim trace FILE...'],
    [['trace', '--help'], '--copies N'],
    [['main', '-h'], 'report.html'],
  ])('%j prints help', (words, part) => {
    const { stdout, stderr, exit } = disco(TRACES, ...words);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toContain(part);
  });

  it('names its version', () => {
    expect(disco(TRACES, '--version')).toEqual({ stdout: `${VERSION}\n`, stderr: '', exit: 0 });
  });

  it('does not mind a reader that has seen enough', () =>
    inFolder(folder => {
      put(folder, 'x.din', DIN);
      const script = `{ "$NODE" "$MAIN" trace x.din ${FEW.join(' ')}; echo "exit $?" >&2; } | true`;
      expect(shell(folder, script).stderr).toBe('exit 0\n');
    }));
});

describe('a trace', () => {
  it('is replayed on all presets under all policies, with equal figures in the table and in JSON', () =>
    inFolder(folder => {
      const file = put(folder, 'x.ntr', smallTrace());
      const table = disco(folder, 'trace', file);
      const { stdout, exit } = disco(folder, 'trace', file, '--json');
      const { version, results } = JSON.parse(stdout) as { version: string; results: RunResult[] };
      expect([table.exit, exit, table.stderr, version]).toEqual([0, 0, '', VERSION]);
      expect(results.map(({ policy, machine }) => [policy, machine.name, machine.nodes.length])).toEqual([
        ['first-touch', 'disco-1997', 2],
        ['round-robin', 'disco-1997', 2],
        ['migrate-replicate', 'disco-1997', 2],
        ['first-touch', 'uma', 1],
      ]);
      expect(table.stdout).toContain(`${textTable(results)}\nOne draw, of seed `);
      expect(readdirSync(folder)).toEqual(['x.ntr']);
    }));

  it('gives the same bytes for the same seed, compressed or not', () =>
    inFolder(folder => {
      const files = [put(folder, 'x.ntr', smallTrace()), put(folder, 'x.ntr.gz', gzipSync(smallTrace()))];
      const run = (file: string, seed: string) => disco(folder, 'trace', file, '--json', '--seed', seed, ...FEW).stdout;
      expect(run(files[0], '5')).toBe(run(files[1], '5'));
      expect(run(files[0], '5')).not.toBe(run(files[0], '6'));
    }));

  it('is replayed in copies, on a preset that grows with them', () =>
    inFolder(folder => {
      const file = put(folder, 'x.ntr', smallTrace());
      const words = ['--json', '--copies', '5', '--preset', 'origin2000-1997', '--policies', 'round-robin'];
      const { results } = JSON.parse(disco(folder, 'trace', file, ...words).stdout) as { results: RunResult[] };
      expect([results[0].trace.copies, results[0].processors.length]).toEqual([5, 16]);
    }));

  it('is cut to a tenth by --quick, which the result says', () =>
    inFolder(folder => {
      const file = put(folder, 'x.ntr', smallTrace());
      const run = (...words: string[]): RunResult =>
        (JSON.parse(disco(folder, 'trace', file, '--json', ...FEW, ...words).stdout) as { results: RunResult[] })
          .results[0];
      const [whole, quick] = [run(), run('--quick')];
      expect(quick.references).toBe(Math.ceil(whole.references / 2 / 10) * 2);
      expect(quick.trace.remarks.at(-1)).toBe('Only the first 10 % of the references of each stream are replayed.');
    }));

  it('gets a report that is whole, beside nothing else', () =>
    inFolder(folder => {
      const file = put(folder, 'x.ntr', smallTrace());
      mkdirSync(join(folder, 'out'));
      const report = join('out', 'report.html');
      put(folder, report, 'an old one');
      const { stdout, exit } = disco(folder, 'trace', file, ...FEW, '--report', report);
      expect([exit, stdout.endsWith(`\nThe report is in ${report}.\n`)]).toEqual([0, true]);
      expect(readFileSync(join(folder, report), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i);
      expect(readdirSync(join(folder, 'out'))).toEqual(['report.html']);
    }));

  it('gets its report behind a symbolic link, which remains', () =>
    inFolder(folder => {
      const file = put(folder, 'x.ntr', smallTrace());
      put(folder, 'real.html', 'an old one');
      symlinkSync('real.html', join(folder, 'link.html'));
      expect(disco(folder, 'trace', file, ...FEW, '--report', 'link.html').exit).toBe(0);
      expect(lstatSync(join(folder, 'link.html')).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(folder, 'real.html'), 'utf8')).toMatch(/^<!doctype html>/);
    }));

  it.each([
    ['a link to a file that does not exist yet', [['link.html', 'out/new.html']], 'out/new.html'],
    ['a link with an absolute path', [['link.html', '/out/new.html']], 'out/new.html'],
    [
      'a chain of links',
      [
        ['link.html', 'second'],
        ['second', 'out/third'],
        ['out/third', 'new.html'],
      ],
      'out/new.html',
    ],
    [
      'a link below a link to a folder',
      [
        ['away', 'out/deep'],
        ['link.html', 'away/../new.html'],
      ],
      'out/new.html',
    ],
  ])('gets its report through %s, and all links stay', (_, links, target) =>
    inFolder(folder => {
      const file = put(folder, 'x.ntr', smallTrace());
      mkdirSync(join(folder, 'out', 'deep'), { recursive: true });
      for (const [name, to] of links) symlinkSync(to.startsWith('/') ? join(folder, to) : to, join(folder, name));
      expect(disco(folder, 'trace', file, ...FEW, '--report', 'link.html')).toMatchObject({ exit: 0, stderr: '' });
      for (const [name] of links) expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
      expect(lstatSync(join(folder, target)).isFile()).toBe(true);
      expect(readFileSync(join(folder, target), 'utf8')).toMatch(/^<!doctype html>/);
      const made = ['deep', 'new.html', ...links.flatMap(([name]) => (name.startsWith('out/') ? [name.slice(4)] : []))];
      expect(readdirSync(join(folder, 'out')).sort()).toEqual(made.sort());
    }),
  );

  it('is printed although its report cannot be written in the end', () =>
    inFolder(folder => {
      const file = put(folder, 'x.ntr', smallTrace());
      const tooLong = 'r'.repeat(255); // a file may have this name, but nothing longer
      const { stdout, stderr, exit } = disco(folder, 'trace', file, ...FEW, '--report', tooLong);
      expect([stdout, exit]).toEqual([disco(folder, 'trace', file, ...FEW).stdout, 2]);
      expect(stderr).toMatch(/^disco-sim: cannot write r+: .*\n$/);
      expect(readdirSync(folder)).toEqual(['x.ntr']);
    }));
});
