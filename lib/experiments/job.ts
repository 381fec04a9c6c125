/** A job: runs of any kind, one after the other, in slices, so that the caller learns how far it is and may stop it. */
import { callable, list, plainObject } from '../engine/checks.js';

/** A run that is simulated slice by slice: a `SystemRun`, a `Replay`, or one of your own. */
export interface SlicedRun<Result> {
  /** Simulates a slice. False when the run is over. */
  advance(): boolean;
  /** What happened so far. */
  result(): Result;
}

/**
 * Makes each run when its turn comes, and simulates it to its end; the results in the order of the makers. `advanced` is
 * called after every slice but the last of a run, with the run and its index; if it returns false, the job stops there, and
 * the result of that run, a partial one, is the last. Throws what making or simulating a run throws.
 */
export function runJob<Run, Result>(
  makers: readonly (() => Run & SlicedRun<Result>)[],
  advanced?: (run: Run, index: number) => boolean | void,
): Result[] {
  list(makers, 'makers of runJob');
  if (advanced !== undefined) callable(advanced, 'advanced of runJob');
  const results: Result[] = [];
  let stopped = false;
  for (const [index, make] of makers.entries()) {
    callable(make, `maker ${index} of runJob`);
    const run = make();
    plainObject(run, `run ${index} of runJob`);
    while (run.advance()) {
      stopped = advanced?.(run, index) === false;
      if (stopped) break;
    }
    results.push(run.result());
    if (stopped) break;
  }
  return results;
}
