/** Threads that run points of a module, each one at a time; a thread that dies is replaced and costs its point only. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tinypool } from 'tinypool';
import type { SweepPoint } from './points.js';
import type { RunModule, WholeOutcome } from './run.js';

/** How runs are run. */
export interface RunThreadsOptions {
  readonly threads: number;
  /** The folder that relative paths are meant from. */
  readonly base: string;
  readonly timeLimitSeconds: number | undefined;
}

/** What a thread is given. */
export interface ThreadTask extends SweepPoint {
  /** URL of the module. */
  readonly module: string;
  readonly name: string;
  readonly base: string;
}

/** What a thread answers. */
export type ThreadAnswer = { readonly outcome: WholeOutcome } | { readonly error: string };

/** See above. */
export class RunThreads {
  private readonly module: string;
  private readonly name: string;
  private readonly options: RunThreadsOptions;
  private pool: Promise<Tinypool> | null = null;

  constructor({ module, name = 'run' }: RunModule, options: RunThreadsOptions) {
    this.module = module instanceof URL ? module.href : pathToFileURL(resolve(options.base, module)).href;
    this.name = name;
    this.options = options;
  }

  /** Runs a point in a thread that has nothing else to do. Throws an Error that says why there is no outcome. */
  async run({ parameters, seed }: SweepPoint): Promise<WholeOutcome> {
    const { base, timeLimitSeconds } = this.options;
    const task: ThreadTask = { module: this.module, name: this.name, base, parameters, seed };
    this.pool ??= this.start();
    const pool = await this.pool;
    const signal = timeLimitSeconds === undefined ? null : AbortSignal.timeout(1000 * timeLimitSeconds);
    let answer: ThreadAnswer;
    try {
      answer = (await pool.run(task, signal === null ? {} : { signal })) as ThreadAnswer;
    } catch (error) {
      throw signal?.aborted === true ? new Error(`took longer than ${timeLimitSeconds} s`) : error;
    }
    if ('error' in answer) throw new Error(answer.error);
    return answer.outcome;
  }

  /** Ends all threads. */
  async stop(): Promise<void> {
    await (await this.pool)?.destroy();
  }

  /** The package is loaded when threads are needed: it is for Node only. */
  private async start(): Promise<Tinypool> {
    const { Tinypool } = await import('tinypool');
    const { threads } = this.options;
    const filename = new URL('./thread.js', import.meta.url).href;
    const pool = new Tinypool({
      filename,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      name: 'runPoint',
    });
    // A thread that dies while it has nothing to do is replaced like any other.
    return pool.on('error', () => {});
  }
}
