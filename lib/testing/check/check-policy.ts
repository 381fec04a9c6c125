/**
 * Checks a policy on random machines and random misses: what must hold for every policy, told with the shortest sequence
 * on which it does not.
 */
import { callable, flag, plainObject, string, wholeNumber } from '../../engine/checks.js';
import { randomStream } from '../../engine/random.js';
import type { DecisionEntry } from '../../placement/decision-log.js';
import type { EvidenceKind } from '../../placement/evidence.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { validatePolicy } from '../../placement/validate-policy.js';
import { missesOf, scenarioText, type PolicyCase } from './case.js';
import { drawBursts, drawMachine, paceOf, type Pace } from './draw.js';
import { judge, type Judging } from './judge.js';
import type { PolicyProperty } from './properties.js';
import { shrinkCase } from './shrink.js';
import { stateGrowth } from './state.js';

/** What may be unusual about a check. */
export interface PolicyCheckOptions {
  /** What every case is derived from; 'check' unless told. Equal seeds give equal checks. */
  readonly seed?: string;
  /** Random cases, from 1 to a million; 100 unless told. */
  readonly runs?: number;
  /**
   * Whether the policy has to decide alike when the nodes are numbered the other way round; not unless told, as a policy
   * that breaks ties by number or deals in turn rightly does not. No two latencies of the machines are equal.
   */
  readonly symmetric?: boolean;
  /** A property of your own: what is wrong with the decisions of one run, or null. Failures of it are shortened as well. */
  readonly rule?: (decisions: readonly DecisionEntry[]) => string | null;
  /**
   * Reads the bytes of the heap in use after a garbage collection (docs/testing-policies.md has it for Node). Only with it
   * is `bounded state` checked.
   */
  readonly heapBytes?: () => number;
}

/** One property that the policy does not hold. */
export interface PolicyFailure {
  readonly property: PolicyProperty;
  /** What is wrong, and what to do. */
  readonly message: string;
  /** The shortest sequence found, as a call of `scenario` with a fresh `policy`; empty for `bounded state`. */
  readonly scenario: string;
  /** Misses of that sequence. */
  readonly misses: number;
  /** Misses of the sequence that was found first. */
  readonly foundIn: number;
}

/** What a check found. */
export interface PolicyCheck {
  readonly passed: boolean;
  /** At most one for each property. */
  readonly failures: readonly PolicyFailure[];
  /** The seed of the check. */
  readonly seed: string;
  /** Misses of all cases, each counted once. */
  readonly steps: number;
  /** How often the policy was asked, by kind of evidence. A kind that it wants and that is missing was not checked. */
  readonly asked: Readonly<Partial<Record<EvidenceKind, number>>>;
  /** Properties that were not checked, each with the reason. */
  readonly unchecked: readonly string[];
}

/**
 * Bytes that a call may leave behind on the average, and calls that it takes to tell. A number in a list takes eight. The
 * heap of policies without state was seen to differ by 30 KB.
 */
const MOST_BYTES_PER_CALL = 2;
const LEAST_CALLS = 40_000;

/**
 * Checks policies that `make` makes, a fresh one for each run. A policy that loops without asking its views anything is not
 * stopped. Throws a RangeError for options or policy settings that are not valid.
 */
export function checkPolicy(make: () => PlacementPolicy, options: PolicyCheckOptions = {}): PolicyCheck {
  const judging = judgingOf(make, options);
  const { seed = 'check', runs = 100, heapBytes } = options;
  const pace = paceOf(make());
  const failures = new Map<PolicyProperty, PolicyFailure>();
  const asked: Partial<Record<EvidenceKind, number>> = {};
  let steps = 0;
  for (let number = 0; number < runs; number++) {
    const tried = drawCase(`${seed}/${number}`, pace, number);
    const { violation, watch } = judge(tried, judging);
    steps += missesOf(tried);
    for (const [kind, count] of watch.asked) asked[kind] = (asked[kind] ?? 0) + count;
    if (violation !== null && !failures.has(violation.property))
      failures.set(violation.property, shortened(tried, violation.property, violation.message, judging));
  }
  const unchecked = symmetryText(options);
  if (failures.size === 0) unchecked.push(...checkState(make, pace, heapBytes, failures));
  return { passed: failures.size === 0, failures: [...failures.values()], seed, steps, asked, unchecked };
}

