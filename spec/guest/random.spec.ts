/** Random programs on a machine whose pages move all the time: nobody may notice. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { call, compute, load, store, type Operation, type Program } from '../../lib/processor/operations.js';
import { LINE, PAGE, eager, kernelFrames, kernelMachine, runChecked, type KernelMachine } from './kernel-machine.js';

const SEED = 1997;

/** One action of a program: on which word of which line of which page, and whether it writes. */
interface Action {
  readonly page: number;
  readonly line: number;
  readonly word: number;
  readonly store: boolean;
  readonly pause: number;
}

interface Case {
  readonly nodes: number;
  readonly perNode: number;
  readonly trigger: number;
  readonly writes: number;
  readonly delayNs: number;
  readonly migration: boolean;
  readonly replication: boolean;
  /** By processor and round; all meet at a barrier behind each round. */
  readonly actions: readonly (readonly (readonly Action[])[])[];
}

const PAGES = 3;
const LINES = 3;
const ROUNDS = 4;
const MOST = 8;

const action = fc.record({
  page: fc.nat(PAGES - 1),
  line: fc.nat(LINES - 1),
  word: fc.nat(MOST - 1),
  store: fc.nat(3).map(n => n === 0),
  pause: fc.nat(300),
});

const round = fc.array(action, { maxLength: 10 });

const cases: fc.Arbitrary<Case> = fc
  .record({
    nodes: fc.integer({ min: 2, max: 4 }),
    perNode: fc.integer({ min: 1, max: 2 }),
    trigger: fc.integer({ min: 1, max: 3 }),
    writes: fc.constantFrom(1, 1000),
    delayNs: fc.constantFrom(0, 2000),
    kinds: fc.constantFrom<[boolean, boolean]>([true, true], [true, false], [false, true]),
    actions: fc.array(fc.array(round, { minLength: ROUNDS, maxLength: ROUNDS }), { minLength: MOST, maxLength: MOST }),
  })
  .map(({ kinds: [migration, replication], ...rest }) => ({ ...rest, migration, replication }));

/** Every processor writes a word of its own in every line, and reads everybody's. */
const addressOf = (page: number, line: number, writer: number): number => (16 + page) * PAGE + line * LINE + 4 * writer;

/** Writes growing values, and throws if a value that it reads is older than one that was seen before. */
class Player {
  readonly found = new Map<number, number>();
  private readonly self: number;
  private readonly writers: number;
  private readonly written: Map<number, number>;
  private readonly seen = new Map<number, number>();

  constructor(self: number, writers: number, written: Map<number, number>) {
    this.self = self;
    this.writers = writers;
    this.written = written;
  }

  *play(rounds: readonly (readonly Action[])[]): Program {
    for (const actions of rounds) {
      for (const one of actions) yield* this.act(one);
      yield call({ sync: 'barrier-enter' });
      yield call({ sync: 'barrier-leave' });
    }
    for (let page = 0; page < PAGES; page++)
      for (let line = 0; line < LINES; line++)
        for (let writer = 0; writer < this.writers; writer++) {
          const address = addressOf(page, line, writer);
          this.found.set(address, yield load(address));
        }
  }

  private *act({ page, line, word, store: writes, pause }: Action): Generator<Operation, void, number> {
    yield compute(pause);
    const writer = writes ? this.self : word % this.writers;
    const address = addressOf(page, line, writer);
    const before = (writer === this.self ? this.written : this.seen).get(address) ?? 0;
    if (writes) {
      this.written.set(address, before + 1);
      yield store(address, before + 1);
      return;
    }
    const value = yield load(address);
    if (value < before || (writer === this.self && value !== before))
      throw new Error(`processor ${this.self} saw ${value} at 0x${address.toString(16)} after ${before}`);
    this.seen.set(address, value);
  }
}

interface Played {
  readonly system: KernelMachine;
  /** By processor: what it read at the end. */
  readonly found: readonly (readonly (readonly [number, number])[])[];
  /** What was written last. */
  readonly written: ReadonlyMap<number, number>;
}

function play({ nodes, perNode, actions, ...moving }: Case, runAhead: boolean): Played {
  const written = new Map<number, number>();
  const players = Array.from({ length: nodes * perNode }, (_, self) => new Player(self, nodes * perNode, written));
  const programs = players.map((player, self) => player.play(actions[self]));
  const policy = eager(moving);
  const system = kernelMachine(programs, { nodes, processorsPerNode: perNode, policy, runAhead, framesPerNode: 12 });
  runChecked(system, 100);
  return { system, found: players.map(({ found }) => [...found]), written };
}

function summary({ machine, kernel, processors }: KernelMachine): unknown {
  return {
    fingerprint: machine.simulation.fingerprint.toString(),
    now: machine.simulation.now,
    processors: processors.map(({ stats, account }) => [{ ...stats }, account.report()]),
    work: kernel.work,
    decisions: kernel.log.entries(),
  };
}

describe('programs whose pages move', () => {
  it('find what was written last, over consistent translations, the same with run-ahead and without', () => {
    const sum = { migrations: 0, replications: 0, collapses: 0 };
    fc.assert(
      fc.property(cases, example => {
        const { system, found, written } = play(example, true);
        for (const values of found)
          for (const [address, value] of values) expect([address, value]).toEqual([address, written.get(address) ?? 0]);
        const { work } = system.kernel;
        for (const kind of ['migrations', 'replications', 'collapses'] as const) sum[kind] += work[kind];
        // A mailbox for each node, a page table, and a frame of page records once one was used.
        expect(kernelFrames(system) - example.nodes - 1).toBe(work.hotPages + work.collapses > 0 ? 1 : 0);
        expect(summary(play(example, false).system)).toEqual(summary(system));
      }),
      { seed: SEED, numRuns: 60, endOnFailure: true },
    );
    // Not in vain: this many moves were survived.
    expect(Math.min(sum.migrations, sum.replications, sum.collapses)).toBeGreaterThan(100);
    console.log(sum);
  });
});
