/**
 * Litmus tests as data: a few threads of a few instructions, and a condition on what they leave behind. After Alglave,
 * Maranget and Tautschnig, Herding Cats, section 3. Everything is a 32-bit word; every location has a word of its own.
 */
import { wholeNumber } from '../engine/checks.js';
import type { LitmusCondition, LitmusQuantifier } from './litmus-condition.js';

/** A register of the thread, by index, or a constant. */
export type LitmusOperand = { readonly register: number } | { readonly value: number };

/** How `set` joins its operands, in 32-bit arithmetic. */
export type LitmusOperation = 'add' | 'or' | 'xor';

/** An instruction. Registers are indices into those of its thread, locations into those of the test. */
export type LitmusInstruction =
  | { readonly kind: 'load' | 'load-linked'; readonly register: number; readonly location: number }
  | { readonly kind: 'store'; readonly location: number; readonly value: LitmusOperand }
  /** Stores the register if the link holds, and leaves 1 in it, or else 0. */
  | { readonly kind: 'store-conditional'; readonly register: number; readonly location: number }
  | { readonly kind: 'fence' }
  | {
      readonly kind: 'set';
      readonly register: number;
      readonly operation: LitmusOperation;
      readonly left: LitmusOperand;
      readonly right: LitmusOperand;
    };

/** A thread: straight-line code. */
export interface LitmusThread {
  /** Names of its registers. */
  readonly registers: readonly string[];
  /** What they hold at first. */
  readonly initial: readonly number[];
  readonly instructions: readonly LitmusInstruction[];
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

/** A file that is no litmus test that can be run. The message begins with `file:line:column`. */
export class LitmusError extends Error {
  override readonly name = 'LitmusError';
}

/** Where the registers of a thread begin in an outcome; for the number of threads, where the locations do. */
export function outcomeOffset({ threads }: LitmusTest, thread: number): number {
  wholeNumber(thread, 'outcomeOffset: thread', 0, threads.length);
  return threads.slice(0, thread).reduce((sum, { registers }) => sum + registers.length, 0);
}

/** An outcome in words: `0:EAX=0 1:EAX=1 x=1 y=1`. */
export function describeOutcome(test: LitmusTest, outcome: LitmusOutcome): string {
  const registers = test.threads.flatMap((thread, i) => thread.registers.map(name => `${i}:${name}`));
  return [...registers, ...test.locations].map((name, i) => `${name}=${outcome[i]!}`).join(' ');
}
