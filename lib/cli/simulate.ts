/** Runs a simulation to its end and says how far it is. */
import { SimulatedPace, progress } from './process/progress.js';

/** A simulation under way. */
export interface Simulated<Result> {
  /** Simulated time of what is measured; 0 before that has begun. */
  readonly elapsedNs: number;
  /** Simulates a little further; false when it is over. */
  advance(): boolean;
  result(): Result;
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
  const run = make();
  progress.at(`booting ${label}`);
  while (run.advance())
    if (run.elapsedNs === 0) pace.notBegun();
    else
      progress.update(() => ({
        line: `${pace.line(run.elapsedNs)}  ${label}`,
        far: `${label} at ${pace.far(run.elapsedNs)}`,
      }));
  progress.at(`${label} finished`);
  return run.result();
}
