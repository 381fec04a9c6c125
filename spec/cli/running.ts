/** Runs the built command line as a user would, in a folder that is gone afterwards. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { writeNtr, type Event } from '../traces/ntr/writer.js';

const ROOT = join(__dirname, '..', '..');
/** The built command line. */
export const MAIN = join(ROOT, 'dist', 'cli', 'main.js');
const BUILD_INFO = join(ROOT, 'dist', '.tsbuildinfo');

/** Traces that come with the package. */
export const TRACES = join(ROOT, 'traces');

/** What a run left behind. */
export interface Outcome {
  readonly stdout: string;
  /** Without the lines that say now and then how far a long command is: how long it takes is the machine's business. */
  readonly stderr: string;
  /** Exit code, or the signal that ended it. */
  readonly exit: number | NodeJS.Signals | null;
}

/** Builds the package if a source is younger than what was built. */
export function build(): void {
  const built = existsSync(BUILD_INFO) && existsSync(MAIN) ? statSync(BUILD_INFO).mtimeMs : 0;
  const sources = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' });
  if (sources.every(name => statSync(join(ROOT, 'lib', name)).mtimeMs <= built)) return;
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the package does not build:\n${stdout}`);
  utimesSync(BUILD_INFO, new Date(), new Date());
}

/** A folder of its own for `use`, removed afterwards. */
export async function inFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'disco-sim-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command line in a folder to its end. */
export function disco(folder: string, ...words: readonly string[]): Outcome {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [MAIN, ...words], {
    cwd: folder,
    env: environment(),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { stdout, stderr: withoutTimes(stderr), exit: status ?? signal };
}

/**
 * Starts a module as a user's program would that wants to know how far it is; `until` waits for what it tells. It throws
 * an Error if the run ends without having told that.
 */
export function watch(folder: string, module: string, ...words: readonly string[]): Watched {
  const child = spawn(process.execPath, [module, ...words], {
    ...{ cwd: folder, env: { ...environment(), DISCO_SIM_STATUS_FD: '3' } },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [stdout, stderr, status] = child.stdio.slice(1).map(stream => {
    const heard = { text: '' };
    (stream as Readable).setEncoding('utf8').on('data', (text: string) => {
      heard.text += text;
      child.emit('heard');
    });
    return heard;
  });
  const ended = new Promise<Outcome>((settle, fail) =>
    child
      .on('error', fail)
      .on('close', (code, signal) =>
        settle({ stdout: stdout.text, stderr: withoutTimes(stderr.text), exit: code ?? signal }),
      ),
  );
  const until = (pattern: RegExp): Promise<void> =>
    new Promise((settle, fail) => {
      const look = (): void => void (pattern.test(status.text) && settle());
      child.on('heard', look);
      look();
      void ended.then(end => fail(new Error(`ended with ${end.exit} before it told ${pattern}: ${end.stderr}`)), fail);
    });
  return { child, ended, until, told: () => status.text };
}

/** A run that tells how far it is. */
export interface Watched {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  until(pattern: RegExp): Promise<void>;
  /** All that it told. */
  told(): string;
}

/** The command line in a shell, which sees `$MAIN`. */
export function shell(folder: string, script: string): Outcome {
  const env = { ...environment(), NODE: process.execPath, MAIN };
  const { stdout, stderr, status, signal } = spawnSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
  return { stdout, stderr: withoutTimes(stderr), exit: status ?? signal };
}

/** A file in a folder. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A small NTR1 trace: two threads that run a loop of one load and one store over some pages. */
export function smallTrace(): Uint8Array {
  const events = [0, 1].flatMap((stream): Event[] => [
    { stream },
    ...Array.from({ length: 200 }, (_, i): Event => ({
      run: 0,
      addresses: [0x10000 + 132 * i, 0x20000 + 128 * i + 4 * stream],
    })),
  ]);
  const operations = [
    { position: 1, store: false },
    { position: 3, store: true },
  ];
  return writeNtr({ system: false, streams: 2, blocks: [{ pc: 0x400000, length: 6, operations, linked: [] }], events });
}

/** A system trace that uses a page before it maps it. */
export function unmappedTrace(): Uint8Array {
  const blocks = [{ pc: 0x400000, length: 6, operations: [], linked: [] }];
  return writeNtr({ system: true, streams: 1, blocks, events: [{ stream: 0 }, { run: 0, addresses: [] }] });
}

function withoutTimes(stderr: string): string {
  return stderr.replace(/^disco-sim: \d+:\d\d .*\n/gm, '');
}

function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, FORCE_COLOR, ...rest } = process.env;
  void NODE_OPTIONS;
  void FORCE_COLOR;
  return { ...rest, NO_COLOR: '1' };
}
