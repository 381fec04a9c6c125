/** The abstract machine of litmus-outcomes.ts: its states, and the steps that each allows. */
import { failAtInstruction, LitmusError, outcomeOffset } from './litmus-test.js';
import type { LitmusInstruction, LitmusOperand, LitmusOperation, LitmusPlace, LitmusTest } from './litmus-test.js';
import { compareOperands, describeValue, joinOperands, locationOfValue } from './values.js';

/** A state. Never changed after it has been made. */
export interface LitmusState {
  /** The next instruction, by thread. */
  readonly at: readonly number[];
  /** Registers and locations, as in an outcome. */
  readonly values: readonly number[];
  /** Stores on their way by thread, oldest first: location, value, location, value ... */
  readonly buffers: readonly (readonly number[])[];
  /** Linked location by thread, -1 for none. */
  readonly links: readonly number[];
}

/** Different values that the states of a test can hold: each is a character of their keys. */
const MOST_VALUES = 60_000;

/** No thread, and several threads. */
const NONE = -2;
const SEVERAL = -1;

/** The steps that a state allows. Throws a LitmusError for instructions that make no sense in a state. */
export class LitmusMachine {
  private readonly test: LitmusTest;
  private readonly buffered: boolean;
  /** Where the registers of each thread begin, and after them the locations. */
  private readonly offsets: readonly number[];
  private readonly memory: number;
  /** By location, the only thread that accesses it and that stores to it, or NONE or SEVERAL. */
  private readonly accessedBy: Int32Array;
  private readonly storedBy: Int32Array;
  private readonly numbers = new Map<number, number>();

  /** `buffered`: with store buffers, which makes TSO of SC. */
  constructor(test: LitmusTest, buffered: boolean) {
    this.test = test;
    this.buffered = buffered;
    this.offsets = test.threads.map((_, thread) => outcomeOffset(test, thread));
    this.memory = outcomeOffset(test, test.threads.length);
    this.accessedBy = ownersOf(test, () => true);
    this.storedBy = ownersOf(test, ({ kind }) => kind !== 'load' && kind !== 'load-linked');
  }

  /** The state before the first instruction. */
  start(): LitmusState {
    const { threads, initial } = this.test;
    return {
      at: threads.map(() => 0),
      values: [...threads.flatMap(thread => thread.initial), ...initial],
      buffers: threads.map(() => []),
      links: threads.map(() => -1),
    };
  }

  /** A text that is equal for equal states only. Short, because all of them are kept. */
  keyOf({ at, values, buffers, links }: LitmusState): string {
    const codes: number[] = [];
    for (const [thread, buffer] of buffers.entries()) {
      codes.push(at[thread], links[thread] + 1, buffer.length);
      for (let i = 0; i < buffer.length; i += 2) codes.push(buffer[i], this.numberOf(buffer[i + 1]));
    }
    for (const value of values) codes.push(this.numberOf(value));
    return String.fromCharCode(...codes);
  }

