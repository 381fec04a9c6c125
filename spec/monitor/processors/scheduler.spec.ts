/** How processors are shared by virtual ones. */
import { describe, expect, it } from '@jest/globals';
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { Disco } from '../../../lib/monitor/disco.js';
import type { DiscoOptions } from '../../../lib/monitor/options.js';
import {
  compute,
  interrupt,
  readRegister,
  waitForInterrupt,
  writeRegister,
  type Operation,
} from '../../../lib/processor/operations.js';
import { Context } from '../../../lib/processor/context.js';
import { Activity } from '../../../lib/processor/software.js';
import { Register, Status } from '../../../lib/processor/registers.js';
import type { Code } from '../../processor/privileged.js';
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
function* late(quanta: number): Code {
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
    for (const [place, { current }] of disco.scheduler.queues.entries()) expect(current!.home).toBe(place);
  });
});

describe('a virtual processor that is stopped', () => {
  it('does not run again, though it was waiting for its turn', () => {
    const { machine, disco } = make(1);
    const work = [{ turns: 0 }, { turns: 0 }];
    const [, second] = work.map((done, i) => startPlain(disco, [busy(done)], nothing, { name: `guest ${i}` }));
    machine.run({ until: ticksOf(machine, 2.5 * QUANTUM_NS) });
    expect(disco.scheduler.queues[0].ready).toEqual(second.virtual.processors);
    const { turns } = work[1];
    disco.stop(second.virtual);
    machine.run({ until: ticksOf(machine, 10 * QUANTUM_NS) });
    expect(work[1].turns).toBe(turns);
    expect(disco.scheduler.queues[0].ready).toEqual([]);
  });
});

describe('an interrupt', () => {
  /** Interrupts that virtual processors take, as they come: of their timers (0) and of others. */
  const noted =
    (taken: (readonly [cpu: number, code: number])[]): GuestAnswer =>
    ({ message }, { number }) => {
      taken.push([number, message?.code ?? 0]);
      // A timer that has rung is silent when Compare is written.
      return new Context([writeRegister(Register.Compare, 0)].values(), Activity.Interrupt);
    };

  function* open(then: () => Code): Code {
    yield writeRegister(Register.Status, Status.IE | Status.IM);
    yield* then();
  }

  function* sends(...codes: readonly number[]): Code {
    for (const code of codes) yield interrupt(1, code, 0);
    yield* busy({ turns: 0 });
  }

  it('of a virtual processor that waits for its turn is taken when it has it, and each after the other', () => {
    const { machine, disco } = make(1);
    const taken: [number, number][] = [];
    startPlain(disco, [sends(5, 6, 7), open(() => busy({ turns: 0 }))], noted(taken), { homes: [0, 0] });
    machine.run({ until: ticksOf(machine, 0.9 * QUANTUM_NS) });
    expect(taken).toEqual([]);
    machine.run({ until: ticksOf(machine, 4 * QUANTUM_NS) });
    expect(taken).toEqual([5, 6, 7].map(code => [1, code]));
  });

  it('of the timer of one that waits for its turn is taken when it has it', () => {
    const { machine, disco } = make(1);
    const taken: [number, number][] = [];
    function* timed(): Code {
      // A quantum and a half, in the turn of the other.
      const counts = (1.5 * QUANTUM_NS) / 5;
      yield writeRegister(Register.Compare, ((yield readRegister(Register.Count)) + counts) | 0);
      yield* busy({ turns: 0 });
    }
    startPlain(disco, [open(timed)], noted(taken), { name: 'timed' });
    startPlain(disco, [busy({ turns: 0 })], nothing, { name: 'other' });
    machine.run({ until: ticksOf(machine, 1.8 * QUANTUM_NS) });
    expect(taken).toEqual([]);
    machine.run({ until: ticksOf(machine, 2.5 * QUANTUM_NS) });
    expect(taken).toEqual([[0, 0]]);
  });

  it('reaches one that runs on another processor, at once', () => {
    const { machine, disco } = make(2);
    const taken: [number, number][] = [];
    startPlain(disco, [sends(5), open(() => busy({ turns: 0 }))], noted(taken), { homes: [0, 1] });
    machine.run({ until: ticksOf(machine, 0.5 * QUANTUM_NS) });
    expect(taken).toEqual([[1, 5]]);
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
