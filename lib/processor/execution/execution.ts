/**
 * What a processor executes, and when it continues: the context, the state, the appointment. The other parts of a processor
 * find the context and the present here, and leave here an appointment, a stall or a wait.
 */
import type { Component } from '../../engine/component.js';
import { SimulationError } from '../../engine/errors.js';
import { Runner } from '../../engine/run-ahead/runner.js';
import type { Simulation } from '../../engine/simulation.js';
import type { Ticks } from '../../engine/time.js';
import type { Context } from '../context.js';
import type { ExecutionObserver } from '../execution-observer.js';

/** What an operation returns that left an appointment, a stall or a wait behind, in place of the time that it has come to. */
export const STOPPED = -1;

/** The longest piece executed ahead, so that a lone processor returns to the run loop. */
const LONGEST_PIECE = 1 << 20;
/** So often a processor moves the present itself before it returns to the run loop, which looks at limits. */
const MOST_REACHED = 1000;

/** What a processor does. Idle is one without a context; a running one has an appointment or executes. */
export type State = 'idle' | 'running' | 'stalled' | 'waiting' | 'spinning';

/** The flow of control of one processor. */
export class Execution {
  readonly runner: Runner;
  readonly simulation: Simulation;
  /** What executes; null when there is nothing to execute. Set by the exception unit. */
  context: Context | null = null;
  state: State = 'idle';
  /** The sign bit is set while recorded kernel code runs. */
  mode = 0;
  /** Something was done at the present that others may notice, or the present has moved: the horizon is found anew. */
  acted = false;
  /** Watches what is executed; null if nothing does. */
  observer: ExecutionObserver | null = null;
  private readonly owner: Component;
  /** How often it has moved the present itself since it resumed. */
  private reached = 0;

  /** Must be made before the owner's ports, as its runner. */
  constructor(owner: Component, resume: () => void) {
    this.owner = owner;
    this.simulation = owner.simulation;
    this.runner = new Runner(owner, resume);
  }

  /** The current tick. */
  get now(): Ticks {
    return this.simulation.now;
  }

  /** What executes. There must be something. */
  get top(): Context {
    return this.context!;
  }

  /** Begins a piece. */
  begin(): void {
    this.reached = 0;
  }

  /** As far as it may execute from now on, until it acts on others. */
  horizon(): Ticks {
    this.acted = false;
    return Math.min(this.runner.horizon(), this.now + LONGEST_PIECE);
  }

  /** Makes `time` the present, if nothing else happens up to then. What was under way at that time is still ahead of it. */
  reach(time: Ticks): boolean {
    if (this.reached === MOST_REACHED || !this.simulation.advance(time)) return false;
    this.reached++;
    this.acted = true;
    return true;
  }

  /** Resumes at `time`, and stops until then. */
  appoint(time: Ticks): Ticks {
    this.runner.at(time);
    return STOPPED;
  }

  /** A stall, a wait or idleness has ended: resumes at `time`. */
  continueAt(time: Ticks): void {
    this.state = 'running';
    this.runner.at(time);
  }

  /** Throws an error that carries path, time and seed. */
  fail(message: string): never {
    throw new SimulationError(this.owner.path, this.now, this.simulation.seed, message);
  }
}
