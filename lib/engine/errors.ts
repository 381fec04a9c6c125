/** Errors that carry where and when: the component's path, the simulated time and the seed. */

/** A fault in a running simulation. The message ends with path, time and seed, so that it can be replayed. */
export class SimulationError extends Error {
  override readonly name: string = 'SimulationError';
  /** Path of the component that noticed. */
  readonly path: string;
  /** Simulated time in ticks. */
  readonly time: number;
  /** Master seed of the run. */
  readonly seed: string;

  constructor(path: string, time: number, seed: string, message: string) {
    super(`${path}: ${message} (at tick ${time}, seed ${JSON.stringify(seed)})`);
    this.path = path;
    this.time = time;
    this.seed = seed;
  }
}

/** Nothing can happen any more and somebody still waits. The message names who waits for what. */
export class StallError extends SimulationError {
  override readonly name = 'StallError';
  /** One line per waiting component. */
  readonly waiting: readonly string[];

  constructor(time: number, seed: string, waiting: readonly string[]) {
    super('simulation', time, seed, `stalled: nothing is under way, but\n  ${waiting.join('\n  ')}\n`);
    this.waiting = waiting;
  }
}

/** Faults found in a wired model before time zero, all at once. */
export class WiringError extends Error {
  override readonly name = 'WiringError';
  /** One line per fault. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the model is not wired completely:\n  ${faults.join('\n  ')}`);
    this.faults = faults;
  }
}
