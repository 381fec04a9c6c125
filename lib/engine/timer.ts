/** Timers: a component calls itself back. Made once when wiring, used often. */
import type { Component } from './component.js';
import type { Target } from './queue/queue.js';
import type { Ticks } from './time.js';

/** Calls its owner back. Many firings may be outstanding; those of one tick come in the order of their setting. */
export class Timer<Payload = void> implements Target {
  private readonly owner: Component;
  private readonly rank: number;
  private readonly onFire: (payload: Payload) => void;

  constructor(owner: Component, onFire: (payload: Payload) => void) {
    this.owner = owner;
    this.rank = owner.simulation.nextRank();
    this.onFire = onFire;
  }

  /** Fires `delay` ticks from now. Throws a RangeError unless that is a whole number of at least 1. */
  after(delay: Ticks, payload: Payload): void {
    const { owner } = this;
    // The queue refuses a delay that is not valid; then nothing is on its way.
    owner.simulation.queue.schedule(delay, this, payload, this.rank);
    owner.arrivals.add(owner.simulation.now + delay);
  }

  /** For the queue only. */
  fire(payload: unknown): void {
    const { owner } = this;
    owner.arrivals.remove();
    const { simulation } = owner;
    simulation.fingerprint.event(simulation.now, this.rank, 0);
    if (simulation.observer !== null) simulation.observer.fired?.(owner.path, this.rank, null);
    this.onFire(payload as Payload);
  }
}
