/**
 * The reference: every event in one `fastpriorityqueue`, compared by time, source and order of scheduling.
 * Slow and obvious. A differential spec holds the wheel to it; it can run any simulation in the wheel's place.
 */
import FastPriorityQueue from 'fastpriorityqueue';
import { refuseDelay, type EventQueue, type Target } from './queue.js';
import type { Ticks } from '../time.js';

/** One pending event, as `fastpriorityqueue` holds it. */
export interface PendingEvent {
  readonly time: Ticks;
  readonly source: number;
  readonly sequence: number;
  readonly target: Target;
  readonly payload: unknown;
}

/** The total order. The package's heap is not stable, so the sequence number decides the last tie. */
export function before(a: PendingEvent, b: PendingEvent): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.source !== b.source) return a.source < b.source;
  return a.sequence < b.sequence;
}

/** An event queue that is nothing but a priority queue. */
export class PlainQueue implements EventQueue {
  now: Ticks = 0;
  fired = 0;
  private readonly heap = new FastPriorityQueue<PendingEvent>(before);
  private sequence = 0;

  nextTime(): Ticks {
    return this.heap.peek()?.time ?? Infinity;
  }

  schedule(delay: Ticks, target: Target, payload: unknown, source: number): void {
    if (!(delay >= 1) || !Number.isSafeInteger(delay)) refuseDelay(delay);
    this.heap.add({ time: this.now + delay, source, sequence: this.sequence++, target, payload });
  }

  fireOne(): void {
    const event = this.heap.poll()!;
    this.now = event.time;
    this.fired++;
    event.target.fire(event.payload);
  }

  fireTick(): void {
    const time = this.nextTime();
    while (this.nextTime() === time) this.fireOne();
  }

  moveTo(time: Ticks): void {
    this.now = time;
  }
}
