import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  divergenceText,
  firstDivergence,
  NotReproducibleError,
  type ComparedRun,
  type Divergence,
} from '../../../lib/engine/observation/divergence.js';
import type { FiredEvent } from '../../../lib/engine/observation/event-window.js';
import { Component } from '../../../lib/engine/component.js';
import { connect, Port } from '../../../lib/engine/port.js';
import type { Simulation } from '../../../lib/engine/simulation.js';
import { Timer } from '../../../lib/engine/timer.js';
import { Note, Probe, ring, simulation } from '../probes.js';

/** Sends a message every ten ticks; `late`, `value` and `extra` change what happens from its sixth message on. */
class Beacon extends Component {
  readonly wire: Port<Note, Note> = new Port<Note, Note>(this, 'wire', () => undefined);
  private readonly turn = new Timer<number>(this, number => this.onTurn(number));
  private readonly plan: Plan;

  constructor(parent: Simulation, plan: Plan) {
    super(parent, 'beacon');
    this.plan = plan;
  }

  override start(): void {
    this.turn.after(10, 1);
  }

  private onTurn(number: number): void {
    const { late = 0, value = 0, extra = false, turns = 40, fault } = this.plan;
    const planted = number === 6;
    if (planted && fault !== undefined) throw new Error(fault);
    this.wire.send(new Note(number + (planted ? value : 0)), planted ? late : 0);
    if (planted && extra) this.wire.send(new Note(999));
    if (number < turns) this.turn.after(10, number + 1);
  }
}

interface Plan {
  readonly late?: number;
  readonly value?: number;
  readonly extra?: boolean;
  readonly turns?: number;
  readonly fault?: string;
}

function beacon(plan: Plan = {}): Simulation {
  const sim = simulation();
  connect(new Beacon(sim, plan).wire, new Probe(sim, 'probe').wire, { latency: 3 });
  return sim;
}

function differ(plan: Plan, checkpoints = 4): Divergence | null {
  return firstDivergence(
    () => beacon(),
    () => beacon(plan),
    { checkpoints },
  );
}

// Each turn is two events: the timer at tick 10 n, and the message at tick 10 n + 3. The sixth message is event 12.
// Ranks in order of construction: the beacon's port, its timer, the probe's port.
const TIMER = 1;
const PROBE = 2;

describe('the first divergence', () => {
  it.each<[string, Plan, number, Divergence['first'], Divergence['second']]>([
    ['another message', { value: 50 }, 11, atProbe(63, 6), atProbe(63, 56)],
    ['a later message', { late: 2 }, 11, atProbe(63, 6), atProbe(65, 6)],
    ['an extra message', { extra: true }, 12, timer(70), atProbe(63, 999)],
    ['a shorter run', { turns: 7 }, 14, timer(80), { error: null }],
    ['a run that fails', { fault: 'broken' }, 11, atProbe(63, 6), { error: 'Error: broken' }],
  ])('is told of %s', (_, plan, events, first, second) => {
    for (const checkpoints of [2, 4, 64, 65536]) expect(differ(plan, checkpoints)).toEqual({ events, first, second });
  });

  it('is null for equal runs, and leaves fingerprints as they are', () => {
    const made: Simulation[] = [];
    const make = (): Simulation => {
      made.push(beacon());
      return made.at(-1)!;
    };
    expect(firstDivergence(make, make, { checkpoints: 2 })).toBeNull();
    const plain = beacon();
    plain.run();
    for (const sim of made) expect(sim.fingerprint.toString()).toBe(plain.fingerprint.toString());
  });

  it('throws what two equal runs throw', () => {
    const make = (): Simulation => beacon({ fault: 'both' });
    expect(() => firstDivergence(make, make)).toThrow('both');
  });

  it('is refused for runs that cannot be made again', () => {
    let value = 0;
    const changing = (): Simulation => beacon({ value: ++value });
    expect(() => firstDivergence(() => beacon(), changing)).toThrow(NotReproducibleError);
    expect(() => firstDivergence(() => beacon(), changing)).toThrow('the second run is not reproducible');
    let turns = 10;
    const growing = (): Simulation => beacon({ turns: turns++ });
    expect(() => firstDivergence(growing, () => beacon({ turns: 9 }), { checkpoints: 2 })).toThrow(
      'the first run is not reproducible',
    );
    const used = beacon();
    used.run();
    expect(() => firstDivergence(() => used, () => beacon())).toThrow('the first run is not fresh: it has had 80 events'); // prettier-ignore
  });

  it('refuses a number of checkpoints that is odd or none', () => {
    for (const checkpoints of [0, 1, 3, 2.5, Infinity])
      expect(() => differ({}, checkpoints)).toThrow('the number of checkpoints');
  });

  it('reads in three lines', () => {
    expect(divergenceText(differ({ value: 50 })!).split('\n')).toEqual([
      'equal for 11 events, then',
      'first:  tick 63, probe.wire (rank 2) gets Note {value: 6, lane: 0, flits: 1} (signature 6)',
      'second: tick 63, probe.wire (rank 2) gets Note {value: 56, lane: 0, flits: 1} (signature 56)',
    ]);
    expect(divergenceText(differ({ turns: 7 })!)).toMatch(/second: nothing: the run is over$/);
  });

  it('is where full recordings of random runs differ', () => {
    const run = fc.record({ words: fc.integer({ min: 1, max: 40 }), seed: fc.nat({ max: 3 }) });
    fc.assert(
      fc.property(run, run, fc.constantFrom(2, 4, 16, 1024), (a, b, checkpoints) => {
        const make = ({ words, seed }: typeof a): ComparedRun => ring(5, words, { seed }).sim;
        const found = firstDivergence(
          () => make(a),
          () => make(b),
          { checkpoints },
        );
        expect(found?.events ?? null).toBe(naive(recorded(make(a)), recorded(make(b))));
      }),
      { numRuns: 100 },
    );
  });
});

function atProbe(time: number, value: number): FiredEvent {
  const message = `Note {value: ${value}, lane: 0, flits: 1}`;
  return { time, receiver: 'probe.wire', rank: PROBE, message, signature: value };
}

function timer(time: number): FiredEvent {
  return { time, receiver: 'beacon', rank: TIMER, message: 'its timer', signature: 0 };
}

/** Fingerprints after each event of a run, fired one by one. */
function recorded({ simulation }: ComparedRun): string[] {
  const all: string[] = [];
  while (simulation.step()) if (simulation.events > all.length) all.push(simulation.fingerprint.toString());
  return all;
}

/** Number of events before the first that differs, or null. */
function naive(a: readonly string[], b: readonly string[]): number | null {
  const index = a.findIndex((fingerprint, i) => fingerprint !== b[i]);
  if (index >= 0) return index;
  return a.length === b.length ? null : a.length;
}
