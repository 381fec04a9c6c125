/** A simulation: the clock, the names, the random streams and the run loop. Two of them in one process do not meet. */
import { Arrivals } from './run-ahead/arrivals.js';
import { calendars } from './booking.js';
import { callable, plainObject, shown, wholeNumber } from './checks.js';
import type { Component, Scope } from './component.js';
import { Place } from './component.js';
import { SimulationError, StallError, WiringError } from './errors.js';
import { Fingerprint } from './observation/fingerprint.js';
import { domainOf, findLookaheads } from './run-ahead/lookahead.js';
import type { Observer } from './observation/observer.js';
import type { Message, Port } from './port.js';
import type { EventQueue } from './queue/queue.js';
import { randomStream, type RandomStream } from './random.js';
import { RunnerQueue, type Runner } from './run-ahead/runner.js';
import { StatisticsRegistry, type Statistic } from './statistics.js';
import { LAST_TICK, TimeBase, type Clock, type Duration, type Frequency, type Ticks } from './time.js';
import { WheelQueue } from './queue/wheel-queue.js';

/** What a simulation is made with. */
export interface SimulationOptions {
  /** Length of a tick in picoseconds: a positive integer. */
  readonly tickPs: number;
  /** Master seed; all random streams derive from it. */
  readonly seed: string | number;
  /** Run-ahead of processors; on unless false. Results do not depend on it. */
  readonly runAhead?: boolean;
  /** The event queue; a `WheelQueue` of 4096 slots unless given. Results do not depend on it. */
  readonly queue?: EventQueue;
}

/** Where a run stops. What is left out does not limit. */
export interface RunLimits {
  /** Last tick to be simulated: a whole number from 0 to 2^53 - 1, or Infinity for no limit. */
  readonly until?: Ticks;
  /** Number of events after which to stop, a whole number from 0 or Infinity; the current tick is finished. */
  readonly events?: number;
  /** Called now and then with how far it is; `false` stops the run at a consistent point. */
  readonly progress?: (state: Progress) => boolean | void;
}

/** How far a run is. */
export interface Progress {
  readonly now: Ticks;
  readonly events: number;
}

/** Why a run ended. */
export type RunEnd = 'finished' | 'time limit' | 'event limit' | 'stopped';

/** Turns of the run loop between two calls of `progress`. */
const PROGRESS_TURNS = 4096;

/** A discrete-event simulation. */
export class Simulation implements Scope {
  readonly path = '';
  readonly seed: string;
  readonly time: TimeBase;
  readonly runAhead: boolean;
  /** Pending events. For ports and timers; components do not touch it. */
  readonly queue: EventQueue;
  /** Appointments of processors. For runners only. */
  readonly runners = new RunnerQueue();
  /** All `Booking`s: hand it to them. */
  readonly calendars = calendars();
  readonly fingerprint = new Fingerprint();
  readonly registry = new StatisticsRegistry();
  /** Watches the run, or null. May be set at any time; results do not depend on it. */
  observer: Observer | null = null;
  /** Runners must not execute anything at or behind this tick. For runners only. */
  runLimit: Ticks = Infinity;
  private readonly components = new Map<string, Component>();
  private readonly ports: Port<Message, Message>[] = [];
  private readonly allRunners: Runner[] = [];
  private readonly domains = new Map<string, Arrivals>();
  private readonly streams = new Set<string>();
  private ranks = 0;
  private started = false;
  private running = false;
  /** Software has said that nothing more is of interest. */
  private ending = false;

  /** Throws a RangeError for a tick that is no whole number of picoseconds, and for a seed that is neither text nor a number. */
  constructor(options: SimulationOptions) {
    plainObject(options, 'the options of a simulation');
    const { seed } = options;
    if (typeof seed !== 'string' && !Number.isFinite(seed))
      throw new RangeError(`seed is ${shown(seed)}; give a string or a finite number`);
    this.seed = String(options.seed);
    this.time = new TimeBase(options.tickPs);
    this.runAhead = options.runAhead ?? true;
    this.queue = options.queue ?? new WheelQueue();
  }