/** Throws an Error with all failures in words unless the policies that `make` makes hold all properties. */
export function assertPolicy(make: () => PlacementPolicy, options: PolicyCheckOptions = {}): void {
  const check = checkPolicy(make, options);
  if (!check.passed) throw new Error(policyCheckText(check));
}

/** The failures of a check in words, with sequences that can be put into a test; one line if it passed. */
export function policyCheckText({ failures, steps, seed }: PolicyCheck): string {
  if (failures.length === 0) return `the policy holds everything that was checked in ${steps} misses`;
  const texts = failures.map(({ property, message, scenario, misses, foundIn }) =>
    [
      `not held: ${property}`,
      message,
      ...(scenario === '' ? [] : [`shortened from ${foundIn} misses to ${misses}:`, scenario]),
    ].join('\n'),
  );
  return [...texts, `(seed ${JSON.stringify(seed)})`].join('\n\n');
}

function judgingOf(make: () => PlacementPolicy, options: PolicyCheckOptions): Judging {
  callable(make, 'checkPolicy: make');
  plainObject(options, 'checkPolicy: options');
  const { seed = 'check', runs = 100, symmetric = false, rule, heapBytes } = options;
  string(seed, 'checkPolicy: seed');
  wholeNumber(runs, 'checkPolicy: runs', 1, 1e6);
  flag(symmetric, 'checkPolicy: symmetric');
  if (rule !== undefined) callable(rule, 'checkPolicy: rule');
  if (heapBytes !== undefined) callable(heapBytes, 'checkPolicy: heapBytes');
  const policy = make();
  validatePolicy(policy);
  if (make() === policy)
    throw new RangeError('checkPolicy: make returns the same policy twice; make a new one each time');
  return { make, symmetric, rule: rule ?? null, again: 1 };
}

function drawCase(seed: string, pace: Pace, kind: number): PolicyCase {
  const random = randomStream(seed, 'policy check');
  const machine = drawMachine(random);
  return { machine, bursts: drawBursts(random, machine, pace, kind), seed };
}

/** Chance may let two policies decide alike, so a shortened case is tried with several. */
const AGAIN_WHEN_SHORTENED = 4;

function shortened(found: PolicyCase, property: PolicyProperty, first: string, judging: Judging): PolicyFailure {
  const thorough = { ...judging, again: property === 'deterministic' ? AGAIN_WHEN_SHORTENED : judging.again };
  let message = first;
  let seeded = false;
  const { shrunk } = shrinkCase(found, tried => {
    const { violation, watch } = judge(tried, thorough);
    if (violation?.property !== property) return false;
    message = violation.message;
    seeded = watch.random;
    return true;
  });
  const [misses, foundIn] = [missesOf(shrunk), missesOf(found)];
  return { property, message, scenario: scenarioText(shrunk, seeded), misses, foundIn };
}

function symmetryText({ symmetric = false }: PolicyCheckOptions): string[] {
  return symmetric ? [] : ['symmetric: set symmetric if the numbers of nodes should not matter'];
}

/** Adds a failure if the state grows; returns why it was not checked otherwise. */
function checkState(
  make: () => PlacementPolicy,
  pace: Pace,
  heapBytes: (() => number) | undefined,
  failures: Map<PolicyProperty, PolicyFailure>,
): string[] {
  if (heapBytes === undefined) return ['bounded state: give heapBytes'];
  const property = 'bounded state';
  if (make().wants.length === 0) return [`${property}: it is asked at first touches only, once for each page`];
  const { calls, bytes } = stateGrowth(make, pace, heapBytes);
  if (calls < LEAST_CALLS)
    return [`${property}: asked ${calls} times only; lower the thresholds or periods of the policy`];
  if (bytes <= calls * MOST_BYTES_PER_CALL) return [];
  const what = `in ${calls} calls about 8 pages the heap grew by ${bytes} bytes`;
  const message = `${what}; keep what grows with pages and nodes only, or forget what is old`;
  failures.set(property, { property, message, scenario: '', misses: 0, foundIn: 0 });
  return [];
}
