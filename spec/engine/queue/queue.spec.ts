import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PlainQueue } from '../../../lib/engine/queue/plain-queue.js';
import type { EventQueue, Target } from '../../../lib/engine/queue/queue.js';
import { LAST_TICK } from '../../../lib/engine/time.js';
import { WheelQueue } from '../../../lib/engine/queue/wheel-queue.js';
import { play, schedules } from '../schedules.js';
import { MISTAKES, RIGHT, SortedQueue } from '../sorted-queue.js';

const QUEUES: readonly [string, () => EventQueue][] = [
  ['a wheel of 1024 slots', () => new WheelQueue(1024)],
  ['a wheel of 4096 slots', () => new WheelQueue()],
  ['the plain queue', () => new PlainQueue()],
];

const nothing: Target = { fire: () => undefined };

describe.each(QUEUES)('%s', (_, make) => {
  it('fires random schedules as a sorted array does', () => {
    fc.assert(
      fc.property(schedules, schedule => {
        expect(play(make(), schedule)).toEqual(play(new SortedQueue(), schedule));
      }),
      { numRuns: 150 },
    );
  });

  it('fires events of one time by source, those of one source as they were scheduled, near or far', () => {
    const queue = make();
    const fired: string[] = [];
    const target = { fire: (payload: unknown) => fired.push(payload as string) };
    queue.schedule(5000, target, 'b far', 2); // beyond the wheel
    queue.schedule(4000, { fire: () => queue.schedule(1000, target, 'b near', 2) }, null, 9);
    queue.schedule(4001, { fire: () => queue.schedule(999, target, 'a', 1) }, null, 9);
    while (queue.nextTime() < Infinity) queue.fireTick();
    expect([fired, queue.now]).toEqual([['a', 'b far', 'b near'], 5000]);
  });

  it.each([0, -1, 0.5, 1.5, 2000.25, NaN, Infinity, -Infinity, 2 ** 53])('refuses a delay of %p', delay => {
    const queue = make();
    expect(() => queue.schedule(delay, nothing, null, 0)).toThrow(RangeError);
    expect(() => queue.schedule(delay, nothing, null, 0)).toThrow(`at least 1, not ${delay}`);
    expect(queue.nextTime()).toBe(Infinity);
  });

  it('takes what lies behind the last exact tick and keeps it there: a simulation does not go so far', () => {
    const queue = make();
    queue.moveTo(LAST_TICK);
    for (const delay of [5000, 1, 3, 4095]) queue.schedule(delay, nothing, null, 0);
    expect(queue.nextTime()).toBe(LAST_TICK + 1);
  });

  it('leaves what is behind an event that throws where it was', () => {
    const queue = make();
    const fired: number[] = [];
    const target = {
      fire(payload: unknown) {
        fired.push(payload as number);
        if (payload === 1) throw new Error('one');
      },
    };
    for (let i = 0; i < 4; i++) queue.schedule(3, target, i, i);
    expect(() => queue.fireTick()).toThrow('one');
    expect([fired, queue.now, queue.nextTime()]).toEqual([[0, 1], 3, 3]);
    queue.fireTick();
    expect([fired, queue.nextTime()]).toEqual([[0, 1, 2, 3], Infinity]);
  });

  it('holds a hundred thousand events', () => {
    const queue = make();
    let sum = 0;
    const target = { fire: (payload: unknown) => (sum += payload as number) };
    for (let i = 1; i <= 100_000; i++) queue.schedule(1 + ((i * 7919) % 6000), target, i, i & 7);
    while (queue.nextTime() < Infinity) queue.fireTick();
    expect([sum, queue.fired]).toEqual([5_000_050_000, 100_000]);
  });
});

describe('a wheel', () => {
  it.each([0, 512, 1000, 1025, 2 ** 21, 1024.5, NaN])('of %p slots is refused', slots => {
    expect(() => new WheelQueue(slots)).toThrow('a power of two from 1024 to 1048576');
  });

  it.each([1024, 2 ** 20])('of %p slots turns over', slots => {
    const queue = new WheelQueue(slots);
    const times: number[] = [];
    const target = {
      fire(payload: unknown) {
        times.push(queue.now);
        if ((payload as number) > 0) queue.schedule(slots - 1, target, (payload as number) - 1, 0);
      },
    };
    queue.schedule(1, target, 4, 0);
    while (queue.nextTime() < Infinity) queue.fireOne();
    expect(times).toEqual([0, 1, 2, 3, 4].map(turn => 1 + turn * (slots - 1)));
  });
});

describe('the comparison of queues', () => {
  it.each(Object.entries(MISTAKES))('notices %s', (_, rules) => {
    const outcome = fc.check(
      fc.property(schedules, schedule => {
        expect(play(new SortedQueue(rules), schedule)).toEqual(play(new SortedQueue(RIGHT), schedule));
      }),
      { numRuns: 250, seed: 1, endOnFailure: true },
    );
    expect(outcome.failed).toBe(true);
  });
});
