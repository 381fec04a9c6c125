import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Component, type Scope } from '../../lib/engine/component.js';
import { SimulationError, StallError } from '../../lib/engine/errors.js';
import type { Observer } from '../../lib/engine/observation/observer.js';
import { PlainQueue } from '../../lib/engine/queue/plain-queue.js';
import { connect } from '../../lib/engine/port.js';
import type { RunLimits, Simulation } from '../../lib/engine/simulation.js';
import { LAST_TICK } from '../../lib/engine/time.js';
import { Timer } from '../../lib/engine/timer.js';
import { Note, pair, Probe, ring, simulation, Talker } from './probes.js';

type Ring = ReturnType<typeof ring>;

/** All that a run leaves behind. */
function outcome({ sim, talkers }: Ring): unknown[] {
  const heard = talkers.map(talker => talker.heard);
  return [sim.fingerprint.toString(), sim.now, sim.events, sim.statistics(), heard];
}

function finished(machine: Ring): unknown[] {
  expect(machine.sim.run()).toBe('finished');
  return outcome(machine);
}

const WORDS = 60;
const seeds = fc.integer({ min: 0, max: 1e6 });

describe('a run', () => {
  it('ends when nothing is left to do', () => {
    const { sim, b, a } = pair({ latency: 5 });
    a.wire.send(new Note(1));
    expect([sim.run(), sim.now, sim.events, b.received]).toEqual(['finished', 5, 1, [[5, 1]]]);
    expect(sim.run()).toBe('finished');
  });

  it('includes its last tick', () => {
    const { sim, a, b } = pair({ latency: 5 });
    a.wire.send(new Note(1));
    expect([sim.runUntil(4), sim.now, b.received.length]).toEqual(['time limit', 4, 0]);
    expect([sim.runUntil(5), sim.now, b.received.length]).toEqual(['finished', 5, 1]);
  });

  it('finishes the tick at which its event limit is met', () => {
    const { sim, a } = pair({ latency: 5 });
    for (let i = 0; i < 3; i++) a.wire.send(new Note(i));
    a.wire.send(new Note(9), 1);
    expect([sim.run({ events: 0 }), sim.now, sim.events]).toEqual(['event limit', 0, 0]);
    expect([sim.run({ events: 1 }), sim.now, sim.events]).toEqual(['event limit', 5, 3]);
    expect([sim.run(), sim.events]).toEqual(['finished', 4]);
  });

  it('stops when progress says so, and can be resumed', () => {
    const whole = finished(ring(6, 4000));
    const machine = ring(6, 4000);
    const calls: number[] = [];
    const progress = ({ events }: { events: number }): boolean => calls.push(events) < 2;
    expect(machine.sim.run({ progress })).toBe('stopped');
    expect(calls).toHaveLength(2);
    expect(calls[1]).toBe(machine.sim.events);
    expect(finished(machine)).toEqual(whole);
    expect(machine.sim.run({ progress: () => undefined })).toBe('finished');
  });

  it('in pieces is the same as in one', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.nat({ max: 3000 }), { maxLength: 20 }), (seed, pieces) => {
        const machine = ring(5, WORDS, { seed });
        for (const [i, piece] of pieces.entries())
          if (i % 3 === 0) machine.sim.run({ events: piece });
          else if (i % 3 === 1) machine.sim.runUntil(machine.sim.now + piece);
          else for (let step = 0; step < piece % 50; step++) machine.sim.step();
        const now = machine.sim.now;
        const [print, , ...rest] = finished(machine);
        const [print2, now2, ...rest2] = finished(ring(5, WORDS, { seed }));
        expect([print, ...rest]).toEqual([print2, ...rest2]);
        expect(machine.sim.now).toBe(Math.max(now, now2 as number)); // a limit behind the end moves the clock there
      }),
      { numRuns: 60 },
    );
  });

  it('by single steps is the same as in one', () => {
    const machine = ring(4, WORDS);
    while (machine.sim.step());
    expect(machine.sim.step()).toBe(false);
    expect(outcome(machine)).toEqual(finished(ring(4, WORDS)));
  });

  it('does not depend on the queue', () => {
    fc.assert(
      fc.property(seeds, seed => {
        expect(finished(ring(5, WORDS, { seed, queue: new PlainQueue() }))).toEqual(finished(ring(5, WORDS, { seed })));
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on being observed, now and then or all the time', () => {
    let seen = 0;
    const observer: Observer = { sent: () => void seen++ };
    const plain = finished(ring(5, WORDS));
    const watched = ring(5, WORDS);
    watched.sim.observer = observer;
    expect(finished(watched)).toEqual(plain);
    expect(seen).toBeGreaterThan(100);
    const glimpsed = ring(5, WORDS);
    for (let i = 0; glimpsed.sim.step(); i++) glimpsed.sim.observer = i % 3 === 0 ? observer : i % 3 === 1 ? {} : null;
    expect(outcome(glimpsed)).toEqual(plain);
  });

  it('is watched with both ends, departure and arrival of every message', () => {
    const { sim, a } = pair({ latency: 5 });
    const seen: unknown[] = [];
    sim.observer = { sent: (from, to, message, departs, arrives) => seen.push([from, to, message, departs, arrives]) };
    const note = new Note(1);
    a.wire.send(note, 2);
    sim.run();
    expect(seen).toEqual([['a.wire', 'b.wire', note, 0, 7]]);
  });
});

describe('two simulations', () => {
  it('in one process do not meet: interleaved they run as they do alone', () => {
    fc.assert(
      fc.property(seeds, seeds, seeds, (one, other, order) => {
        const alone = [finished(ring(4, 30, { seed: one })), finished(ring(6, 30, { seed: other }))];
        const [a, b] = [ring(4, 30, { seed: one }), ring(6, 30, { seed: other })];
        for (let turn = order, more = true; more; turn = (turn * 1103515245 + 12345) % 2 ** 31)
          more = turn & 65536 ? a.sim.step() || b.sim.step() : b.sim.step() || a.sim.step();
        expect([outcome(a), outcome(b)]).toEqual(alone);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a fingerprint', () => {
  const fingerprint = (act: (a: Probe, b: Probe) => void): string => {
    const { sim, a, b } = pair({ latency: 5 });
    act(a, b);
    sim.run();
    return sim.fingerprint.toString();
  };

  it('is sixteen hexadecimal digits', () => {
    expect(fingerprint(() => undefined)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('differs when one message says something else, goes another way, later, earlier or is missing', () => {
    const runs = [
      (a: Probe) => [1, 2, 3].forEach((value, i) => a.wire.send(new Note(value), i)),
      (a: Probe) => [1, 2, 4].forEach((value, i) => a.wire.send(new Note(value), i)),
      (a: Probe) => [1, 3, 2].forEach((value, i) => a.wire.send(new Note(value), i)),
      (a: Probe) => [1, 2].forEach((value, i) => a.wire.send(new Note(value), i)),
      (a: Probe) => [1, 2, 3].forEach((value, i) => a.wire.send(new Note(value), i === 1 ? 2 : i)),
      (a: Probe) => [1, 2, 3].forEach((value, i) => a.wire.send(new Note(value), i + 2 ** 33)),
      (a: Probe) => [1, 2, 3].forEach((value, i) => a.wire.send(new Note(value), i + 2 ** 34)),
      (a: Probe, b: Probe) => [1, 2, 3].forEach((value, i) => (i === 1 ? b : a).wire.send(new Note(value), i)),
      () => undefined,
    ];
    expect(new Set(runs.map(fingerprint)).size).toBe(runs.length);
    expect(fingerprint(runs[0])).toBe(fingerprint(runs[0]));
  });

  it('differs between seeds', () => {
    const prints = Array.from({ length: 100 }, (_, seed) => finished(ring(3, 20, { seed }))[0]);
    expect(new Set(prints).size).toBe(100);
  });
});

/** Waits for a number that never comes. */
class Hopeful extends Probe {
  readonly hope: string | undefined;

  constructor(parent: Scope, name: string, hope: string | undefined) {
    super(parent, name);
    this.hope = hope;
  }

  override waitsFor(): string | undefined {
    return this.received.length === 0 ? this.hope : undefined;
  }
}

describe('a stalled run', () => {
  const stalled = (): { sim: Simulation; probes: Hopeful[] } => {
    const sim = simulation({ seed: 'stall' });
    const hopes = ['an answer of b', undefined, 'line 7 of node 3', 'a miracle'];
    const probes = hopes.map((hope, i) => new Hopeful(sim.scope(`node${i}`), 'cpu', hope));
    connect(probes[0].wire, probes[1].wire, { latency: 2 });
    connect(probes[2].wire, probes[3].wire, { latency: 2 });
    return { sim, probes };
  };

  it('names everybody who waits, and for what', () => {
    const { sim, probes } = stalled();
    probes[2].wire.send(new Note(1)); // node3 gets what it waits for
    let error: unknown = null;
    try {
      sim.run();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(StallError);
    const { waiting, message } = error as StallError;
    expect(waiting).toEqual(['node0.cpu waits for an answer of b', 'node2.cpu waits for line 7 of node 3']);
    expect(message).toBe(
      'simulation: stalled: nothing is under way, but\n  node0.cpu waits for an answer of b\n' +
        '  node2.cpu waits for line 7 of node 3\n (at tick 2, seed "stall")',
    );
  });

  it('is not one that only met a limit', () => {
    const { sim, probes } = stalled();
    for (const probe of probes) probe.wire.send(new Note(1), 10);
    expect(sim.runUntil(5)).toBe('time limit');
    expect(sim.run()).toBe('finished');
  });
});

/** Sets timers and records what comes back. */
class Alarm extends Component {
  readonly rang: [time: number, what: string][] = [];
  readonly first = new Timer<string>(this, what => this.rang.push([this.now, what]));
  readonly second = new Timer<string>(this, what => this.rang.push([this.now, what]));

  constructor(parent: Scope, name: string) {
    super(parent, name);
  }
}

describe('timers', () => {
  it('fire in the order of making, those of one timer in the order of setting', () => {
    const sim = simulation();
    const alarm = new Alarm(sim, 'alarm');
    alarm.second.after(3, 'second, set first');
    alarm.first.after(3, 'first a');
    alarm.first.after(3, 'first b');
    alarm.first.after(1, 'early');
    sim.run();
    expect(alarm.rang).toEqual([
      [1, 'early'],
      [3, 'first a'],
      [3, 'first b'],
      [3, 'second, set first'],
    ]);
    expect(() => alarm.first.after(0, 'at once')).toThrow(RangeError);
  });
});

describe('components', () => {
  it('are started once, in the order of construction, when the simulation first runs', () => {
    const started: string[] = [];
    class Eager extends Talker {
      override start(): void {
        started.push(this.path);
      }
    }
    const sim = simulation();
    const [b, a] = [new Eager(sim, 'b', { words: 0 }), new Eager(sim, 'a', { words: 0 })];
    connect(a.left, b.right, { latency: 1 });
    connect(a.right, b.left, { latency: 1 });
    expect(started).toEqual([]);
    sim.run();
    sim.step();
    sim.run();
    expect(started).toEqual(['b', 'a']);
  });
});

describe('the limits of a run', () => {
  const bad: [text: string, limits: unknown][] = [NaN, -5, 1.5, '500', null, 2 ** 60].flatMap(value => [
    [`until ${JSON.stringify(value)} ${value}`, { until: value }],
    [`events ${JSON.stringify(value)} ${value}`, { events: value }],
  ]);

  it.each(bad)('are refused with their name and value: %s', (_, limits) => {
    const [[name, value]] = Object.entries(limits as object) as [[string, unknown]];
    const shown = typeof value === 'string' ? `"${value}"` : String(value);
    const { sim, a, b } = pair({ latency: 5 });
    a.wire.send(new Note(1));
    const run = (): unknown => sim.run(limits as RunLimits);
    expect(run).toThrow(RangeError);
    expect(run).toThrow(name);
    expect(run).toThrow(`is ${shown}; give a whole number of at least 0`);
    expect([sim.now, sim.events, b.received]).toEqual([0, 0, []]);
  });

  it.each([null, 3, 'fast'])('are an object, not %p', limits => {
    expect(() => simulation().run(limits as never)).toThrow('the limits of a run is');
  });

  it('may be Infinity or left out', () => {
    const { sim, a } = pair({ latency: 5 });
    a.wire.send(new Note(1));
    const open = { until: Infinity, events: Infinity };
    expect([sim.run(open), sim.now]).toEqual(['finished', 5]);
  });
});

describe('a run within a run', () => {
  it.each(['run', 'step'] as const)('is refused, and the outer one can go on: %s', method => {
    const { sim, a, b } = pair({ latency: 5 });
    const again = new Timer(a, () => sim[method]());
    again.after(3);
    a.wire.send(new Note(1));
    expect(() => sim.run()).toThrow(SimulationError);
    expect([sim.run(), sim.now, b.received]).toEqual(['finished', 5, [[5, 1]]]);
  });

  it('says who must not call it', () => {
    const { sim, a } = pair({ latency: 5 });
    new Timer(a, () => sim.run()).after(3);
    expect(() => sim.step()).toThrow('run was called from within a run');
  });
});

describe('time', () => {
  it('stops with an error that names it before it is not exact any more', () => {
    const { sim, a } = pair({ latency: 5 });
    const again: Timer = new Timer(a, () => again.after(2 ** 50));
    again.after(2 ** 50);
    expect(() => sim.run()).toThrow(SimulationError);
    expect(() => sim.run()).toThrow(`at tick ${2 ** 53}; simulate less, or choose a longer tick`);
    expect(() => sim.step()).toThrow('time would pass 2^53 - 1 ticks');
    expect([sim.now, sim.events]).toEqual([2 ** 53 - 2 ** 50, 7]);
    expect([sim.runUntil(LAST_TICK), sim.now]).toEqual(['time limit', LAST_TICK]);
  });
});