  /** Itself: a simulation is the root of its names. */
  get simulation(): this {
    return this;
  }

  /** The current tick. */
  get now(): Ticks {
    return this.queue.now;
  }

  /** Events fired so far; bookkeeping of run-ahead does not count. */
  get events(): number {
    return this.queue.fired;
  }

  scope(name: string): Scope {
    return new Place(this, name);
  }

  /** A duration in ticks. Throws a RangeError if it is not a whole number of them. */
  ticks(duration: Duration): Ticks {
    return this.time.ticks(duration);
  }

  /** A clock domain. Throws a RangeError if its period is not a whole number of ticks. */
  clock(frequency: Frequency): Clock {
    return this.time.clock(frequency);
  }

  /** The random stream of that name. Throws if it was handed out before: a stream has one user. */
  random(name: string): RandomStream {
    if (this.streams.has(name)) throw new Error(`the random stream ${JSON.stringify(name)} already has a user`);
    this.streams.add(name);
    return randomStream(this.seed, name);
  }

  /**
   * Runs until nothing is left to do or a limit is met. Throws a RangeError for limits that are none, a StallError if
   * a component still waits when nothing is left, and a SimulationError when time would pass 2^53 - 1 ticks and when it is
   * called from within a run: by a policy, a program, a handler or `progress`.
   */
  run(limits: RunLimits = {}): RunEnd {
    checkLimits(limits);
    this.enter('run');
    try {
      this.elaborate();
      return this.turns(limits);
    } finally {
      this.running = false;
    }
  }

  /** Runs up to and including tick `time`. */
  runUntil(time: Ticks): RunEnd {
    return this.run({ until: time });
  }

  /** Fires the next event, or resumes the next processor. False if there was nothing to do. */
  step(): boolean {
    this.enter('step');
    try {
      this.elaborate();
      const event = this.queue.nextTime();
      const resumption = this.runners.nextTime();
      if (event === Infinity && resumption === Infinity) return false;
      if (event > LAST_TICK && resumption > LAST_TICK) throw this.outOfTime();
      this.runLimit = LAST_TICK + 1;
      if (event <= resumption) this.queue.fireOne();
      else {
        if (resumption > this.now) this.queue.moveTo(resumption);
        this.runners.take().resume();
      }
      return true;
    } finally {
      this.running = false;
    }
  }

  /** All statistics with their units and definitions, in order of construction. */
  statistics(): Statistic[] {
    return this.registry.report();
  }

  /**
   * Sets everything that is counted to 0, as after a warm-up: statistics, bookings' queues and busy time, traffic of
   * links, time accounts. State stays as it is, and so does the fingerprint. Between two calls of `run`.
   */
  resetStatistics(): void {
    this.registry.reset();
    for (const calendar of this.calendars) calendar.resetStatistics();
    for (const component of this.components.values()) component.resetStatistics?.();
  }

  /** For `Component`: takes a component in and returns the record of what is under way to its domain. */
  adopt(component: Component): Arrivals {
    if (this.started) throw new Error(`${component.path}: components are made before the simulation first runs`);
    if (this.components.has(component.path)) throw new Error(`there are two components called ${component.path}`);
    this.components.set(component.path, component);
    const domain = domainOf(component);
    let arrivals = this.domains.get(domain);
    if (arrivals === undefined) this.domains.set(domain, (arrivals = new Arrivals()));
    return arrivals;
  }

  /** For `Port`: takes a port in and returns its rank. */
  adoptPort(port: object): number {
    this.ports.push(port as Port<Message, Message>);
    return this.nextRank();
  }

  /** For `Runner`: takes a runner in and returns its index. */
  adoptRunner(runner: Runner): number {
    return this.allRunners.push(runner) - 1;
  }

