/**
 * Runners: components that execute ahead of the clock, without events, as far as nothing can reach them.
 * Resumptions are bookkeeping: they sort after every event of their tick, in order of construction, and are not part of
 * the fingerprint. docs/architecture.md, section "Exact run-ahead", has the argument.
 */
import { Arrivals } from './arrivals.js';
import type { Component } from '../component.js';
import { shown } from '../checks.js';
import { SimulationError } from '../errors.js';
import type { Ticks } from '../time.js';

/** The least ticks in which something can reach a runner, by where it is now. Found when the simulation starts. */
export interface Lookahead {
  /** From an event at another component of its domain. */
  fromDomain: Ticks;
  /** From an event anywhere else. */
  fromOutside: Ticks;
  /** From the resumption of another runner. */
  fromRunner: Ticks;
}

/** The right of a component to run ahead, and its next resumption. At most one per component. */
export class Runner {
  readonly owner: Component;
  /** Executes from now on, as far as the horizon allows. */
  readonly resume: () => void;
  /** Rank among runners, in order of construction. */
  readonly index: number;
  /** What is under way to the rest of its domain. */
  readonly domain: Arrivals;
  readonly lookahead: Lookahead = { fromDomain: 0, fromOutside: 0, fromRunner: 0 };

  /** Must be made before the owner's ports, because they record what is under way to it. */
  constructor(owner: Component, resume: () => void) {
    this.owner = owner;
    this.resume = resume;
    this.domain = owner.arrivals;
    owner.arrivals = new Arrivals();
    this.index = owner.simulation.adoptRunner(this);
  }

  /** When it resumes, Infinity if it has no appointment. */
  get time(): Ticks {
    return this.owner.simulation.runners.timeOf(this);
  }

  /** Resumes at `time`, not before now; replaces an earlier appointment. Throws a SimulationError for a time that is not a whole number of ticks. */
  at(time: Ticks): void {
    const { simulation } = this.owner;
    if (!(time >= simulation.now && Math.floor(time) === time)) this.refuse(time);
    simulation.runners.set(this, time);
  }

  private refuse(time: Ticks): never {
    const { path, simulation } = this.owner;
    const what = `a runner resumes at a whole number of ticks, not before now, not at ${shown(time)}`;
    throw new SimulationError(path, simulation.now, simulation.seed, what);
  }

  /** Forgets the appointment, if there is one. */
  cancel(): void {
    this.owner.simulation.runners.remove(this);
  }

  /**
   * The first tick at which something could reach the owner: it may execute what lies before. At least one tick from
   * now, so that a resumption always gets somewhere.
   */
  horizon(): Ticks {
    const { owner, domain, lookahead } = this;
    const { simulation } = owner;
    let horizon = simulation.runLimit;
    if (simulation.runAhead) {
      if (owner.arrivals.first < horizon) horizon = owner.arrivals.first;
      const near = domain.first + lookahead.fromDomain;
      if (near < horizon) horizon = near;
      const far = simulation.queue.nextTime() + lookahead.fromOutside;
      if (far < horizon) horizon = far;
      const other = simulation.runners.nextTime() + lookahead.fromRunner;
      if (other < horizon) horizon = other;
      return horizon;
    }
    return simulation.now + 1;
  }
}

/**
 * The appointments of all runners: a binary heap on (time, index).
 * A runner that was taken out leaves a gap at the top, because it mostly comes back at once.
 */
export class RunnerQueue {
  private readonly runners: Runner[] = [];
  /** Place in the heap by index of a runner, -1 for none. */
  private places = new Int32Array(16).fill(-1);
  /** The heap: times, and indices of runners. A gap has the time of the next runner. */
  private readonly times: Ticks[] = [];
  private order = new Int32Array(16);
  private size = 0;
  /** 1 while there is a gap. */
  private gap = 0;

  /** When the next runner resumes, Infinity if none does. */
  nextTime(): Ticks {
    return this.size > this.gap ? this.times[0] : Infinity;
  }

  /** When a runner resumes, Infinity if it has no appointment. */
  timeOf(runner: Runner): Ticks {
    const place = runner.index < this.places.length ? this.places[runner.index] : -1;
    return place < 0 ? Infinity : this.times[place];
  }

  /** Makes or moves an appointment. */
  set(runner: Runner, time: Ticks): void {
    const { index } = runner;
    if (this.gap === 1) {
      if (this.order[0] === index) {
        this.gap = 0;
        this.down(0, index, time);
        return;
      }
      this.closeGap();
    }
    if (index >= this.places.length) this.grow(index);
    this.runners[index] = runner;
    const place = this.places[index];
    if (place < 0) this.up(this.size++, index, time);
    else if (time < this.times[place]) this.up(place, index, time);
    else this.down(place, index, time);
  }

  /** Drops an appointment, if there is one. */
  remove(runner: Runner): void {
    const { index } = runner;
    if (this.gap === 1) this.closeGap();
    if (index >= this.places.length || this.places[index] < 0) return;
    const place = this.places[index];
    this.places[index] = -1;
    const last = this.order[--this.size];
    const time = this.times[this.size];
    if (last === index) return;
    if (time < this.times[place] || (time === this.times[place] && last < index)) this.up(place, last, time);
    else this.down(place, last, time);
  }

  /** Takes the next runner out. There must be one. */
  take(): Runner {
    if (this.gap === 1) this.closeGap();
    const { times, size } = this;
    const index = this.order[0];
    this.places[index] = -1;
    if (size > 1) times[0] = size > 2 && times[2] < times[1] ? times[2] : times[1];
    this.gap = 1;
    return this.runners[index];
  }

  /** Who was taken out has not come back: the last of the heap takes its place. */
  private closeGap(): void {
    this.gap = 0;
    const last = this.order[--this.size];
    if (this.size > 0) this.down(0, last, this.times[this.size]);
  }

  /** Puts a runner at `place` or above. */
  private up(place: number, index: number, time: Ticks): void {
    const { times, order, places } = this;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (times[parent] < time || (times[parent] === time && order[parent] < index)) break;
      times[place] = times[parent]!;
      places[(order[place] = order[parent]!)] = place;
      place = parent;
    }
    times[place] = time;
    order[place] = index;
    places[index] = place;
  }

  /** Puts a runner at `place` or below. */
  private down(place: number, index: number, time: Ticks): void {
    const { times, order, places, size } = this;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size) {
        const right = times[child + 1];
        if (right < times[child] || (right === times[child] && order[child + 1] < order[child])) child++;
      }
      if (times[child] > time || (times[child] === time && order[child] > index)) break;
      times[place] = times[child]!;
      places[(order[place] = order[child]!)] = place;
      place = child;
    }
    times[place] = time;
    order[place] = index;
    places[index] = place;
  }

  private grow(index: number): void {
    const capacity = 2 * index;
    const places = new Int32Array(capacity).fill(-1);
    const order = new Int32Array(capacity);
    places.set(this.places);
    order.set(this.order);
    this.places = places;
    this.order = order;
  }
}
