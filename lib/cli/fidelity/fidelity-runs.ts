/** The runs of a fidelity check: what `disco-sim native` runs, two at a time in threads of this process, which end with it. */
import { Worker } from 'node:worker_threads';
import type { FidelityRun } from '../../experiments/paper/fidelity.js';
import type { SystemResult } from '../../experiments/systems/system-result.js';
import { progress } from '../process/progress.js';

/** How long, and from which seed. */
export interface RunScale {
  /** In place of the scale of each run, if given. */
  readonly scale: number | undefined;
  readonly seed: string;
}

const THREAD = new URL('./fidelity-thread.js', import.meta.url);
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

/** Results by command. Throws an Error that tells what a run said if it failed; then the other runs are stopped. */
export async function runAll(runs: readonly FidelityRun[], scale: RunScale): Promise<Map<string, SystemResult>> {
  const results = new Map<string, SystemResult>();
  const threads = new Set<Worker>();
  const waiting = [...runs];
  progress.does(`repeats ${runs.length} runs of the Disco paper`);
  const work = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const command = commandOf(run, scale);
      progress.at(`${results.size} of ${runs.length} runs finished, at ${command.join(' ')}`);
      results.set(command.join(' '), await nativeRun(command, threads));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  } finally {
    await Promise.all([...threads].map(thread => thread.terminate()));
  }
  return results;
}

function nativeRun(command: readonly string[], threads: Set<Worker>): Promise<SystemResult> {
  const thread = new Worker(THREAD, { workerData: command.slice(1) });
  threads.add(thread);
  return new Promise((settle, fail) =>
    thread
      .on('message', (json: string) => settle(JSON.parse(json) as SystemResult))
      .on('error', error => fail(new Error(`disco-sim ${command.join(' ')} failed: ${error.message}`)))
      .on('exit', () => {
        threads.delete(thread);
        fail(new Error(`disco-sim ${command.join(' ')} ended without a result`));
      }),
  );
}
