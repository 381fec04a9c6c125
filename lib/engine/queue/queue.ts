/**
 * What a queue of pending events is, and the order that it keeps.
 * Order is total: (time, source, sequence within that source). Whoever implements it, the order is the same.
 */
import { shown } from '../checks.js';
import type { Ticks } from '../time.js';

/** Receives what the queue delivers. Ports and timers implement it. */
export interface Target {
  /** Called once for each event, with what was scheduled. */
  fire(payload: unknown): void;
}

/** Pending events. */
export interface EventQueue {
  /** Time of the event fired last, or where `moveTo` led. */
  readonly now: Ticks;
  /** Number of events fired so far. */
  readonly fired: number;
  /** Time of the next event, Infinity when there is none. */
  nextTime(): Ticks;
  /**
   * Fires `payload` at `target` in `delay` ticks, an integer from 1 to 2^53 - 1; a simulation refuses to run behind that
   * tick, so times beyond it need not be exact. `source` is the rank of the port or timer that schedules:
   * events of one time fire by rank, those of one rank in the order of their scheduling.
   */
  schedule(delay: Ticks, target: Target, payload: unknown, source: number): void;
  /** Fires the next event. Must not be called when there is none. */
  fireOne(): void;
  /** Fires all events of the next time. Must not be called when there is none. */
  fireTick(): void;
  /** Moves the clock forward to `time`, which must not lie behind an event. */
  moveTo(time: Ticks): void;
}

/** Throws what both queues say of a delay that cannot be. */
export function refuseDelay(delay: Ticks): never {
  throw new RangeError(
    `a delay is a whole number of ticks and at least 1, not ${shown(delay)}; what happens in no time belongs into one component`,
  );
}
