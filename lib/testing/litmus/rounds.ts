/**
 * Many rounds of a litmus test on one machine. In each, locations lie on lines not used before, some caches are warmed,
 * the threads meet, and each starts after a random delay and executes with random gaps. All of it is drawn before the
 * run, from a stream of its own, so that a round can be repeated.
 */
import type { RandomStream } from '../../engine/random.js';
import type { Machine } from '../../machine/machine.js';
import { lineNumber } from '../../messages/addresses.js';
import {
  call,
  compute,
  fence,
  load,
  loadLinked,
  store,
  storeConditional,
  type Operation,
  type Program,
} from '../../processor/operations.js';
import { failAtInstruction, outcomeOffset } from '../../litmus/litmus-test.js';
import type {
  LitmusInstruction,
  LitmusOperand,
  LitmusOperation,
  LitmusPlace,
  LitmusTest,
} from '../../litmus/litmus-test.js';
import { compareOperands, describeValue, joinOperands, locationOfValue } from '../../litmus/values.js';
import { LITMUS_FRAMES, LITMUS_LINE, LITMUS_PAGE } from './machine.js';
import { LitmusSoftware, MEET } from './software.js';
import { LitmusWords } from './words.js';
import type { Code } from '../../system/code.js';

/** Instructions of a thread in a round after which it is taken never to end. */
const MOST_INSTRUCTIONS = 50_000;
/** The longest pause between two attempts at an update is below two to this power of cycles. */
const LONGEST_PAUSE = 10;

/** One thread of one round. */
interface Part {
  /** Locations that the thread loads, and locations to which it stores what they hold, before the start. */
  readonly warmed: readonly number[];
  readonly owned: readonly number[];
  /** Cycles before the start and before each instruction. */
  readonly delay: number;
  readonly gaps: readonly number[];
}

/** One round. */
interface Round {
  /** Addresses of the locations. */
  readonly addresses: readonly number[];
  readonly parts: readonly Part[];
}

/** Something that happened in a round, for a history. */
export interface LitmusEvent {
  readonly time: number;
  readonly thread: number;
  readonly what: string;
}

/** How many rounds, and of what kind. */
export interface LitmusRoundsOptions {
  readonly count: number;
  /** The round whose history is kept, or -1. */
  readonly watched: number;
  /** The longest time that stores stay in the machine's buffers: in half of the rounds, threads pause for half as long. */
  readonly storeDelayCycles: number;
}

/** The rounds of one machine. */
export class LitmusRounds {
  /** What each round left behind, filled while the machine runs. */
  readonly outcomes: number[][];
  /** What happened in the round that is watched, in order. Times are those of a machine that does not run ahead. */
  readonly history: LitmusEvent[] = [];
  private readonly test: LitmusTest;
  private readonly machine: Machine;
  private readonly rounds: readonly Round[];
  private readonly watched: number;
  private readonly words = new LitmusWords();

  constructor(
    test: LitmusTest,
    machine: Machine,
    random: RandomStream,
    { count, watched, storeDelayCycles }: LitmusRoundsOptions,
  ) {
    this.test = test;
    this.machine = machine;
    this.watched = watched;
    // Before the rounds, so that fewer of them are the same ones.
    const places = shuffled(machine.processors.length, random);
    const free = Array.from({ length: machine.map.nodes }, () => 0);
    this.rounds = Array.from({ length: count }, () => drawRound(test, random, free, storeDelayCycles));
    const size = outcomeOffset(test, test.threads.length) + test.locations.length;
    this.outcomes = this.rounds.map(() => Array.from({ length: size }, () => 0));
    const programs: (Program | null)[] = machine.processors.map(() => null);
    test.threads.forEach((_, thread) => (programs[places[thread]] = this.program(thread)));
    machine.load(new LitmusSoftware(test.threads.length), programs);
  }

