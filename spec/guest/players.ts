/** Random programs on pages that move all the time, each word with one writer: what is read may never be older than before. */
import * as fc from 'fast-check';
import { SystemProcess } from '../../lib/guest/bare/system-process.js';
import { call, compute, load, store, type Operation, type Program } from '../../lib/processor/operations.js';
import { LINE, PAGE, barrier, eager, kernelMachine, runChecked, wordAt, type KernelMachine } from './kernel-machine.js';

/** One action of a program: on which word of which line of which page, by which of its addresses, and whether it writes. */
interface Action {
  readonly page: number;
  readonly line: number;
  readonly word: number;
  readonly alias: number;
  readonly store: boolean;
  readonly pause: number;
}

/** A machine, a policy and programs. */
export interface Game {
  readonly nodes: number;
  readonly perNode: number;
  readonly trigger: number;
  readonly writes: number;
  readonly delayNs: number;
  readonly migration: boolean;
  readonly replication: boolean;
  /** By processor and round. */
  readonly actions: readonly (readonly (readonly Action[])[])[];
}

/** What came of it. */
export interface Played {
  readonly system: KernelMachine;
  /** What was written last, by page and offset. */
  readonly written: ReadonlyMap<number, number>;
}

const PAGES = 3;
const LINES = 3;
const ROUNDS = 4;
const MOST = 8;
/** Where the pages are: for users, and as physical pages of a recorded system. */
const FIRST = 16;

const action = fc.record({
  page: fc.nat(PAGES - 1),
  line: fc.nat(LINES - 1),
  word: fc.nat(MOST - 1),
  alias: fc.nat(2),
  store: fc.nat(3).map(n => n === 0),
  pause: fc.nat(300),
});

const round = fc.array(action, { maxLength: 10 });

/** Any game. */
export const games: fc.Arbitrary<Game> = fc
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

/** Plays with threads in one address space, which meet at barriers and read everything at the end. */
export function playThreads({ nodes, perNode, actions, ...moving }: Game, runAhead = true): Played {
  const written = new Map<number, number>();
  const writers = nodes * perNode;
  const programs = Array.from({ length: writers }, (_, self) =>
    new Player(self, writers, written, (at: number) => at).threads(actions[self]),
  );
  const policy = eager(moving);
  const system = kernelMachine(programs, { nodes, processorsPerNode: perNode, policy, runAhead, framesPerNode: 12 });
  runChecked(system, 100);
  checkValues(system, written);
  return { system, written };
}

/** Plays as a recorded system, which reaches its pages by a mapping and by both unmapped segments. */
export function playSystem({ nodes, perNode, actions, ...moving }: Game, runAhead = true): Played {
  const written = new Map<number, number>();
  const writers = nodes * perNode;
  const process = new SystemProcess(0, 255, '');
  const programs = Array.from({ length: writers }, (_, self) =>
    new Player(self, writers, written, aliased).system(actions[self], self % 2),
  );
  const policy = eager(moving);
  const system = kernelMachine(programs, {
    ...{ nodes, processorsPerNode: perNode, policy, runAhead, framesPerNode: 12 },
    process: () => process,
  });
  runChecked(system, 100);
  checkValues(system, written);
  return { system, written };
}

/** The address of a word of a physical page: mapped, in kseg0, or in kseg1. */
function aliased(at: number, alias: number): number {
  return [at, 0x80000000 + at, 0xa0000000 + at][alias] | 0;
}

/** Throws unless every word has its last value, in every copy of its page. */
function checkValues(system: KernelMachine, written: ReadonlyMap<number, number>): void {
  for (const page of system.kernel.pages.pages)
    for (let offset = 0; offset < LINES * LINE; offset += 4) {
      const last = written.get(page.number * PAGE + offset) ?? 0;
      for (const frame of [page.frame, ...(page.replicas?.values() ?? [])]) {
        const value = wordAt(system, frame, offset);
        if (value !== last)
          throw new Error(`${page.label}+${offset} in frame ${frame} is ${value}, ${last} was written`);
      }
    }
}

/** Every processor writes a word of its own in every line, and reads everybody's. */
class Player {
  private readonly self: number;
  private readonly writers: number;
  private readonly written: Map<number, number>;
  private readonly seen = new Map<number, number>();
  private readonly virtual: (at: number, alias: number) => number;

  constructor(
    self: number,
    writers: number,
    written: Map<number, number>,
    virtual: (at: number, alias: number) => number,
  ) {
    this.self = self;
    this.writers = writers;
    this.written = written;
    this.virtual = virtual;
  }

  *threads(rounds: readonly (readonly Action[])[]): Program {
    for (const actions of rounds) {
      for (const one of actions) yield* this.act(one);
      yield* barrier;
    }
    for (let page = 0; page < PAGES; page++)
      for (let line = 0; line < LINES; line++)
        for (let word = 0; word < this.writers; word++) {
          const at = wordOf(page, line, word);
          const value = yield load(at);
          const last = this.written.get(at) ?? 0;
          if (value !== last) throw new Error(`processor ${this.self} finds ${value} at ${at}, ${last} was written`);
        }
  }

  /** The two tasks map the same physical pages, at the same place. */
  *system(rounds: readonly (readonly Action[])[], task: number): Program {
    const maps = Array.from({ length: PAGES }, (_, i) => ({ event: 'map', page: FIRST + i, physical: FIRST + i }));
    for (const [index, actions] of rounds.entries()) {
      yield call([{ event: 'task', task: (task + index) % 2 }, ...maps]);
      for (const one of actions) yield* this.act(one);
    }
  }

  private *act({ page, line, word, alias, store: writes, pause }: Action): Generator<Operation, void, number> {
    yield compute(pause);
    const writer = writes ? this.self : word % this.writers;
    const at = wordOf(page, line, writer);
    const before = (writer === this.self ? this.written : this.seen).get(at) ?? 0;
    if (writes) {
      this.written.set(at, before + 1);
      yield store(this.virtual(at, alias), before + 1);
      return;
    }
    const value = yield load(this.virtual(at, alias));
    if (value < before || (writer === this.self && value !== before))
      throw new Error(`processor ${this.self} sees ${value} at ${at} after ${before}`);
    this.seen.set(at, value);
  }
}

function wordOf(page: number, line: number, writer: number): number {
  return (FIRST + page) * PAGE + line * LINE + 4 * writer;
}
