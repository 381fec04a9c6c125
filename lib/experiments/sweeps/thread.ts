/** A thread of a sweep: imports the module of the run, once, and runs a point at a time. */
import { outcomeOf, type SweepRun } from './run.js';
import type { ThreadAnswer, ThreadTask } from './threads.js';

// The end of a thread would be noticed by nobody; an error is.
process.exit = code => {
  throw new Error(`the run called process.exit(${code ?? ''})`);
};
// Standard output belongs to the results of the sweep.
process.stdout.write = process.stderr.write.bind(process.stderr);

/** Runs a point. */
export async function runPoint({ module, name, base, parameters, seed }: ThreadTask): Promise<ThreadAnswer> {
  try {
    const run = ((await import(module)) as Readonly<Record<string, unknown>>)[name];
    if (typeof run !== 'function') throw new Error(`the module exports no function ${name}`);
    return { outcome: outcomeOf(await (run as SweepRun)(parameters, seed, { folder: base })) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
