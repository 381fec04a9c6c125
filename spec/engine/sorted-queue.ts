/**
 * A third event queue, an array that is sorted before each look, and faulty ones made from it: what the differential
 * spec compares the real queues with, and what it must tell from them.
 */
import { refuseDelay, type EventQueue, type Target } from '../../lib/engine/queue/queue.js';

/** A pending event. */
export interface Entry {
  readonly time: number;
  readonly source: number;
  readonly sequence: number;
  readonly target: Target;
  readonly payload: unknown;
}

/** How two events compare, and when an event is given its number. */
export interface Rules {
  /** Negative if `a` fires first. */
  readonly order: (a: Entry, b: Entry) => number;
  /** Added to the sequence number of an event `delay` ticks away. */
  readonly penalty: (delay: number) => number;
  /** Whether an exception loses what was left of its tick. */
  readonly losesRest: boolean;
}

/** (time, source, sequence). */
export const RIGHT: Rules = {
  order: (a, b) => a.time - b.time || a.source - b.source || a.sequence - b.sequence,
  penalty: () => 0,
  losesRest: false,
};

/** What a queue may get wrong, by name. */
export const MISTAKES: Readonly<Record<string, Rules>> = {
  'order of scheduling instead of order of source': {
    ...RIGHT,
    order: (a, b) => a.time - b.time || a.sequence - b.sequence,
  },
  'ties in reverse order': {
    ...RIGHT,
    order: (a, b) => a.time - b.time || a.source - b.source || b.sequence - a.sequence,
  },
  'sources in reverse order': {
    ...RIGHT,
    order: (a, b) => a.time - b.time || b.source - a.source || a.sequence - b.sequence,
  },
  'far events admitted late, behind near ones of their source': {
    ...RIGHT,
    penalty: delay => (delay >= 1024 ? 1e9 : 0),
  },
  'an unstable sort of crowded ticks': {
    ...RIGHT,
    order: (a, b) => a.time - b.time || a.source - b.source || (a.sequence % 7) - (b.sequence % 7),
  },
  'the rest of a tick lost when a handler throws': { ...RIGHT, losesRest: true },
};

/** An array, sorted before each look. */
export class SortedQueue implements EventQueue {
  now = 0;
  fired = 0;
  private readonly rules: Rules;
  private entries: Entry[] = [];
  private sequence = 0;

  constructor(rules: Rules = RIGHT) {
    this.rules = rules;
  }

  nextTime(): number {
    return Math.min(Infinity, ...this.entries.map(entry => entry.time));
  }

  schedule(delay: number, target: Target, payload: unknown, source: number): void {
    const time = this.now + delay;
    if (!(delay >= 1) || !Number.isSafeInteger(time)) refuseDelay(delay);
    this.entries.push({ time, source, sequence: this.sequence++ + this.rules.penalty(delay), target, payload });
  }

  fireOne(): void {
    this.entries.sort(this.rules.order);
    const entry = this.entries.shift()!;
    this.now = entry.time;
    this.fired++;
    entry.target.fire(entry.payload);
  }

  fireTick(): void {
    const time = this.nextTime();
    try {
      while (this.nextTime() === time) this.fireOne();
    } catch (error) {
      if (this.rules.losesRest) this.entries = this.entries.filter(entry => entry.time !== time);
      throw error;
    }
  }

  moveTo(time: number): void {
    this.now = time;
  }
}
