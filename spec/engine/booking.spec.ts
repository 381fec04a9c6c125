import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Booking } from '../../lib/engine/booking.js';

interface Request {
  readonly now: number;
  readonly at: number;
  readonly duration: number;
}

/** Requests in the order of booking: now never goes back, and no request arrives before it. */
const requests: fc.Arbitrary<Request[]> = fc
  .array(
    fc.record({
      wait: fc.oneof(fc.constant(0), fc.nat({ max: 9 }), fc.nat({ max: 60 })),
      ahead: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
      duration: fc.integer({ min: 1, max: 7 }),
    }),
    { maxLength: 60 },
  )
  .map(list => {
    let now = 0;
    return list.map(({ wait, ahead, duration }) => ({ now: (now += wait), at: now + ahead, duration }));
  });

/** A calendar with a box for every tick: the first free run of boxes at or behind the arrival is taken. */
function bruteForce(list: readonly Request[]) {
  const taken = new Set<number>();
  const waiting: { at: number; start: number }[] = [];
  let [largestQueue, waitedTicks] = [0, 0];
  const starts = list.map(({ now, at, duration }) => {
    let start = at;
    while (Array.from({ length: duration }, (_, i) => start + i).some(tick => taken.has(tick))) start++;
    for (let tick = start; tick < start + duration; tick++) taken.add(tick);
    if (start > at) {
      const others = waiting.filter(other => other.start > now && other.at <= at && at < other.start).length;
      largestQueue = Math.max(largestQueue, others + 1);
      waiting.push({ at, start });
    }
    waitedTicks += start - at;
    return start;
  });
  return { starts, served: list.length, busyTicks: taken.size, waitedTicks, largestQueue };
}

function booked(list: readonly Request[]) {
  const booking = new Booking();
  const starts = list.map(({ now, at, duration }) => booking.book(now, at, duration));
  const { served, busyTicks, waitedTicks, largestQueue } = booking;
  return { starts, served, busyTicks, waitedTicks, largestQueue };
}

describe('a booking', () => {
  it('is a calendar with a box for every tick, statistics included', () => {
    fc.assert(
      fc.property(requests, list => expect(booked(list)).toEqual(bruteForce(list))),
      { numRuns: 150 },
    );
  });

  it('serves equal durations that are booked as they arrive in that order', () => {
    fc.assert(
      fc.property(requests, list => {
        const sorted = list.map(({ at }) => ({ now: at, at, duration: 3 })).sort((a, b) => a.at - b.at);
        const { starts } = booked(sorted);
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
      }),
    );
  });

  it('lets a short request into a gap before a long one that waits', () => {
    const booking = new Booking();
    expect(booking.book(0, 10, 10)).toBe(10);
    expect(booking.book(0, 4, 8)).toBe(20); // does not fit before 10
    expect(booking.book(0, 5, 5)).toBe(5);
    expect(booking.book(0, 5, 1)).toBe(28);
    expect([booking.served, booking.busyTicks, booking.waitedTicks, booking.largestQueue]).toEqual([4, 24, 39, 2]);
  });

  it('keeps what is booked when its statistics are reset', () => {
    const booking = new Booking();
    booking.book(0, 0, 10);
    booking.book(0, 0, 10);
    booking.resetStatistics();
    expect([booking.served, booking.busyTicks, booking.waitedTicks, booking.largestQueue]).toEqual([0, 0, 0, 0]);
    expect(booking.book(5, 5, 1)).toBe(20);
  });

  it('books a hundred thousand requests ahead, and forgets them as time passes', () => {
    const booking = new Booking();
    let late = 0;
    for (let i = 0; i < 1000; i++) late += booking.book(0, 3 * i, 2) - 3 * i;
    for (let i = 0; i < 100_000; i++) late += booking.book(3000 + i, 3000 + i, 1) - 3000 - i;
    expect([late, booking.served, booking.waitedTicks]).toEqual([0, 101_000, 0]);
  });
});
