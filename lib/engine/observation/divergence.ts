/**
 * Where two runs that should be equal part. Runs are deterministic, so nothing of them has to be kept but checkpoints of
 * the fingerprint: both are made again, and looked at closely between the two checkpoints where they part.
 */
import { callable, plainObject } from '../checks.js';
import { Checkpoints } from './checkpoints.js';
import { EventWindow, type FiredEvent } from './event-window.js';
import type { Observer } from './observer.js';
import type { Simulation } from '../simulation.js';

/** A run to be compared: a `Simulation` that is wired, a `Machine` that is loaded, or any object with these two. */
export interface ComparedRun {
  readonly simulation: Simulation;
  /** Runs to the end. May stop once `progress`, called now and then, returned false. */
  run(limits: { readonly progress: () => boolean }): unknown;
}

/** How runs are compared. */
export interface DivergenceOptions {
  /**
   * Checkpoints kept of each run: an even number, 65,536 unless given. That takes half a megabyte, and in runs of 10^8 events
   * at most 2048 events are looked at closely.
   */
  readonly checkpoints?: number;
}

/** A run had no further event. */
export interface RunOver {
  /** What it threw; null if it ended. */
  readonly error: string | null;
}

/** Where two runs part. */
export interface Divergence {
  /** Number of events before, which are equal in both. */
  readonly events: number;
  /** What comes next in the first run, or that nothing does. */
  readonly first: FiredEvent | RunOver;
  /** What comes next in the second run. */
  readonly second: FiredEvent | RunOver;
}

/** A run that was made again differs from itself. */
export class NotReproducibleError extends Error {
  override readonly name = 'NotReproducibleError';
}

const DEFAULT_CHECKPOINTS = 65536;

/** Makes a run; what it is called in errors. */
interface Maker {
  readonly name: string;
  readonly make: () => ComparedRun;
}

/** A run that is over, and what watched it. */
interface Watched<Watcher> {
  readonly watcher: Watcher;
  readonly thrown: { readonly error: unknown } | null;
}

/**
 * The first event at which two runs differ; null if all events are equal. Each function makes a fresh run, the same whenever it is
 * called, which is twice. The runs' observers are replaced; their fingerprints stay as they are. If a run throws, what it did
 * before counts; if both are equal up to there, what the first threw is thrown. Throws a NotReproducibleError if a run made
 * again differs from itself or is not fresh.
 */
export function firstDivergence(
  makeFirst: () => ComparedRun,
  makeSecond: () => ComparedRun,
  options: DivergenceOptions = {},
): Divergence | null {
  callable(makeFirst, 'the maker of the first run');
  callable(makeSecond, 'the maker of the second run');
  plainObject(options, 'the options of firstDivergence');
  const { checkpoints = DEFAULT_CHECKPOINTS } = options;
  const makers = { first: { name: 'first', make: makeFirst }, second: { name: 'second', make: makeSecond } };
  const keep = (simulation: Simulation): Checkpoints => new Checkpoints(simulation.fingerprint, checkpoints);
  const first = watch(makers.first, keep, Infinity);
  const second = watch(makers.second, keep, Infinity);
  const from = lastEqual(first, second);
  if (from === null) {
    const { thrown } = first.thrown === null ? second : first;
    if (thrown !== null) throw thrown.error;
    return null;
  }
  const to = from + Math.max(first.watcher.stride, second.watcher.stride);
  return firstDifference(
    from,
    look(makers.first, first.watcher, from, to),
    look(makers.second, second.watcher, from, to),
  );
}

/** Makes a run and runs it to its end, or until `last` events have fired. */
function watch<Watcher extends Observer>(
  { name, make }: Maker,
  watcherOf: (simulation: Simulation) => Watcher,
  last: number,
): Watched<Watcher> {
  const run = make();
  const { simulation } = run;
  if (simulation.events > 0)
    throw new NotReproducibleError(
      `the ${name} run is not fresh: it has had ${simulation.events} events; make a new one in each call`,
    );
  const watcher = watcherOf(simulation);
  simulation.observer = watcher;
  let thrown: Watched<Watcher>['thrown'] = null;
  try {
    run.run({ progress: () => simulation.events < last });
  } catch (error) {
    thrown = { error };
  }
  simulation.observer = null;
  return { watcher, thrown };
}

/** Number of events at the last checkpoint before two runs part; null if they do not. */
function lastEqual(first: Watched<Checkpoints>, second: Watched<Checkpoints>): number | null {
  const stride = Math.max(first.watcher.stride, second.watcher.stride);
  const shorter = Math.min(first.watcher.events, second.watcher.events);
  const differs = (events: number): boolean => first.watcher.after(events) !== second.watcher.after(events);
  for (let events = stride; events <= shorter; events += stride) if (differs(events)) return events - stride;
  if (first.watcher.events === second.watcher.events && !differs(shorter)) return null;
  return shorter - (shorter % stride);
}

/** Makes a run again and records what lies between two checkpoints. */
function look(maker: Maker, before: Checkpoints, from: number, to: number): Watched<EventWindow> {
  const again = watch(maker, simulation => new EventWindow(simulation, from, to), to);
  const { fingerprints } = again.watcher;
  const end = Math.min(to, before.events);
  if (
    fingerprints.length !== end - from + 1 ||
    fingerprints[0] !== before.after(from) ||
    fingerprints.at(-1) !== before.after(end)
  )
    throw new NotReproducibleError(
      `the ${maker.name} run is not reproducible: made again, it differs from itself within its first ${end} events; ` +
        'look for state that outlives a run, a clock, or random numbers that are not those of the simulation',
    );
  return again;
}

function firstDifference(from: number, first: Watched<EventWindow>, second: Watched<EventWindow>): Divergence {
  let index = 0;
  while (first.watcher.fingerprints[index + 1] === second.watcher.fingerprints[index + 1]) index++;
  const next = ({ watcher, thrown }: Watched<EventWindow>): FiredEvent | RunOver =>
    watcher.events[index] ?? { error: thrown === null ? null : String(thrown.error) };
  return { events: from + index, first: next(first), second: next(second) };
}

/** A divergence for people, in three lines. */
export function divergenceText({ events, first, second }: Divergence): string {
  return [`equal for ${events} events, then`, `first:  ${nextText(first)}`, `second: ${nextText(second)}`].join('\n');
}

function nextText(next: FiredEvent | RunOver): string {
  if ('error' in next) return next.error === null ? 'nothing: the run is over' : `nothing: ${next.error}`;
  const { time, receiver, rank, message, signature } = next;
  return `tick ${time}, ${receiver} (rank ${rank}) gets ${message} (signature ${signature})`;
}
