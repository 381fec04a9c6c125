/**
 * Litmus tests on simulated machines: each runs many times, over random machines, placements and timings, and what was
 * observed is compared with all that the memory model allows. docs/consistency.md says what is sampled.
 */
import { plainObject, wholeNumber } from '../engine/checks.js';
import { randomStream } from '../engine/random.js';
import { buildMachine } from '../machine/machine.js';
import type { MachineSpecification } from '../machine/specification.js';
import { holds, verdict, type LitmusVerdict } from '../workloads/litmus-condition.js';
import { allowedOutcomes, type MemoryModel } from '../workloads/litmus-outcomes.js';
import { describeOutcome, type LitmusOutcome, type LitmusTest } from '../workloads/litmus-test.js';
import { litmusMachine } from './litmus-machine.js';
import { LitmusRounds, type LitmusEvent } from './litmus-rounds.js';

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

/** Runs a test. Throws a RangeError unless `runs` is a positive integer, and a LitmusError if the test has too many states. */
export function runLitmus(test: LitmusTest, options: LitmusOptions): LitmusReport {
  const steps = litmusSteps(test, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in pieces, for whoever wants to show how far it is: yields the number of rounds done, machine by machine. */
export function* litmusSteps(test: LitmusTest, options: LitmusOptions): Generator<number, LitmusReport, void> {
  plainObject(test, 'a litmus test');
  plainObject(options, 'the options of a litmus test');
  const { model, runs, seed } = options;
  wholeNumber(runs, 'runs, the rounds of a litmus test,', 1);
  const allowed = allowedOutcomes(test, model);
  const strong = new Set(allowedOutcomes(test, 'sc').map(String));
  const counts = new Map(allowed.map(outcome => [String(outcome), 0]));
  const forbidden = new Map<string, Sighting>();
  let conditionHeld = 0;
  for (let machine = 0; machine * ROUNDS < runs; machine++) {
    const rounds = runMachine(test, options, machine, Math.min(ROUNDS, runs - machine * ROUNDS));
    for (const [round, outcome] of rounds.outcomes.entries()) {
      const key = String(outcome);
      if (holds(test.condition, outcome)) conditionHeld++;
      const known = counts.get(key);
      if (known !== undefined) counts.set(key, known + 1);
      else sight(forbidden, key, { outcome, machine, round, count: 1 });
    }
    yield Math.min(runs, (machine + 1) * ROUNDS);
  }
  const observed = (list: readonly LitmusOutcome[]): ObservedOutcome[] =>
    list.map(outcome => ({ outcome: describeOutcome(test, outcome), count: counts.get(String(outcome))! }));
  return {
    test: test.name,
    ...{ model, seed, runs, conditionHeld },
    verdict: verdict(test, allowed),
    allowed: observed(allowed),
    weak: observed(allowed.filter(outcome => !strong.has(String(outcome)))),
    forbidden: [...forbidden.values()].map(sighting => explain(test, options, sighting)),
  };
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

/** Runs some rounds on one machine of a series. A watched round (or -1) keeps its history, and nothing runs ahead then. */
function runMachine(
  test: LitmusTest,
  options: LitmusOptions,
  index: number,
  count: number,
  watched = -1,
): LitmusRounds {
  const { model, seed, protocol = 'MESI' } = options;
  const random = randomStream(seed, `litmus ${test.name} ${model} ${index}`);
  const storeBuffer = model === 'tso' ? 1 + random.below(8) : 0;
  const specification = litmusMachine(random, { threads: test.threads.length, protocol, storeBuffer });
  const machine = buildMachine(specification, { seed, runAhead: watched < 0 && runsAhead(index) });
  const rounds = new LitmusRounds(test, machine, random, count, watched);
  machine.run();
  return rounds;
}

/** Runs a machine again to tell how a forbidden outcome came about. */
function explain(test: LitmusTest, options: LitmusOptions, sighting: Sighting): ForbiddenOutcome {
  const { outcome, count, machine, round } = sighting;
  const again = runMachine(test, options, machine, round + 1, round);
  return {
    outcome: describeOutcome(test, outcome),
    ...{ count, machine, round },
    runAhead: runsAhead(machine),
    setting: again.describe(round),
    history: again.history,
  };
}
