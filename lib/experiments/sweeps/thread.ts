/** A thread of a sweep: imports the module of the run, once, and runs a point at a time. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { outcomeOf, type SweepRun } from './run.js';
import type { ThreadAnswer, ThreadTask } from './threads.js';

/** Ends a point early. */
type Fail = (error: unknown) => void;

/** Of the point that code belongs to, timers and callbacks included: those that a point leaves behind are not the next one's. */
const points = new AsyncLocalStorage<Fail>();
/** Of the point under way, for what belongs to none. */
const current = { fail: ((): void => {}) as Fail };

// The end of a thread would go unnoticed by its pool; an error does not.
process.exit = code => {
  throw new Error(`the run called process.exit(${code ?? ''})`);
};
process.on('uncaughtException', error => (points.getStore() ?? current.fail)(error));
// Standard output belongs to the results of the sweep.
process.stdout.write = process.stderr.write.bind(process.stderr);

/** Runs a point. */
export function runPoint(task: ThreadTask): Promise<ThreadAnswer> {
  return new Promise(settle => {
    const fail: Fail = error => settle({ error: error instanceof Error ? error.message : String(error) });
    current.fail = fail;
    void points.run(fail, () => outcomeFor(task).then(settle, fail));
  });
}

async function outcomeFor({ module, name, base, parameters, seed }: ThreadTask): Promise<ThreadAnswer> {
  const run = ((await import(module)) as Readonly<Record<string, unknown>>)[name];
  if (typeof run !== 'function') throw new Error(`the module exports no function ${name}`);
  return { outcome: outcomeOf(await (run as SweepRun)(parameters, seed, { folder: base })) };
}
