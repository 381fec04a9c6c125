/**
 * Litmus tests on simulated machines: each runs many times, over random machines, placements and timings, and what was
 * observed is compared with all that the memory model allows. docs/consistency.md says what is sampled.
 */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import { randomStream } from '../../engine/random.js';
import { buildMachine } from '../../machine/machine.js';
import type { MachineSpecification } from '../../machine/specification/specification.js';
import { holds, verdict, type LitmusVerdict } from '../../litmus/condition.js';
import { outcomeSteps, type MemoryModel } from '../../litmus/outcomes.js';
import { describeOutcome, LitmusError, type LitmusOutcome, type LitmusTest } from '../../litmus/litmus-test.js';
import { litmusMachine } from './machine.js';
import { LitmusRounds, type LitmusEvent } from './rounds.js';

/** How a test is run. */
export interface LitmusOptions {
  /** What processors promise: SC ones have no store buffer, TSO ones have one of one to eight entries. */
  readonly model: MemoryModel;
  /** Rounds, a positive integer. */
  readonly runs: number;
  /** Master seed; equal seeds give equal reports. */
  readonly seed: string;
  /** The coherence protocol; MESI unless given. */
  readonly protocol?: MachineSpecification['protocol'];
  /** Whether stores stay in the buffers of most TSO machines for random times, which shows more; true unless given. */
  readonly lateDrains?: boolean;
  /** States of the enumeration after which the test is refused; two million unless given. */
  readonly mostStates?: number;
}

/** How far a test is. */
export interface LitmusProgress {
  /** The outcomes that a model allows are looked for first. */
  readonly phase: 'enumerating' | 'running';
  /** States found, or rounds done. */
  readonly done: number;
}

/** An outcome and how often it was observed. */
export interface ObservedOutcome {
  readonly outcome: string;
  readonly count: number;
}

/** An outcome that the model forbids, and how to see it again. */
export interface ForbiddenOutcome extends ObservedOutcome {
  /** Number of the machine and of the round on it, of the first observation: with the seed, all there is to know. */
  readonly machine: number;
  readonly round: number;
  readonly runAhead: boolean;
  /** The machine, where locations lay, how the threads started. */
  readonly setting: readonly string[];
  /** What was done when, in order of completion. */
  readonly history: readonly LitmusEvent[];
}

/** What became of a test. */
export interface LitmusReport {
  readonly test: string;
  readonly model: MemoryModel;
  readonly seed: string;
  readonly runs: number;
  /** Whether the model allows what the condition asks for. */
  readonly verdict: LitmusVerdict;
  /** Rounds in which the proposition of the condition held. */
  readonly conditionHeld: number;
  /** Every outcome that the model allows, with 0 for those that were never observed. */
  readonly allowed: readonly ObservedOutcome[];
  /** Of these, the ones that SC does not allow. */
  readonly weak: readonly ObservedOutcome[];
  readonly forbidden: readonly ForbiddenOutcome[];
}

/** Rounds on one machine. */
const ROUNDS = 50;
/** What machines with late drains draw from: the longest time in cycles that a store waits in its buffer. */
const DELAYS = [1024, 16384];
/** How far a machine runs between two steps of the generator. */
const SLICE = { events: 20_000, ticks: 1_000_000 };

/**
 * Runs a test. Throws a RangeError unless `runs` is a positive integer, and a LitmusError if the test has too many states,
 * or none in which it has ended, or uses what is no address.
 */
