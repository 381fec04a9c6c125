/**
 * All outcomes of a litmus test, by complete enumeration of an abstract machine: every interleaving of its steps, each
 * state visited once. SC: one step is one instruction (Lamport 1979). TSO: stores go to a first-in, first-out buffer
 * of their thread, loads look there first, and that a store leaves the buffer is a step of its own (Sewell et al.,
 * x86-TSO, 2010). Fences and linked accesses wait for the thread's buffer to be empty.
 *
 * Linked accesses: a store of another thread to the location breaks the link, and a store-conditional may also fail
 * for no reason, because a cache may lose the line.
 */
import { plainObject, wholeNumber } from '../engine/checks.js';
import type { LitmusInstruction, LitmusOperand, LitmusOutcome, LitmusTest } from './litmus-test.js';
import { LitmusError, outcomeOffset } from './litmus-test.js';

/** A memory model. */
export type MemoryModel = 'sc' | 'tso';

/** Names of the memory models. */
export const MEMORY_MODELS: readonly MemoryModel[] = ['sc', 'tso'];

/** States after which a test is refused: some hundred megabytes. */
const MOST_STATES = 2_000_000;

/** A state of the abstract machine. Never changed after it has been made. */
interface State {
  /** Instructions done, by thread. */
  readonly done: readonly number[];
  /** Registers and locations, as in an outcome. */
  readonly values: readonly number[];
  /** Stores on their way by thread, oldest first: location, value, location, value ... */
  readonly buffers: readonly (readonly number[])[];
  /** Linked location by thread, -1 for none. */
  readonly links: readonly number[];
}

/** Every outcome that a model allows, in a fixed order. Throws a LitmusError if the test has too many states. */
export function allowedOutcomes(test: LitmusTest, model: MemoryModel, mostStates = MOST_STATES): LitmusOutcome[] {
  plainObject(test, 'allowedOutcomes: test');
  wholeNumber(mostStates, 'allowedOutcomes: mostStates', 1);
  const machine = new AbstractMachine(test, model);
  const outcomes = new Map<string, LitmusOutcome>();
  const seen = new Set<string>();
  const waiting = [machine.start()];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const key = keyOf(state);
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > mostStates)
      throw new LitmusError(`${test.name}: more than ${mostStates} states under ${model}; use fewer instructions`);
    const next = machine.next(state);
    if (next.length === 0) outcomes.set(state.values.join(), state.values);
    else waiting.push(...next);
  }
  return [...outcomes.values()].sort(compareOutcomes);
}

/** The order of outcomes: by the first value that differs. */
export function compareOutcomes(a: LitmusOutcome, b: LitmusOutcome): number {
  const i = a.findIndex((value, index) => value !== b[index]);
  return i < 0 ? 0 : a[i]! - b[i]!;
}

function keyOf({ done, values, buffers, links }: State): string {
  return `${done.join()};${values.join()};${buffers.join(';')};${links.join()}`;
}

/** The steps that a state allows. */
class AbstractMachine {
  private readonly test: LitmusTest;
  private readonly buffered: boolean;
  /** Where the registers of each thread begin, and behind them the locations. */
  private readonly offsets: readonly number[];
  private readonly memory: number;

  constructor(test: LitmusTest, model: MemoryModel) {
    this.test = test;
    this.buffered = model === 'tso';
    this.offsets = test.threads.map((_, thread) => outcomeOffset(test, thread));
    this.memory = outcomeOffset(test, test.threads.length);
  }

  start(): State {
    const { threads, initial } = this.test;
    return {
      done: threads.map(() => 0),
      values: [...threads.flatMap(thread => thread.initial), ...initial],
      buffers: threads.map(() => []),
      links: threads.map(() => -1),
    };
  }

  next(state: State): State[] {
    return this.test.threads.flatMap((thread, i) => {
      const instruction = thread.instructions[state.done[i]!];
      const steps = instruction === undefined ? [] : this.execute(state, i, instruction);
      return state.buffers[i]!.length === 0 ? steps : [...steps, this.drain(state, i)];
    });
  }

  /** What an instruction of a thread may lead to; nothing if it has to wait. */
  private execute(state: State, thread: number, instruction: LitmusInstruction): State[] {
    const after = { ...state, done: replaced(state.done, thread, state.done[thread]! + 1) };
    const empty = state.buffers[thread]!.length === 0;
    const base = this.offsets[thread]!;
    switch (instruction.kind) {
      case 'set':
        return [set(after, base + instruction.register, this.result(state, base, instruction))];
      case 'load':
        return [set(after, base + instruction.register, this.visible(state, thread, instruction.location))];
      case 'store': {
        const value = operand(state, base, instruction.value);
        if (!this.buffered) return [this.write(after, thread, instruction.location, value)];
        const longer = [...state.buffers[thread]!, instruction.location, value];
        return [{ ...after, buffers: replaced(state.buffers, thread, longer) }];
      }
      case 'fence':
        return empty ? [after] : [];
      case 'load-linked': {
        if (!empty) return [];
        const linked = { ...after, links: replaced(state.links, thread, instruction.location) };
        return [set(linked, base + instruction.register, state.values[this.memory + instruction.location]!)];
      }
      case 'store-conditional': {
        if (!empty) return [];
        const unlinked = { ...after, links: replaced(state.links, thread, -1) };
        const failed = set(unlinked, base + instruction.register, 0);
        if (state.links[thread] !== instruction.location) return [failed];
        const value = state.values[base + instruction.register]!;
        const stored = this.write(unlinked, thread, instruction.location, value);
        return [failed, set(stored, base + instruction.register, 1)];
      }
    }
  }

  /** The oldest store of a thread reaches memory. */
  private drain(state: State, thread: number): State {
    const [location, value, ...rest] = state.buffers[thread]!;
    return this.write({ ...state, buffers: replaced(state.buffers, thread, rest) }, thread, location!, value!);
  }

  private write(state: State, thread: number, location: number, value: number): State {
    const links = state.links.map((link, other) => (other !== thread && link === location ? -1 : link));
    return set({ ...state, links }, this.memory + location, value);
  }

  /** What a thread finds at a location: its own youngest store on the way, or else memory's value. */
  private visible({ buffers, values }: State, thread: number, location: number): number {
    const buffer = buffers[thread]!;
    for (let i = buffer.length - 2; i >= 0; i -= 2) if (buffer[i] === location) return buffer[i + 1]!;
    return values[this.memory + location]!;
  }

  private result(state: State, base: number, instruction: LitmusInstruction & { kind: 'set' }): number {
    return joinOperands(
      instruction.operation,
      operand(state, base, instruction.left),
      operand(state, base, instruction.right),
    );
  }
}

/** Arithmetic of `set`, in 32 bits. */
export function joinOperands(operation: 'add' | 'or' | 'xor', left: number, right: number): number {
  if (operation === 'add') return (left + right) | 0;
  return operation === 'or' ? left | right : left ^ right;
}

function operand({ values }: State, base: number, from: LitmusOperand): number {
  return 'value' in from ? from.value : values[base + from.register]!;
}

function set(state: State, index: number, value: number): State {
  return { ...state, values: replaced(state.values, index, value) };
}

function replaced<T>(list: readonly T[], index: number, value: T): T[] {
  const copy = [...list];
  copy[index] = value;
  return copy;
}
