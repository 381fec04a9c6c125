/** Runs a system to its end and says how far it is. */
import { runJob, type SlicedRun } from '../experiments/job.js';
import { SimulatedPace, progress } from './process/progress.js';

/** A simulation under way. */
export interface Simulated<Result> extends SlicedRun<Result> {
  /** Simulated time of what is measured; 0 before that has begun. */
  readonly elapsedNs: number;
}

/** What people are told. */
export interface SimulatedWords {
  /** What is run. */
  readonly label: string;
  /** Simulated time that it will take, roughly. */
  readonly expectedNs: number;
}

/** Makes it and runs it. Throws what making or running it throws. */
export function simulate<Result>({ label, expectedNs }: SimulatedWords, make: () => Simulated<Result>): Result {
  progress.does(`runs ${label}`);
  progress.at(`reading what ${label} runs`);
  const pace = new SimulatedPace(expectedNs);
  const booted = (): Simulated<Result> => {
    const run = make();
    progress.at(`booting ${label}`);
    return run;
  };
  const [result] = runJob([booted], ({ elapsedNs }) => {
    if (elapsedNs === 0) pace.notBegun();
    else
      progress.update(() => ({
        line: `${pace.line(elapsedNs)}  ${label}`,
        far: `${label} at ${pace.far(elapsedNs)}`,
      }));
  });
  progress.at(`${label} finished`);
  return result;
}
