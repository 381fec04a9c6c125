/** A spinning loop that sleeps until its line is taken away: exactly as long as the loop written out, without its events. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomStream } from '../../lib/engine/random.js';
import { mesi } from '../../lib/coherence/protocols/mesi.js';
import { PROTOCOLS } from '../../lib/coherence/protocols/protocols.js';
import { compute, interrupt, load, spinWhile, store, type Operation } from '../../lib/processor/operations.js';
import { matrix, type MachineOptions } from '../system/wire.js';
import { boot, each, handler, machineOf, type Code } from './privileged.js';

const KSEG0 = 0x80000000;
const FLAG = KSEG0 + 8;

/** Either of them: the loop as one operation, and written out. */
function* spin(value: number, turn: number, whole: boolean): Generator<Operation, number, number> {
  if (whole) return yield spinWhile(FLAG, value, turn);
  for (;;) {
    const found = yield load(FLAG);
    if (found !== value) return found;
    yield compute(turn - 1);
  }
}

interface Case {
  readonly turn: number;
  readonly before: number;
  readonly gaps: readonly number[];
  readonly changes: Partial<MachineOptions>;
}

/** Runs a machine whose first processor spins until it finds the last of the values that the others store. */
function run({ turn, before, gaps, changes }: Case, whole: boolean, interrupts: readonly number[] = []) {
  const found: number[] = [];
  const program = (function* (): Code {
    yield compute(before);
    for (let value = 0; value < gaps.length;) {
      value = yield* spin(value, turn, whole);
      found.push(value);
    }
    yield compute(1);
  })();
  const storing = (function* (): Code {
    for (const [i, gap] of gaps.entries()) {
      yield compute(gap);
      // Now and then its neighbour in the line first: false sharing, which ends no loop.
      if (gap % 3 === 0) yield store(FLAG + 4, gap);
      yield store(FLAG, i + 1);
    }
  })();
  const meddling = each(interrupts.flatMap(gap => [compute(gap), interrupt(0, 1, gap), load(FLAG)]));
  const { machine, taken } = boot(
    [program, storing, meddling],
    ({ message }) => handler([compute(message!.a % 40)]),
    changes,
  );
  const [{ stats }] = machine.cpus;
  return {
    found,
    times: taken.map(({ at }) => at),
    now: machine.sim.now,
    accounts: machine.cpus.map(cpu => cpu.account.report()),
    misses: [stats.localMisses, stats.remoteMisses, stats.interrupts],
  };
}

const cases: fc.Arbitrary<Case> = fc.record({
  turn: fc.integer({ min: 1, max: 30 }),
  before: fc.nat({ max: 100 }),
  gaps: fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 12 }),
  changes: fc
    .record({
      processors: fc.constantFrom([3], [1, 2], [2, 1], [1, 1, 1]),
      period: fc.integer({ min: 1, max: 3 }),
      l2Ticks: fc.constantFrom(0, 3, 17),
      runAhead: fc.boolean(),
      storeBuffer: fc.constantFrom(0, 2),
      cpuWire: fc.integer({ min: 1, max: 30 }),
      protocol: fc.constantFrom(mesi, ...Object.values(PROTOCOLS)),
    })
    .map(made => ({
      ...made,
      frames: made.processors.map(() => 64),
      topology: matrix(made.processors.length, 19),
    })),
});

describe('spinWhile', () => {
  it('takes to the tick what the loop of loads takes, and finds what it finds', () => {
    fc.assert(
      fc.property(cases, made => {
        expect(run(made, true)).toEqual(run(made, false));
      }),
      { numRuns: 250 },
    );
  });

  it('does so with interrupts in between', () => {
    fc.assert(
      fc.property(cases, fc.array(fc.nat({ max: 200 }), { maxLength: 12 }), (made, interrupts) => {
        expect(run(made, true, interrupts)).toEqual(run(made, false, interrupts));
      }),
      { numRuns: 250 },
    );
  });

  it.each([1, 2, 7, 10])('of a turn of %s cycles does so at every alignment of the store', turn => {
    for (let gap = 400; gap < 400 + 2 * turn + 2; gap++) {
      const made = { turn, before: 0, gaps: [gap], changes: { processors: [3], frames: [64] } };
      expect(run(made, true)).toEqual(run(made, false));
    }
  });

  it('causes no event while nobody stores', () => {
    const events = (gap: number): number => {
      const { sim, cpus } = machineOf(2);
      const software = { exception: () => null, ended: () => undefined };
      cpus[0].load(software, each([spinWhile(FLAG, 0, 5)]));
      cpus[1].load(software, each([compute(gap), store(FLAG, 1)]));
      sim.run();
      return sim.events;
    };
    expect(events(1_000_000)).toBe(events(1000));
  });

  it('on a line that others only read goes on', () => {
    const made = { turn: 9, before: 3, gaps: [2000], changes: { processors: [3], frames: [64] } };
    const busy = run(made, true, [100, 100, 100]);
    expect(busy.found).toEqual([1]);
  });

  it('that nobody ends is reported, with the line', () => {
    expect(() => boot([each([spinWhile(FLAG, 0, 5)])])).toThrow(
      'node0.cpu0 waits for somebody to store to line 0, on which it spins',
    );
  });

  it('takes at least a cycle a turn', () => {
    expect(() => boot([each([spinWhile(FLAG, 0, 0)])])).toThrow(
      'a turn of a spinning loop takes at least a whole cycle, not 0',
    );
  });

  it('returns at once when the value is another, after the cycle of its load', () => {
    const results: number[] = [];
    const { machine } = boot([each([store(FLAG, 3), spinWhile(FLAG, 4, 100)], results)]);
    const alone = boot([each([store(FLAG, 3)])]).machine.sim.now;
    expect([results[1], machine.sim.now - alone]).toEqual([3, 1]);
  });

  it('hands a lock over between many, and loses none', () => {
    // Everybody in turn: a ticket that each waits for and passes on.
    const parties = 4;
    const order: number[] = [];
    const programs = Array.from({ length: parties }, (_, self) => {
      const random = randomStream('turns', `${self}`);
      return (function* (): Code {
        for (let round = 0; round < 10; round++)
          for (let turn = 0; turn < parties; turn++) {
            const ticket = round * parties + turn;
            if (turn === self) {
              order.push(ticket);
              yield compute(random.below(100));
              yield store(FLAG, ticket + 1);
            } else yield spinWhile(FLAG, ticket, 1 + random.below(20));
            for (let now = yield load(FLAG); now <= ticket;) now = yield spinWhile(FLAG, now, 6);
          }
      })();
    });
    boot(programs);
    expect(order).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });
});
