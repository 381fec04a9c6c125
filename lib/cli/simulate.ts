/** Runs a simulation to its end, with a line of progress, and stops it at Ctrl-C. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Interrupted } from './errors.js';
import { SimulatedLine } from './progress.js';

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
  /** What is run, for the line of progress and for a run that is interrupted. */
  readonly label: string;
  readonly name: string;
  /** Simulated time that it will take, roughly. */
  readonly expectedNs: number;
}

/** Host time between two looks at the terminal, in milliseconds. */
const LOOK_MS = 20;

/** Makes it and runs it. Throws Interrupted after Ctrl-C, and what making or running it throws. */
export async function simulate<Result>(
  { label, name, expectedNs }: SimulatedWords,
  make: () => Simulated<Result>,
): Promise<Result> {
  let interrupted = false;
  const onSignal = (): void => {
    interrupted = true;
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const progress = new SimulatedLine(process.stderr, expectedNs);
  try {
    progress.update(`reading what ${label} runs`, 0);
    await nextTurn();
    const run = make();
    let look = performance.now() + LOOK_MS;
    while (run.advance()) {
      if (performance.now() < look) continue;
      progress.update(run.elapsedNs === 0 ? `booting ${label}` : label, run.elapsedNs);
      await nextTurn();
      if (interrupted) throw new Interrupted(`interrupted: ${name} was at ${progress.summary()}`);
      look = performance.now() + LOOK_MS;
    }
    return run.result();
  } finally {
    progress.clear();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