export function runLitmus(test: LitmusTest, options: LitmusOptions): LitmusReport {
  const steps = litmusSteps(test, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in pieces of some milliseconds, to show how far it is, or to stop. */
export function* litmusSteps(test: LitmusTest, options: LitmusOptions): Generator<LitmusProgress, LitmusReport, void> {
  plainObject(test, 'a litmus test');
  plainObject(options, 'the options of a litmus test');
  const { model, runs, seed } = options;
  wholeNumber(runs, 'runs, the rounds of a litmus test,', 1);
  const allowed = yield* enumerate(test, model, options);
  if (allowed.length === 0) throw new LitmusError(`${test.name}: the threads never end`);
  const strong = new Set((model === 'sc' ? allowed : yield* enumerate(test, 'sc', options)).map(String));
  const counts = new Map(allowed.map(outcome => [String(outcome), 0]));
  const forbidden = new Map<string, Sighting>();
  let conditionHeld = 0;
  for (let machine = 0; machine * ROUNDS < runs; machine++) {
    const count = Math.min(ROUNDS, runs - machine * ROUNDS);
    const rounds = yield* runMachine(test, options, { machine, count, watched: -1 });
    for (const [round, outcome] of rounds.outcomes.entries()) {
      const key = String(outcome);
      if (holds(test.condition, outcome)) conditionHeld++;
      const known = counts.get(key);
      if (known !== undefined) counts.set(key, known + 1);
      else sight(forbidden, key, { outcome, machine, round, count: 1 });
    }
  }
  const explained: ForbiddenOutcome[] = [];
  for (const sighting of forbidden.values()) explained.push(yield* explain(test, options, sighting));
  const observed = (list: readonly LitmusOutcome[]): ObservedOutcome[] =>
    list.map(outcome => ({ outcome: describeOutcome(test, outcome), count: counts.get(String(outcome))! }));
  return {
    test: test.name,
    model,
    seed,
    runs,
    conditionHeld,
    verdict: verdict(test, allowed),
    allowed: observed(allowed),
    weak: observed(allowed.filter(outcome => !strong.has(String(outcome)))),
    forbidden: explained,
  };
}

function* enumerate(
  test: LitmusTest,
  model: MemoryModel,
  { mostStates }: LitmusOptions,
): Generator<LitmusProgress, LitmusOutcome[], void> {
  const steps = outcomeSteps(test, model, mostStates);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    yield { phase: 'enumerating', done: value };
  }
}

/** Whether tests that may show more than SC allows have done so at least once; null if there are none. */
export function shownWeak(reports: readonly LitmusReport[]): boolean | null {
  const weak = reports.flatMap(report => report.weak);
  return weak.length === 0 ? null : weak.some(({ count }) => count > 0);
}

/** Where a forbidden outcome was first seen. */
interface Sighting {
  readonly outcome: LitmusOutcome;
  readonly machine: number;
  readonly round: number;
  count: number;
}

function sight(sightings: Map<string, Sighting>, key: string, sighting: Sighting): void {
  const known = sightings.get(key);
  if (known === undefined) sightings.set(key, sighting);
  else known.count++;
}

/** Machines take turns in running ahead, which must not matter. */
const runsAhead = (machine: number): boolean => machine % 2 === 0;

/** Some rounds on one machine of a series. A watched round (or -1) keeps its history, and nothing runs ahead then. */
interface Batch {
  readonly machine: number;
  readonly count: number;
  readonly watched: number;
}

function* runMachine(
  test: LitmusTest,
  options: LitmusOptions,
  { machine: index, count, watched }: Batch,
): Generator<LitmusProgress, LitmusRounds, void> {
  const { model, seed, protocol = 'MESI', lateDrains = true } = options;
  const random = randomStream(seed, `litmus ${test.name} ${model} ${index}`);
  const storeBuffer = model === 'tso' ? 1 + random.below(8) : 0;
  const storeDelayCycles = model === 'tso' && lateDrains ? DELAYS[random.below(DELAYS.length)] : 0;
  const threads = test.threads.length;
  const specification = litmusMachine(random, { threads, protocol, storeBuffer, storeDelayCycles });
  const machine = buildMachine(specification, { seed, runAhead: watched < 0 && runsAhead(index) });
  const rounds = new LitmusRounds(test, machine, random, { count, watched, storeDelayCycles });
  const { simulation } = machine;
  while (machine.run({ events: SLICE.events, until: simulation.now + SLICE.ticks }) !== 'finished')
    yield { phase: 'running', done: index * ROUNDS };
  yield { phase: 'running', done: index * ROUNDS + count };
  return rounds;
}

/** Runs a machine again to tell how a forbidden outcome came about. */
function* explain(
  test: LitmusTest,
  options: LitmusOptions,
  sighting: Sighting,
): Generator<LitmusProgress, ForbiddenOutcome, void> {
  const { outcome, count, machine, round } = sighting;
  const again = yield* runMachine(test, options, { machine, count: round + 1, watched: round });
  return {
    outcome: describeOutcome(test, outcome),
    count,
    machine,
    round,
    runAhead: runsAhead(machine),
    setting: again.describe(round),
    history: again.history,
  };
}
