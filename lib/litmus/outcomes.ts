/**
 * All outcomes of a litmus test, by complete enumeration of an abstract machine. SC: one step is one instruction (Lamport
 * 1979). TSO: stores go to a first-in, first-out buffer of their thread, loads look there first, and that a store leaves
 * the buffer is a step of its own (Sewell et al., x86-TSO, 2010). Fences, updates and linked accesses wait for the
 * thread's buffer to be empty.
 *
 * Every state is visited once. Where a thread's next step can neither be noticed by the others nor depend on them, the
 * state has this step only: a persistent set (Godefroid 1996), which leaves out orders, never an outcome.
 *
 * Linked accesses: a store of another thread to the location breaks the link, and a store-conditional may also fail
 * for no reason, because a cache may lose the line.
 */
import { plainObject, wholeNumber } from '../engine/checks.js';
import { LitmusMachine, type LitmusState } from './states.js';
import { LitmusError, type LitmusOutcome, type LitmusTest } from './litmus-test.js';

/** A memory model. */
export type MemoryModel = 'sc' | 'tso';

/** Names of the memory models. */
export const MEMORY_MODELS: readonly MemoryModel[] = ['sc', 'tso'];

/** States after which a test is refused, unless told otherwise: some hundred megabytes. */
export const MOST_LITMUS_STATES = 2_000_000;

/** States between two steps of the generator. */
const SLICE = 250;

/** Every outcome that a model allows, in a fixed order. Throws a LitmusError if the test has more than `mostStates` states. */
export function allowedOutcomes(
  test: LitmusTest,
  model: MemoryModel,
  mostStates: number = MOST_LITMUS_STATES,
): LitmusOutcome[] {
  const steps = outcomeSteps(test, model, mostStates);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in pieces of some milliseconds: yields the number of states found so far. */
export function* outcomeSteps(
  test: LitmusTest,
  model: MemoryModel,
  mostStates: number = MOST_LITMUS_STATES,
): Generator<number, LitmusOutcome[], void> {
  plainObject(test, 'allowedOutcomes: test');
  wholeNumber(mostStates, 'allowedOutcomes: mostStates', 1);
  const machine = new LitmusMachine(test, model === 'tso');
  const outcomes = new Map<string, LitmusOutcome>();
  const start = machine.start();
  const seen = new Set([machine.keyOf(start)]);
  const waiting: LitmusState[] = [start];
  for (let state = waiting.pop(), visited = 1; state !== undefined; state = waiting.pop(), visited++) {
    const next = machine.next(state);
    if (next.length === 0) outcomes.set(state.values.join(), state.values);
    for (const after of next) {
      const key = machine.keyOf(after);
      if (seen.has(key)) continue;
      if (seen.size === mostStates)
        throw new LitmusError(
          `${test.name}: more than ${mostStates} states under ${model}; use fewer instructions, or allow more states`,
        );
      seen.add(key);
      waiting.push(after);
    }
    if (visited % SLICE === 0) yield seen.size;
  }
  return [...outcomes.values()].sort(compareOutcomes);
}

/** The order of outcomes: by the first value that differs. */
export function compareOutcomes(a: LitmusOutcome, b: LitmusOutcome): number {
  const i = a.findIndex((value, index) => value !== b[index]);
  return i < 0 ? 0 : a[i] - b[i];
}