  private numberOf(value: number): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    if (number === MOST_VALUES)
      throw new LitmusError(
        `${this.test.name}: more than ${MOST_VALUES} different values; is there a loop that counts?`,
      );
    this.numbers.set(value, number);
    return number;
  }

  /** The states that a step leads to. None if everything is done. */
  next(state: LitmusState): LitmusState[] {
    const { threads } = this.test;
    for (const thread of threads.keys()) {
      const alone = this.nextAlone(state, thread);
      if (alone !== null) return [alone];
    }
    return threads.flatMap((thread, i) => {
      const instruction = thread.instructions[state.at[i]];
      const steps = instruction === undefined ? [] : this.execute(state, i, instruction);
      return state.buffers[i].length === 0 ? steps : [...steps, this.drain(state, i)];
    });
  }

  /** A step of a thread that commutes with every step of the others, and with its own others; null without such a step. */
  private nextAlone(state: LitmusState, thread: number): LitmusState | null {
    const buffer = state.buffers[thread];
    if (buffer.length > 0 && this.accessedBy[buffer[0]] === thread) return this.drain(state, thread);
    const instruction = this.test.threads[thread].instructions[state.at[thread]];
    return instruction !== undefined && this.isAlone(state, thread, instruction)
      ? this.execute(state, thread, instruction)[0]
      : null;
  }

  private isAlone(state: LitmusState, thread: number, instruction: LitmusInstruction): boolean {
    switch (instruction.kind) {
      case 'set':
      case 'branch':
        return true;
      case 'fence':
        return state.buffers[thread].length === 0;
      case 'load': {
        const storedBy = this.storedBy[this.locationOf(state, thread, instruction.location)];
        return storedBy === thread || storedBy === NONE;
      }
      case 'store':
        return this.buffered || this.accessedBy[this.locationOf(state, thread, instruction.location)] === thread;
      case 'load-linked':
      case 'store-conditional':
      case 'update':
        return false;
    }
  }

  /** What an instruction of a thread may lead to; nothing if it has to wait. */
  private execute(state: LitmusState, thread: number, instruction: LitmusInstruction): LitmusState[] {
    const after = { ...state, at: replaced(state.at, thread, state.at[thread] + 1) };
    const base = this.offsets[thread];
    const waits = state.buffers[thread].length > 0;
    switch (instruction.kind) {
      case 'set': {
        const { operation, left, right } = instruction;
        const value = this.join(state, thread, operation, valueOf(state, base, left), valueOf(state, base, right));
        return [set(after, base + instruction.register, value)];
      }
      case 'branch': {
        const { comparison, target } = instruction;
        const [left, right] = [valueOf(state, base, instruction.left), valueOf(state, base, instruction.right)];
        const taken = compareOperands(comparison, left, right);
        if (Number.isNaN(taken)) this.fail(state, thread, `an address has no order: ${this.words(left, right)}`);
        return [taken === 1 ? { ...state, at: replaced(state.at, thread, target) } : after];
      }
      case 'load': {
        const location = this.locationOf(state, thread, instruction.location);
        return [set(after, base + instruction.register, this.visible(state, thread, location))];
      }
      case 'store': {
        const location = this.locationOf(state, thread, instruction.location);
        const value = valueOf(state, base, instruction.value);
        if (!this.buffered) return [this.write(after, thread, location, value)];
        return [{ ...after, buffers: replaced(state.buffers, thread, [...state.buffers[thread], location, value]) }];
      }
      case 'fence':
        return waits ? [] : [after];
      case 'load-linked': {
        if (waits) return [];
        const location = this.locationOf(state, thread, instruction.location);
        const linked = { ...after, links: replaced(state.links, thread, location) };
        return [set(linked, base + instruction.register, state.values[this.memory + location])];
      }
      case 'store-conditional':
        return waits ? [] : this.storeConditional(state, after, thread, instruction);
      case 'update':
        return waits ? [] : [this.update(state, after, thread, instruction)];
    }
  }

  private storeConditional(
    state: LitmusState,
    after: LitmusState,
    thread: number,
    instruction: LitmusInstruction & { readonly kind: 'store-conditional' },
  ): LitmusState[] {
    const register = this.offsets[thread] + instruction.register;
    const location = this.locationOf(state, thread, instruction.location);
    const unlinked = { ...after, links: replaced(state.links, thread, -1) };
    const failed = set(unlinked, register, 0);
    if (state.links[thread] !== location) return [failed];
    return [failed, set(this.write(unlinked, thread, location, state.values[register]), register, 1)];
  }

  private update(
    state: LitmusState,
    after: LitmusState,
    thread: number,
    { register, location: place, operation, value }: LitmusInstruction & { readonly kind: 'update' },
  ): LitmusState {
    const base = this.offsets[thread];
    const location = this.locationOf(state, thread, place);
    const before = state.values[this.memory + location];
    const joined = this.join(state, thread, operation, before, valueOf(state, base, value));
    const written = this.write(after, thread, location, joined);
    return register === null ? written : set(written, base + register, before);
  }

  /** The oldest store of a thread reaches memory. */
  private drain(state: LitmusState, thread: number): LitmusState {
    const [location, value, ...rest] = state.buffers[thread];
    return this.write({ ...state, buffers: replaced(state.buffers, thread, rest) }, thread, location, value);
  }

  private write(state: LitmusState, thread: number, location: number, value: number): LitmusState {
    const links = state.links.map((link, other) => (other !== thread && link === location ? -1 : link));
    return set({ ...state, links }, this.memory + location, value);
  }

  /** What a thread finds at a location: its own youngest store on the way, or else memory's value. */
  private visible({ buffers, values }: LitmusState, thread: number, location: number): number {
    const buffer = buffers[thread];
    for (let i = buffer.length - 2; i >= 0; i -= 2) if (buffer[i] === location) return buffer[i + 1];
    return values[this.memory + location];
  }

  private locationOf(state: LitmusState, thread: number, place: LitmusPlace): number {
    if (typeof place === 'number') return place;
    const value = state.values[this.offsets[thread] + place.register];
    const location = locationOfValue(value);
    const name = this.test.threads[thread].registers[place.register];
    if (location < 0) this.fail(state, thread, `register ${name} holds ${value}, which is the address of no location`);
    return location;
  }

  private join(state: LitmusState, thread: number, operation: LitmusOperation, left: number, right: number): number {
    const value = joinOperands(operation, left, right);
    if (Number.isNaN(value))
      this.fail(
        state,
        thread,
        `addresses are not calculated with, but this is ${operation} of ${this.words(left, right)}`,
      );
    return value;
  }

  private words(left: number, right: number): string {
    const word = (value: number): string =>
      `${locationOfValue(value) < 0 ? '' : 'the address of '}${describeValue(value, this.test.locations)}`;
    return `${word(left)} and ${word(right)}`;
  }

  private fail(state: LitmusState, thread: number, problem: string): never {
    return failAtInstruction(this.test, thread, state.at[thread], problem);
  }
}

/** By location, the only thread with such accesses to it. A register may point at any location. */
function ownersOf(test: LitmusTest, counts: (instruction: LitmusInstruction) => boolean): Int32Array {
  const owners = new Int32Array(test.locations.length).fill(NONE);
  for (const [thread, { instructions }] of test.threads.entries())
    for (const instruction of instructions) {
      if (!('location' in instruction) || !counts(instruction)) continue;
      const { location } = instruction;
      for (const index of typeof location === 'number' ? [location] : owners.keys())
        if (owners[index] !== thread) owners[index] = owners[index] === NONE ? thread : SEVERAL;
    }
  return owners;
}

function valueOf({ values }: LitmusState, base: number, from: LitmusOperand): number {
  return 'value' in from ? from.value : values[base + from.register];
}

function set(state: LitmusState, index: number, value: number): LitmusState {
  return { ...state, values: replaced(state.values, index, value) };
}

function replaced<T>(list: readonly T[], index: number, value: T): T[] {
  const copy = [...list];
  copy[index] = value;
  return copy;
}
