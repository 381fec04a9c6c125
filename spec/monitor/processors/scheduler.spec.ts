/** How processors are shared by virtual ones. */
import { describe, expect, it } from '@jest/globals';
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets.js';
import { Disco } from '../../../lib/monitor/disco.js';
import type { DiscoOptions } from '../../../lib/monitor/options.js';
import {
  compute,
  readRegister,
  waitForInterrupt,
  writeRegister,
  type Operation,
  type Program,
} from '../../../lib/processor/operations.js';
import { Register, Status } from '../../../lib/processor/registers.js';
import { startPlain, type GuestAnswer } from '../support/plain-guest.js';

const QUANTUM_NS = 100_000;
const nothing: GuestAnswer = () => null;

/** Computes for ever. `done` counts turns of 1000 instructions. */
function* busy(done: { turns: number }): Generator<Operation, void, number> {
  for (;;) {
    yield compute(1000);
    done.turns++;
  }
}

/** Rests for so many quanta, then computes for ever. */
function* late(quanta: number): Program {
  yield writeRegister(Register.Status, Status.EXL | Status.IM);
  const counts = (quanta * QUANTUM_NS) / 5;
  if (counts > 0) {
    yield writeRegister(Register.Compare, ((yield readRegister(Register.Count)) + counts) | 0);
    yield waitForInterrupt();
  }
  yield* busy({ turns: 0 });
}

function make(processors: number, disco: DiscoOptions = {}): { machine: Machine; disco: Disco } {
  const preset = presets['disco-1997']({ nodes: processors });
  const nodes = { count: processors, processors: 1, memoryBytes: 512 * 4096 };
  const machine = buildMachine({ ...preset, nodes }, { seed: 1 });
  return { machine, disco: new Disco(machine, { quantumNs: QUANTUM_NS, ...disco }) };
}

const ticksOf = ({ simulation }: Machine, ns: number): number => (ns * 1000) / simulation.time.tickPs;

describe('virtual processors that share a processor', () => {
  it.each([2, 3, 5])('get the same part of it: %d', guests => {
    const { machine, disco } = make(1);
    const work = Array.from({ length: guests }, () => ({ turns: 0 }));
    work.forEach((done, i) => startPlain(disco, [busy(done)], nothing, { name: `guest ${i}`, homes: [0] }));
    machine.run({ until: ticksOf(machine, 20 * guests * QUANTUM_NS) });
    const turns = work.map(done => done.turns);
    // Twenty turns each: the one at hand, and switching, make the difference.
    const perQuantum = QUANTUM_NS / 2500;
    expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(perQuantum);
    expect(Math.min(...turns)).toBeGreaterThan(18 * perQuantum);
    expect(disco.statistics.switches).toBeGreaterThanOrEqual(19 * guests);
  });

  it('are taken over by a processor without work', () => {
    const { machine, disco } = make(2);
    const work = [{ turns: 0 }, { turns: 0 }];
    work.forEach((done, i) => startPlain(disco, [busy(done)], nothing, { name: `guest ${i}`, homes: [0] }));
    machine.run({ until: ticksOf(machine, 20 * QUANTUM_NS) });
    expect(disco.statistics.steals).toBe(1);
    expect(new Set(disco.scheduler.queues.map(({ current }) => current?.options.machine))).toEqual(new Set([0, 1]));
  });
});

describe('gang scheduling', () => {
  /** Of so many looks in the middle of a quantum, those that find both processors at one machine. */
  function together(gang: boolean): number {
    const { machine, disco } = make(2, { gang });
    // Some that begin late, so that their places in the queues are not those of their turns.
    const starts = { a: [0, 2.5], b: [0, 0], c: [1.5, 0] } as const;
    for (const [name, quanta] of Object.entries(starts))
      startPlain(disco, quanta.map(late), nothing, { name, homes: [0, 1] });
    let found = 0;
    for (let look = 4; look < 24; look++) {
      machine.run({ until: ticksOf(machine, (look + 0.5) * QUANTUM_NS) });
      const [one, other] = disco.scheduler.queues.map(({ current }) => current!.options.machine);
      if (one === other) found++;
    }
    return found;
  }

  it('runs all processors of a virtual machine at once', () => {
    expect(together(true)).toBe(20);
  });

  it('is not what happens without it', () => {
    expect(together(false)).toBeLessThan(20);
  });
});
