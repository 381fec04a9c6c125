/**
 * Makes a failing random test short: fewer processors, nodes and checks, no jitter, another seed, as long as it still
 * fails by the same check; then replays it and tells the history of its line.
 */
import { lineNumber, type Line } from '../../messages/addresses.js';
import type { CoherenceMessage } from '../../messages/coherence-messages.js';
import { HOME, KIND_NAMES } from '../../messages/coherence-messages.js';
import type { Message } from '../../engine/port.js';
import type { Observer } from '../../engine/observation/observer.js';
import type { RandomFailure, RandomTestOptions } from './options.js';
import { RandomTester, randomTest } from './tester.js';

/** A short failing test. */
export interface ShrunkTest {
  readonly options: RandomTestOptions;
  readonly failure: RandomFailure;
  /** The last messages about the line of the failure, oldest first, one to a line. */
  readonly history: readonly string[];
  /** Runs that it took. */
  readonly runs: number;
}

/** Seeds that are tried for a smaller machine, and for a shorter run on it. */
const STRUCTURE_SEEDS = 8;
const LENGTH_SEEDS = 100;
/** Accesses that a smaller machine may take at least. */
const SHORT = 400;
/** Messages of the line that are kept. */
const HISTORY = 40;

/** Shortens a failing test. Throws an Error if it does not fail. Deterministic, like the tests. */
export function shrinkRandomTest(failing: RandomTestOptions): ShrunkTest {
  let best = failing;
  let runs = 1;
  const first = randomTest(failing).failure;
  if (first === null) throw new Error(`the random test of seed ${JSON.stringify(failing.seed)} does not fail`);
  let failure = first;
  /** Keeps a changed test if it fails by the same check within so many accesses. */
  const keeps = (changes: Partial<RandomTestOptions>, accesses: number): boolean => {
    const options = { ...best, accesses: Math.min(best.accesses, accesses), ...changes };
    runs++;
    const found = randomTest(options).failure;
    if (found?.check !== failure.check) return false;
    best = options;
    failure = found;
    return true;
  };
  // A smaller machine is worth some more accesses, and a few seeds to find them.
  const smaller = (changes: Partial<RandomTestOptions>): boolean =>
    keeps(changes, failure.access + 1) ||
    seeds(failing.seed, STRUCTURE_SEEDS).some(seed => keeps({ ...changes, seed }, Math.max(failure.access, SHORT)));
  for (let again = true; again;) {
    const { checks, nodes, processorsPerNode, jitter } = best;
    again =
      (jitter && smaller({ jitter: false })) ||
      (nodes > 1 && (smaller({ nodes: Math.ceil(nodes / 2) }) || smaller({ nodes: nodes - 1 }))) ||
      (processorsPerNode > 1 && smaller({ processorsPerNode: processorsPerNode - 1 })) ||
      (checks > 1 && (smaller({ checks: Math.ceil(checks / 2) }) || smaller({ checks: checks - 1 })));
  }
  for (const seed of seeds(failing.seed, LENGTH_SEEDS)) if (failure.access > 1) keeps({ seed }, failure.access - 1);
  return { options: best, failure, history: historyOf(best, lineNumber(failure.line)), runs };
}

function seeds(seed: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${seed}.${i}`);
}

/** Runs a test once more and keeps the last messages about a line. */
function historyOf(options: RandomTestOptions, line: Line): string[] {
  const tester = new RandomTester(options);
  const history: string[] = [];
  const { simulation } = tester.machine;
  const name = (cache: number): string => (cache === HOME ? 'home' : tester.machine.drivers[cache].path);
  const seen = new WeakSet<Message>();
  const observer: Observer = {
    sent: (_from, _to, message, departs) => {
      const { line: about, kind, from, to, acks, requester } = message as CoherenceMessage;
      if (about !== line || seen.has(message)) return;
      seen.add(message);
      const state = from === HOME ? homeState(tester, line) : tester.machine.drivers[from].caches.stateOf(line);
      const count = acks === 0 ? '' : `, ${acks} acks`;
      const behalf = requester === from || requester === to ? '' : ` for ${name(requester)}`;
      history.push(
        `tick ${departs}: ${name(from)} (${state}) sends ${KIND_NAMES[kind]} to ${name(to)}${behalf}${count}`,
      );
      if (history.length > HISTORY) history.shift();
    },
  };
  simulation.observer = observer;
  tester.advance(Infinity);
  return history;
}

function homeState({ machine, protocol }: RandomTester, line: Line): string {
  const { directory } = machine.controllers[machine.map.homeOfLine(line)];
  return protocol.home.states[directory.state[directory.entry(line)]];
}

/** A shrunk test in words. */
export function shrunkText({ options, failure, history, runs }: ShrunkTest): string {
  const {
    seed,
    protocol,
    directory = { format: 'full' },
    nodes,
    processorsPerNode,
    topology,
    network,
    checks,
    jitter,
  } = options;
  return [
    `${failure.check}: ${failure.message}`,
    `after ${failure.access} accesses at tick ${failure.tick}, shortened in ${runs} runs to: ${protocol.name}, directory ${JSON.stringify(directory)}, ` +
      `${nodes} nodes of ${processorsPerNode} on a ${topology} (${network}), ${checks} checks, ` +
      `${jitter ? 'with' : 'without'} jitter, seed ${JSON.stringify(seed)}`,
    ...(failure.line < 0 ? [] : [`line ${failure.line}, its last messages and the state of the sender then:`]),
    ...history.map(entry => `  ${entry}`),
  ].join('\n');
}