  /** For ports and timers: the next rank in the total order. */
  nextRank(): number {
    return this.ranks++;
  }

  /**
   * For runners: moves the clock on to `time` if nothing happens up to then, so that a runner that is alone for a while
   * goes on at the present without an appointment. False if something does, or if the run ends before.
   */
  advance(time: Ticks): boolean {
    if (!this.runAhead || time >= this.runLimit || this.queue.nextTime() <= time || this.runners.nextTime() <= time)
      return false;
    this.queue.moveTo(time);
    return true;
  }

  /**
   * Ends the run when the present tick is over, as if nothing were to happen any more. For software with a clock of its own, which
   * would tick for ever: it calls this when its last program has ended.
   */
  end(): void {
    this.ending = true;
  }

  private turns(limits: RunLimits): RunEnd {
    const { queue, runners } = this;
    if (this.ending) return 'finished';
    // No time behind LAST_TICK is exact, so the loop never gets there, whatever the limit.
    const until = Math.min(limits.until ?? Infinity, LAST_TICK);
    const lastEvent = queue.fired + (limits.events ?? Infinity);
    this.runLimit = until + 1;
    if (queue.fired >= lastEvent) return 'event limit';
    for (let turn = 1; ; turn++) {
      const event = queue.nextTime();
      const resumption = runners.nextTime();
      if (event <= resumption) {
        if (event === Infinity) return this.finish();
        if (event > until) return this.stopAt(limits);
        queue.fireTick();
      } else {
        if (resumption > until) return this.stopAt(limits);
        if (resumption > queue.now) queue.moveTo(resumption);
        runners.take().resume();
      }
      if (this.ending) return 'finished';
      if (queue.fired >= lastEvent) return 'event limit';
      if (turn % PROGRESS_TURNS === 0 && limits.progress?.({ now: this.now, events: queue.fired }) === false)
        return 'stopped';
    }
  }

  private enter(method: 'run' | 'step'): void {
    if (this.running)
      throw new SimulationError(
        'simulation',
        this.now,
        this.seed,
        `${method} was called from within a run, which goes on when its caller returns; call it between two runs, not from a policy, a program, a handler or progress`,
      );
    this.running = true;
  }

  private outOfTime(): SimulationError {
    const { now, seed } = this;
    const next = Math.min(this.queue.nextTime(), this.runners.nextTime());
    const what = `time would pass 2^53 - 1 ticks, the last one that is exact: what happens next is at tick ${next}`;
    return new SimulationError('simulation', now, seed, `${what}; simulate less, or choose a longer tick`);
  }

  private elaborate(): void {
    if (this.started) return;
    this.started = true;
    const loose = this.ports.filter(port => port.connectedTo === null);
    if (loose.length > 0) throw new WiringError(loose.map(port => `${port.path} is not connected`));
    findLookaheads(this.allRunners, this.ports);
    for (const component of this.components.values()) component.start?.();
  }

  private finish(): RunEnd {
    const waiting: string[] = [];
    for (const component of this.components.values()) {
      const reason = component.waitsFor?.();
      if (reason !== undefined) waiting.push(`${component.path} waits for ${reason}`);
    }
    if (waiting.length > 0) throw new StallError(this.now, this.seed, waiting);
    return 'finished';
  }

  private stopAt({ until = Infinity }: RunLimits): RunEnd {
    if (until > LAST_TICK) throw this.outOfTime();
    if (until > this.now) this.queue.moveTo(until);
    return 'time limit';
  }
}

function checkLimits(limits: RunLimits): void {
  plainObject(limits, 'the limits of a run');
  const { until, events, progress } = limits;
  if (until !== undefined && until !== Infinity) wholeNumber(until, 'until, the last tick of a run,');
  if (events !== undefined && events !== Infinity) wholeNumber(events, 'events, the number after which a run stops,');
  if (progress !== undefined) callable(progress, 'progress');
}