  /** Where locations were and how the threads started, in words. */
  describe(round: number): string[] {
    const { addresses, parts } = this.rounds[round];
    const { map } = this.machine;
    const homes = addresses.map((address, i) => {
      const line = lineNumber(Math.floor(address / LITMUS_LINE));
      return `${this.test.locations[i]} in line ${line} of node ${map.homeOfLine(line)}`;
    });
    const names = (list: readonly number[]): string => list.map(i => this.test.locations[i]).join(' ') || 'nothing';
    return [
      homes.join(', '),
      ...parts.map(
        ({ warmed, owned, delay, gaps }, i) =>
          `thread ${i} has read ${names(warmed)}, owns ${names(owned)}, starts after ${delay} cycles, gaps ${gaps.join(' ')}`,
      ),
    ];
  }

  private *program(thread: number): Program {
    const base = outcomeOffset(this.test, thread);
    const memory = outcomeOffset(this.test, this.test.threads.length);
    const { initial } = this.test;
    for (const [index, { addresses, parts }] of this.rounds.entries()) {
      const part = parts[thread];
      const outcome = this.outcomes[index];
      if (thread === 0)
        for (const [i, value] of initial.entries()) if (value !== 0) yield this.store(addresses[i], value);
      // The page is in the TLB before the start, without a word of the line.
      for (const address of addresses) yield load(address - (address % LITMUS_PAGE));
      yield call(MEET);
      for (const location of part.warmed) yield load(addresses[location]);
      for (const location of part.owned) yield this.store(addresses[location], initial[location]);
      yield call(MEET);
      if (part.delay > 0) yield compute(part.delay);
      yield* this.execute(thread, index, outcome, base);
      yield call(MEET);
      if (thread === 0)
        for (const [i, address] of addresses.entries()) outcome[memory + i] = this.words.valueOf(yield load(address));
    }
  }

  private *execute(thread: number, index: number, outcome: number[], base: number): Code {
    const { parts } = this.rounds[index];
    const { initial, instructions } = this.test.threads[thread];
    const values = [...initial];
    for (let at = 0, done = 0; at < instructions.length; done++) {
      if (done === MOST_INSTRUCTIONS)
        failAtInstruction(this.test, thread, at, `after ${MOST_INSTRUCTIONS} instructions the thread has not ended`);
      const gap = parts[thread].gaps[at];
      if (gap > 0) yield compute(gap);
      const instruction = instructions[at];
      const access: Access = { thread, at, addresses: this.rounds[index].addresses, values };
      const result = yield* this.perform(instruction, access);
      if (index === this.watched) this.note(instruction, access, result);
      at = instruction.kind === 'branch' && result === 1 ? instruction.target : at + 1;
    }
    for (const [i, value] of values.entries()) outcome[base + i] = value;
  }

  /** Executes an instruction. Returns what it loaded, stored or calculated. */
  private *perform(instruction: LitmusInstruction, access: Access): Code<number> {
    const { values } = access;
    switch (instruction.kind) {
      case 'load':
        return (values[instruction.register] = this.words.valueOf(
          yield load(this.address(instruction.location, access)),
        ));
      case 'load-linked':
        return (values[instruction.register] = this.words.valueOf(
          yield loadLinked(this.address(instruction.location, access)),
        ));
      case 'store': {
        const value = valueOf(instruction.value, values);
        yield this.store(this.address(instruction.location, access), value);
        return value;
      }
      case 'store-conditional': {
        const { register, location } = instruction;
        const word = this.words.wordOf(values[register]);
        return (values[register] = yield storeConditional(this.address(location, access), word));
      }
      case 'update':
        return yield* this.update(instruction, access);
      case 'fence':
        return yield fence();
      case 'set': {
        yield compute(1);
        const { register, operation, left, right } = instruction;
        return (values[register] = this.join(operation, valueOf(left, values), valueOf(right, values), access));
      }
      case 'branch': {
        yield compute(1);
        const { comparison, left, right } = instruction;
        const taken = compareOperands(comparison, valueOf(left, values), valueOf(right, values));
        if (Number.isNaN(taken)) failAtInstruction(this.test, access.thread, access.at, 'an address has no order');
        return taken;
      }
    }
  }

