/**
 * Litmus tests as data: a few threads of a few instructions, and a condition on what they leave behind. After Alglave,
 * Maranget and Tautschnig, Herding Cats, section 3. Everything is a 32-bit integer or the address of a location
 * (litmus-values.ts); every location has a word of its own.
 */
import { wholeNumber } from '../engine/checks.js';
import type { LitmusCondition, LitmusQuantifier } from './condition.js';
import { describeValue } from './values.js';

/** A register of the thread, by index, or a constant. */
export type LitmusOperand = { readonly register: number } | { readonly value: number };

/** What is accessed: a location, by index, or the one whose address a register of the thread holds. */
export type LitmusPlace = number | { readonly register: number };

/** How `set` and `update` join their operands, in 32-bit arithmetic; `exchange` takes the second. */
export type LitmusOperation = 'add' | 'subtract' | 'and' | 'or' | 'xor' | 'nor' | 'less' | 'less-unsigned' | 'exchange';

/** When a branch goes to its target. Order is that of signed integers. */
export type LitmusComparison = 'equal' | 'unequal' | 'less' | 'less-or-equal';

/** An instruction. Registers are indices into those of its thread, locations into those of the test. */
export type LitmusInstruction =
  | { readonly kind: 'load' | 'load-linked'; readonly register: number; readonly location: LitmusPlace }
  | { readonly kind: 'store'; readonly location: LitmusPlace; readonly value: LitmusOperand }
  /** Stores the register if the link holds, and leaves 1 in it, or else 0. */
  | { readonly kind: 'store-conditional'; readonly register: number; readonly location: LitmusPlace }
  /** One indivisible step, and a fence: the register (null for none) gets what was there, the location what is joined. */
  | {
      readonly kind: 'update';
      readonly register: number | null;
      readonly location: LitmusPlace;
      readonly operation: LitmusOperation;
      readonly value: LitmusOperand;
    }
  | { readonly kind: 'fence' }
  | {
      readonly kind: 'set';
      readonly register: number;
      readonly operation: LitmusOperation;
      readonly left: LitmusOperand;
      readonly right: LitmusOperand;
    }
  /** Goes to an instruction of the thread, by index; the number of instructions is its end. */
  | {
      readonly kind: 'branch';
      readonly comparison: LitmusComparison;
      readonly left: LitmusOperand;
      readonly right: LitmusOperand;
      readonly target: number;
    };

/** A thread. */
export interface LitmusThread {
  /** Names of its registers. Those that begin with a dot are the reader's own, and hold 0 at the end. */
  readonly registers: readonly string[];
  /** What they hold at first. */
  readonly initial: readonly number[];
  readonly instructions: readonly LitmusInstruction[];
  /** Where each instruction is in its file, as `file:line:column`, for messages. */
  readonly places?: readonly string[];
}

/** A litmus test. */
export interface LitmusTest {
  readonly name: string;
  /** Names of its locations. */
  readonly locations: readonly string[];
  /** What they hold at first. */
  readonly initial: readonly number[];
  readonly threads: readonly LitmusThread[];
  readonly quantifier: LitmusQuantifier;
  readonly condition: LitmusCondition;
}

/** What a run of a test leaves behind: the registers of all threads in order, then the locations. */
export type LitmusOutcome = readonly number[];

/** A file that is no litmus test that can be run. The message begins with `file:line:column`, or with the name of the test. */
export class LitmusError extends Error {
  override readonly name = 'LitmusError';
}

/** Where the registers of a thread begin in an outcome; for the number of threads, where the locations do. */
export function outcomeOffset({ threads }: LitmusTest, thread: number): number {
  wholeNumber(thread, 'outcomeOffset: thread', 0, threads.length);
  return threads.slice(0, thread).reduce((sum, { registers }) => sum + registers.length, 0);
}

/** An outcome in words: `0:EAX=0 1:EAX=1 x=1 y=1`. An address is the name of its location. */
export function describeOutcome(test: LitmusTest, outcome: LitmusOutcome): string {
  const registers = test.threads.flatMap((thread, i) =>
    thread.registers.map(name => (name.startsWith('.') ? '' : `${i}:${name}`)),
  );
  return [...registers, ...test.locations]
    .map((name, i) => (name === '' ? '' : `${name}=${describeValue(outcome[i], test.locations)}`))
    .filter(text => text !== '')
    .join(' ');
}

/** Throws a LitmusError about an instruction of a test, which begins with where it is. */
export function failAtInstruction(test: LitmusTest, thread: number, index: number, problem: string): never {
  const where = test.threads[thread].places?.[index] ?? `${test.name}: thread ${thread}, instruction ${index}`;
  throw new LitmusError(`${where}: ${problem}`);
}
