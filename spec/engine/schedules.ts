/** Random schedules for event queues: which events there are, who schedules them, and how the queue is driven. */
import fc from 'fast-check';
import type { EventQueue, Target } from '../../lib/engine/queue/queue.js';

/** An event: when fired, it schedules those that name it as parent, and then it may throw. */
interface Planned {
  readonly parent: number;
  readonly delay: number;
  readonly source: number;
  readonly throws: boolean;
}

/** One turn of whoever drives the queue. */
type Turn = { readonly kind: 'one' | 'tick' } | { readonly kind: 'move'; readonly part: number };

/** Events and the turns in which they are fired. */
export interface Schedule {
  readonly events: readonly Planned[];
  readonly turns: readonly Turn[];
}

const SLOTS = 1024;

const delays = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 * SLOTS }) },
  { weight: 2, arbitrary: fc.integer({ min: SLOTS - 2, max: SLOTS + 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(31, 32, 33, 63, 64, 2 * SLOTS, 3 * SLOTS, 100_000, 1e12) },
);

const planned = fc.record({
  parent: fc.nat(),
  delay: delays,
  source: fc.nat({ max: 5 }),
  throws: fc.nat({ max: 12 }).map(draw => draw === 7),
});

const turns: fc.Arbitrary<Turn> = fc.oneof(
  fc.constant({ kind: 'one' } as const),
  fc.constant({ kind: 'tick' } as const),
  fc.record({ kind: fc.constant('move' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

/** Up to 300 events in a tree: roots are scheduled first, the rest by their parents. A parent of -1 is a root. */
export const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.record({ events: fc.array(planned, { maxLength: 120 }), turns: fc.array(turns, { maxLength: 60 }) }),
  // Crowded: many events of few sources in one tick, some from afar.
  fc.record({
    events: fc.array(
      fc.record({
        parent: fc.constantFrom(0, 0, 1, 2),
        delay: fc.constantFrom(7, 7, 7, SLOTS + 7),
        source: fc.nat({ max: 3 }),
        throws: fc.constant(false),
      }),
      { minLength: 150, maxLength: 300 },
    ),
    turns: fc.array(turns, { maxLength: 10 }),
  }),
);

/** Everything that can be seen of a queue that runs a schedule to its end. */
export function play(queue: EventQueue, { events, turns: script }: Schedule): string[] {
  const seen: string[] = [];
  const children = events.map((): number[] => []);
  const parents = events.map(({ parent }, i) => (parent % (i + 1)) - 1);
  const targets: Target[] = events.map(({ throws }, i) => ({
    fire(payload) {
      seen.push(`${payload as string} at ${queue.now}`);
      children[i].forEach(schedule);
      seen.push(`next ${queue.nextTime()}`);
      if (throws) throw new Error(`event ${i}`);
    },
  }));
  parents.forEach((parent, i) => parent >= 0 && children[parent].push(i));
  parents.forEach((parent, i) => parent < 0 && schedule(i));
  for (const turn of script) take(turn);
  while (queue.nextTime() < Infinity) take({ kind: seen.length % 3 === 0 ? 'one' : 'tick' });
  return [...seen, `${queue.fired} by ${queue.now}`];

  function schedule(i: number): void {
    queue.schedule(events[i].delay, targets[i], `event ${i}`, events[i].source);
  }

  function take(turn: Turn): void {
    const next = queue.nextTime();
    seen.push(`next ${next} after ${queue.fired}`);
    if (turn.kind === 'move') {
      queue.moveTo(queue.now + Math.floor(turn.part * (Math.min(next, queue.now + 5000) - queue.now)));
      return;
    }
    if (next === Infinity) return;
    try {
      if (turn.kind === 'one') queue.fireOne();
      else queue.fireTick();
    } catch (error) {
      seen.push((error as Error).message);
    }
  }
}
