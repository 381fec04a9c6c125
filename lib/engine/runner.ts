/**
 * Runners: components that execute ahead of the clock, without events, as far as nothing can reach them.
 * Resumptions are bookkeeping: they sort after every event of their tick, in order of construction, and are not part of
 * the fingerprint. docs/architecture.md, section "Exact run-ahead", has the argument.
 */
import { Arrivals } from './arrivals.js';
import type { Component } from './component.js';
import type { Ticks } from './time.js';

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
  /** For the run loop: position in its heap, or -1. */
  slot = -1;
  /** When it resumes, if `slot` is not -1. */
  time: Ticks = 0;

  /** Must be made before the owner's ports, because they record what is under way to it. */
  constructor(owner: Component, resume: () => void) {
    this.owner = owner;
    this.resume = resume;
    this.domain = owner.arrivals;
    owner.arrivals = new Arrivals();
    this.index = owner.simulation.adoptRunner(this);
  }

  /** Resumes at `time`, not before now; replaces an earlier appointment. */
  at(time: Ticks): void {
    this.owner.simulation.runners.set(this, time);
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

/** The appointments of all runners: a binary heap on (time, index). */
export class RunnerQueue {
  private readonly heap: Runner[] = [];

  /** When the next runner resumes, Infinity if none does. */
  nextTime(): Ticks {
    return this.heap.length === 0 ? Infinity : this.heap[0]!.time;
  }

  /** Makes or moves an appointment. */
  set(runner: Runner, time: Ticks): void {
    runner.time = time;
    if (runner.slot < 0) {
      runner.slot = this.heap.length;
      this.heap.push(runner);
    }
    this.up(runner.slot);
    this.down(runner.slot);
  }

  /** Drops an appointment, if there is one. */
  remove(runner: Runner): void {
    const slot = runner.slot;
    if (slot < 0) return;
    const last = this.heap.pop()!;
    runner.slot = -1;
    if (last === runner) return;
    this.heap[slot] = last;
    last.slot = slot;
    this.up(slot);
    this.down(last.slot);
  }

  /** Takes the next runner out. There must be one. */
  take(): Runner {
    const runner = this.heap[0]!;
    this.remove(runner);
    return runner;
  }

  private up(from: number): void {
    const { heap } = this;
    const runner = heap[from]!;
    let slot = from;
    while (slot > 0) {
      const parent = heap[(slot - 1) >> 1]!;
      if (!sooner(runner, parent)) break;
      heap[slot] = parent;
      parent.slot = slot;
      slot = (slot - 1) >> 1;
    }
    heap[slot] = runner;
    runner.slot = slot;
  }

  private down(from: number): void {
    const { heap } = this;
    const runner = heap[from]!;
    let slot = from;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && sooner(heap[child + 1]!, heap[child]!)) child++;
      if (!sooner(heap[child]!, runner)) break;
      heap[slot] = heap[child]!;
      heap[slot]!.slot = slot;
      slot = child;
    }
    heap[slot] = runner;
    runner.slot = slot;
  }
}

function sooner(a: Runner, b: Runner): boolean {
  return a.time < b.time || (a.time === b.time && a.index < b.index);
}