  /** An update is a linked pair, tried until nothing has come between. Pauses differ, so that one thread is first. */
  private *update(
    { register, location, operation, value }: LitmusInstruction & { readonly kind: 'update' },
    access: Access,
  ): Code<number> {
    const { thread, values } = access;
    const address = this.address(location, access);
    for (let attempt = 1; ; attempt++) {
      const before = this.words.valueOf(yield loadLinked(address));
      const joined = this.join(operation, before, valueOf(value, values), access);
      if ((yield storeConditional(address, this.words.wordOf(joined))) === 1) {
        if (register !== null) values[register] = before;
        return joined;
      }
      yield compute(1 + ((attempt * (17 * thread + 5)) % 2 ** Math.min(attempt + 2, LONGEST_PAUSE)));
    }
  }

  private store(address: number, value: number): Operation {
    return store(address, this.words.wordOf(value));
  }

  private address(place: LitmusPlace, { thread, at, addresses, values }: Access): number {
    if (typeof place === 'number') return addresses[place];
    const value = values[place.register];
    const location = locationOfValue(value);
    if (location < 0) failAtInstruction(this.test, thread, at, `${value} is the address of no location`);
    return addresses[location];
  }

  private join(operation: LitmusOperation, left: number, right: number, { thread, at }: Access): number {
    const value = joinOperands(operation, left, right);
    if (Number.isNaN(value)) failAtInstruction(this.test, thread, at, 'addresses are not calculated with');
    return value;
  }

  private note(instruction: LitmusInstruction, { thread, values }: Access, result: number): void {
    const { locations, threads } = this.test;
    const { registers } = threads[thread];
    const place = 'location' in instruction ? instruction.location : null;
    const location = place === null || typeof place === 'number' ? place : locationOfValue(values[place.register]);
    const where = location === null ? '' : ` ${locations[location] ?? '?'}`;
    const register = 'register' in instruction ? instruction.register : null;
    const named = register === null ? '' : ` ${registers[register]}`;
    const value = register === null ? result : values[register];
    const outcome = instruction.kind === 'fence' ? '' : ` = ${describeValue(value, locations)}`;
    this.history.push({
      time: this.machine.simulation.now,
      thread,
      what: `${instruction.kind}${where}${named}${outcome}`,
    });
  }
}

/** What an instruction needs to know: whose it is, where it is, where locations lie, what registers hold. */
interface Access {
  readonly thread: number;
  readonly at: number;
  readonly addresses: readonly number[];
  readonly values: number[];
}

function drawRound(test: LitmusTest, random: RandomStream, free: number[], storeDelayCycles: number): Round {
  const addresses: number[] = [];
  for (const [i] of test.locations.entries())
    // Now and then two locations share a line.
    addresses.push(i > 0 && random.below(8) === 0 ? addresses[i - 1] + 4 : freshLine(random, free));
  const slow = storeDelayCycles > 0 && random.below(2) === 0 ? storeDelayCycles >> 1 : [0, 4, 30, 300][random.below(4)];
  const some = (odds: number): number[] => test.locations.flatMap((_, i) => (random.below(odds) === 0 ? [i] : []));
  const parts = test.threads.map(({ instructions }) => ({
    warmed: some(2),
    owned: some(8),
    delay: random.below(slow + 1),
    gaps: instructions.map(() => (random.below(3) === 0 ? random.below(slow + 1) : 0)),
  }));
  return { addresses, parts };
}

/** The next line of a random node; not the first of a page. */
function freshLine(random: RandomStream, free: number[]): number {
  const node = random.below(free.length);
  const used = free[node]++;
  const perPage = LITMUS_PAGE / LITMUS_LINE - 1;
  const page = node * LITMUS_FRAMES + (Math.floor(used / perPage) % LITMUS_FRAMES);
  return page * LITMUS_PAGE + (1 + (used % perPage)) * LITMUS_LINE + 4 * random.below(4);
}

function shuffled(count: number, random: RandomStream): number[] {
  const list = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

function valueOf(operand: LitmusOperand, values: readonly number[]): number {
  return 'value' in operand ? operand.value : values[operand.register];
}
