import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { PlainQueue } from '../../lib/engine/queue/plain-queue.js';
import { Runner } from '../../lib/engine/run-ahead/runner.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { PlainSoftware } from './plain-software.js';
import { build, cases, outcome, remains, type Case } from './random-machines.js';
import { matrix, wire } from './wire.js';

const DEEDS = 20;

describe('a machine on which processors run ahead', () => {
  it('does exactly what it does when they do not', () => {
    fc.assert(
      fc.property(cases(DEEDS), made => {
        expect(outcome(made, { runAhead: true })).toEqual(outcome(made, { runAhead: false }));
      }),
      { numRuns: 150 },
    );
  });

  it('does exactly what it does on a plain queue', () => {
    fc.assert(
      fc.property(cases(DEEDS), made => {
        const plain = outcome(made, { runAhead: true, queue: new PlainQueue() });
        expect(plain).toEqual(outcome(made, { runAhead: true }));
      }),
      { numRuns: 40 },
    );
  });

  it('does exactly that in pieces, too, of ticks, events and steps', () => {
    fc.assert(
      fc.property(cases(DEEDS), fc.array(fc.nat({ max: 700 }), { maxLength: 30 }), (made, pieces) => {
        const whole = build(made, { runAhead: true });
        const parts = build(made, { runAhead: true });
        expect(whole.machine.sim.run()).toBe('finished');
        const { sim } = parts.machine;
        for (const [i, piece] of pieces.entries())
          if (sim.now + piece < whole.machine.sim.now)
            if (i % 3 === 0) sim.run({ events: piece % 40 });
            else if (i % 3 === 1) sim.runUntil(sim.now + piece);
            else for (let step = piece % 20; step > 0; step--) sim.step();
        expect(sim.run()).toBe('finished');
        expect(remains(parts)).toEqual(remains(whole));
      }),
      { numRuns: 40 },
    );
  });

  it('is at every limit where it is without', () => {
    fc.assert(
      fc.property(cases(DEEDS), fc.integer({ min: 1, max: 4000 }), (made, limit) => {
        const [ahead, behind] = [true, false].map(runAhead => build(made, { runAhead }));
        for (const { machine } of [ahead, behind]) machine.sim.runUntil(limit);
        const see = ({ machine, system }: typeof ahead): unknown => {
          const { sim } = machine;
          return [sim.fingerprint.toString(), sim.now, sim.events, system.log, sim.statistics()];
        };
        expect(see(ahead)).toEqual(see(behind));
      }),
      { numRuns: 40 },
    );
  });
});

/** Machines needed until a difference, or an error, shows; Infinity if none does. */
function runsUntilCaught(limit: number): number {
  const outcomeOrError = (made: Case, runAhead: boolean): unknown => {
    try {
      return outcome(made, { runAhead });
    } catch (error) {
      return (error as Error).message;
    }
  };
  const sample = fc.sample(cases(DEEDS), { numRuns: limit, seed: 3 });
  const first = sample.findIndex(
    made => JSON.stringify(outcomeOrError(made, true)) !== JSON.stringify(outcomeOrError(made, false)),
  );
  return first < 0 ? Infinity : first + 1;
}

/** The horizon of a runner, from the terms that are kept. */
function horizon(kept: { inbound?: boolean; domain?: boolean; outside?: boolean; others?: boolean }) {
  return function (this: Runner): number {
    const { owner, domain, lookahead } = this;
    const { simulation: sim } = owner;
    if (!sim.runAhead) return sim.now + 1;
    return Math.min(
      sim.runLimit,
      kept.inbound ? owner.arrivals.first : Infinity,
      kept.domain ? domain.first + lookahead.fromDomain : Infinity,
      kept.outside ? sim.queue.nextTime() + lookahead.fromOutside : Infinity,
      kept.others ? sim.runners.nextTime() + lookahead.fromRunner : Infinity,
    );
  };
}

describe('the comparison of runs', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('finds nothing to object to in the horizon as it is documented', () => {
    const whole = horizon({ inbound: true, domain: true, outside: true, others: true });
    jest.spyOn(Runner.prototype, 'horizon').mockImplementation(whole);
    expect(runsUntilCaught(20)).toBe(Infinity);
  });

  it.each([
    ['messages that are under way to the node', { outside: true, others: true }],
    ['messages that are under way to the processor', { domain: true, outside: true, others: true }],
    ['events elsewhere', { inbound: true, domain: true, others: true }],
    ['other processors', { inbound: true, domain: true, outside: true }],
  ])('notices a horizon that forgets %s, within 20 machines', (_, kept) => {
    jest.spyOn(Runner.prototype, 'horizon').mockImplementation(horizon(kept));
    expect(runsUntilCaught(20)).toBeLessThanOrEqual(20);
  });

  it('notices a horizon that forgets events at the home of the node, where one falls into the right window', () => {
    jest.spyOn(Runner.prototype, 'horizon').mockImplementation(horizon({ inbound: true, outside: true, others: true }));
    expect(differing()).not.toEqual([]);
    jest.restoreAllMocks();
    expect(differing()).toEqual([]);
  });
});

/**
 * A processor looks at a line that another node takes away. A miss of its own completes just before, so that it starts
 * to look while the request has not reached its home: in random programs this window is hardly ever met. Returns the
 * delays of the miss at which run-ahead makes a difference.
 */
function differing(): number[] {
  const print = (delay: number, runAhead: boolean): string => {
    const { sim, cpus } = wire(2, { runAhead, topology: matrix(2, 200), tlbEntries: 8 });
    const software = new PlainSoftware();
    cpus[0].load(software, looking(delay));
    cpus[1].load(software, taking());
    sim.run();
    return sim.fingerprint.toString();
  };
  return Array.from({ length: 60 }, (_, i) => 5 * i).filter(delay => print(delay, true) !== print(delay, false));
}

function* looking(delay: number): Program {
  yield load(0);
  yield compute(900 + delay);
  yield load(64);
  for (let i = 0; i < 200; i++) {
    yield compute(2);
    yield load(0);
  }
}

function* taking(): Program {
  yield compute(1000);
  yield store(0, 1);
}
