/** Runs the built command line as a user would, in a folder that is gone afterwards. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNtr, type Event } from '../workloads/ntr-writer.js';

const ROOT = join(__dirname, '..', '..');
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');
const BUILD_INFO = join(ROOT, 'dist', '.tsbuildinfo');

/** Traces that come with the package. */
export const TRACES = join(ROOT, 'traces');

/** What a run left behind. */
export interface Outcome {
  readonly stdout: string;
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
  return { stdout, stderr, exit: status ?? signal };
}

/** Starts a command line; `ended` is what came of it. */
export function start(folder: string, ...words: readonly string[]): { child: ChildProcess; ended: Promise<Outcome> } {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: folder, env: environment(), stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Outcome>((settle, fail) =>
    child.on('error', fail).on('close', (code, signal) => settle({ stdout, stderr, exit: code ?? signal })),
  );
  return { child, ended };
}

/** The command line in a shell, which sees `$MAIN`. */
export function shell(folder: string, script: string): Outcome {
  const env = { ...environment(), NODE: process.execPath, MAIN };
  const { stdout, stderr, status, signal } = spawnSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
  return { stdout, stderr, exit: status ?? signal };
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

function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, FORCE_COLOR, ...rest } = process.env;
  void NODE_OPTIONS;
  void FORCE_COLOR;
  return { ...rest, NO_COLOR: '1' };
}
