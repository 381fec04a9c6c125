/** The runs of a fidelity check: each is a `disco-sim native` of its own, two at a time. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FidelityRun } from '../experiments/fidelity.js';
import type { NativeResult } from '../experiments/native-result.js';
import { Interrupted } from './errors.js';

/** How long, and from which seed. */
export interface RunScale {
  /** In place of the scale of each run, if given. */
  readonly scale: number | undefined;
  readonly seed: string;
}

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const AT_A_TIME = 2;

/** The words of the command that makes a run. */
export function commandOf(
  { workload, machine, processors, l2Kilobytes, scale: own }: FidelityRun,
  { scale = own, seed }: RunScale,
): string[] {
  const cache = l2Kilobytes === undefined ? [] : ['--l2', String(l2Kilobytes)];
  const numbers = ['--processors', String(processors), '--scale', String(scale), '--seed', seed];
  return ['native', workload, '--machine', machine, ...numbers, ...cache];
}

/** Results by command. Throws Interrupted after Ctrl-C, and an Error that tells what a run said if it failed. */
export async function runAll(runs: readonly FidelityRun[], scale: RunScale): Promise<Map<string, NativeResult>> {
  const results = new Map<string, NativeResult>();
  const children = new Set<ChildProcess>();
  const waiting = [...runs];
  let interrupted = false;
  const stop = (): void => {
    for (const child of children) child.kill('SIGTERM');
  };
  const onSignal = (): void => {
    interrupted = true;
    stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const work = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined && !interrupted; run = waiting.shift()) {
      const command = commandOf(run, scale);
      show(`${results.size} of ${runs.length} runs are over; at ${command.join(' ')}`);
      results.set(command.join(' '), await nativeRun(command, children));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  } catch (error) {
    stop();
    if (!interrupted) throw error;
  } finally {
    show('');
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  if (interrupted) throw new Interrupted(`interrupted: ${results.size} of ${runs.length} runs were over`);
  return results;
}

function nativeRun(command: readonly string[], children: Set<ChildProcess>): Promise<NativeResult> {
  const child = spawn(process.execPath, [MAIN, ...command, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((settle, fail) =>
    child.on('error', fail).on('close', code => {
      children.delete(child);
      if (code === 0) settle((JSON.parse(stdout) as { results: [NativeResult] }).results[0]);
      else fail(new Error(`disco-sim ${command.join(' ')} failed: ${stderr.trim()}`));
    }),
  );
}

/** What goes on, on a terminal only. */
function show(text: string): void {
  const { isTTY, columns } = process.stderr;
  if (isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, (columns || 80) - 1)}`);
}
