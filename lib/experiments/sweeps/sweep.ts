/** Runs a grid of points, each with every seed; what is in the folder already is not run again. */
import { availableParallelism } from 'node:os';
import { callable, list, numberAbove, plainObject, string, wholeNumber } from '../../engine/checks.js';
import { VERSION } from '../../engine/version.js';
import { pointIn } from './store/collect.js';
import {
  collected,
  pointName,
  type Collected,
  type CollectedPoint,
  type SweepSpecification,
} from './store/collected.js';
import { SweepFolder, type PlannedPoint } from './store/folder.js';
import { Keys } from './store/keys.js';
import { gridPoints, seedsOf, type Grid, type GridOptions, type SweepPoint } from './points.js';
import { manifestJson, resultsCsv, resultsNdjson } from './store/results.js';
import { outcomeOf, type RunModule, type SweepRun, type WholeOutcome } from './run.js';
import { RunThreads } from './threads.js';

/** How a sweep goes. */
export interface SweepOptions extends GridOptions {
  /** Where outcomes are kept; without one they are in the result only, and every point is run. */
  readonly folder?: string | undefined;
  /** The folder that relative paths of modules and files are meant from; the current one unless given. */
  readonly base?: string | undefined;
  /** Modules that the outcomes depend on and that no parameter names. A function as run with a folder needs its own here. */
  readonly modules?: readonly string[] | undefined;
  /** Other files that the outcomes depend on and that no parameter names. */
  readonly inputs?: readonly string[] | undefined;
  /** Threads, for a run of a module; as many as there are cores unless given. Outcomes do not depend on it. */
  readonly threads?: number | undefined;
  /** After which a point has failed, for a run of a module; it counts from the start of the point. No limit unless given. */
  readonly timeLimitSeconds?: number | undefined;
  /** Called at the start and after every point. */
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/** How far a sweep is. */
export interface SweepProgress {
  /** Points that were run, failed ones included. */
  readonly done: number;
  readonly failed: number;
  /** Points that were there before. */
  readonly reused: number;
  readonly total: number;
  /** Names of the points under way. */
  readonly running: readonly string[];
}

/**
 * Runs what is missing and returns all there is. A point that fails, takes too long or ends its thread costs itself only. The run is
 * a function, which runs in this thread, or an export of a module, which runs in threads. Throws a RangeError for options that
 * cannot be, a SweepError for files that cannot be read or written; what was finished before stays.
 */
export function sweep(grid: Grid, run: SweepRun | RunModule, options: SweepOptions): Promise<Collected> {
  plainObject(options, 'the options of a sweep');
  checkRun(run, options);
  const points = gridPoints(grid, options);
  return new Sweep(grid, run, options).all(points);
}

function checkRun(run: SweepRun | RunModule, options: SweepOptions): void {
  const { modules = [], inputs = [], threads, timeLimitSeconds, folder, base = '.', onProgress } = options;
  list(modules, 'modules');
  list(inputs, 'inputs');
  for (const path of [...modules, ...inputs]) string(path, 'a path of modules or inputs');
  string(base, 'base');
  if (folder !== undefined) string(folder, 'folder');
  if (onProgress !== undefined) callable(onProgress, 'onProgress');
  if (threads !== undefined) wholeNumber(threads, 'threads', 1, 1024);
  if (timeLimitSeconds !== undefined) numberAbove(timeLimitSeconds, 'timeLimitSeconds', 0, 1e6);
  if (typeof run !== 'function') {
    plainObject(run, 'the run of a sweep');
    if (!(run.module instanceof URL)) string(run.module, 'the run of a sweep: module');
    return;
  }
  if (folder !== undefined && modules.length === 0)
    throw new RangeError(
      'the run is a function, whose content is not known; name its module in modules, or give { module, name }',
    );
  if ((threads ?? 1) > 1 || timeLimitSeconds !== undefined)
    throw new RangeError(
      'threads and timeLimitSeconds need a run of a module; give { module, name } in place of a function',
    );
}

/** A sweep under way. */
class Sweep {
  private readonly run: SweepRun | RunModule;
  private readonly options: SweepOptions;
  private readonly specification: SweepSpecification;
  private readonly store: SweepFolder | null;
  private readonly base: string;
  private readonly running = new Map<number, string>();
  private total = 0;
  private reused = 0;
  private done = 0;
  private failed = 0;
  /** Set when nothing more can be kept: no further point is begun. */
  private stopped = false;

  constructor(grid: Grid, run: SweepRun | RunModule, options: SweepOptions) {
    const { folder, base = process.cwd(), fixed = {}, seeds, modules = [], inputs = [] } = options;
    this.run = run;
    this.options = options;
    this.base = base;
    this.store = folder === undefined ? null : new SweepFolder(folder);
    this.specification = { run: nameOf(run), grid, fixed, seeds: seedsOf(seeds), modules, inputs };
  }

  async all(points: readonly SweepPoint[]): Promise<Collected> {
    const found = this.store === null ? points.map(unplanned) : this.plan(points, this.store);
    const waiting = [...found.entries()].filter(([, point]) => isWanted(point));
    this.total = found.length;
    this.reused = found.filter(({ state }) => state === 'reused').length;
    const executor = this.executor(waiting.length);
    this.tell();
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && !this.stopped; next = waiting.shift())
        found[next[0]] = await this.finish(next, executor);
    };
    const ends = await Promise.allSettled(Array.from({ length: executor.width }, work));
    await executor.stop();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return this.results(found);
  }

  /** What is there already, and what is to be done: kept before it is begun. */
  private plan(points: readonly SweepPoint[], store: SweepFolder): CollectedPoint[] {
    const { modules, inputs } = this.specification;
    const keys = new Keys({ run: typeof this.run === 'function' ? null : this.run, modules, inputs, base: this.base });
    store.prepare();
    const found = points.map(point => pointIn(store, { ...point, key: keys.of(point), reused: true }));
    const planned = found.map(({ key, parameters, seed, state }): PlannedPoint => {
      return { key: key!, parameters, seed, reused: state === 'reused' };
    });
    store.write(
      'plan.json',
      `${JSON.stringify({ version: VERSION, specification: this.specification, points: planned }, null, 1)}\n`,
    );
    return found;
  }

  private executor(waiting: number): Executor {
    const { run, options, base } = this;
    if (typeof run === 'function')
      return {
        width: 1,
        run: async ({ parameters, seed }) => outcomeOf(await run(parameters, seed, { folder: base })),
        stop: () => Promise.resolve(),
      };
    const width = Math.min(options.threads ?? availableParallelism(), waiting);
    const threads = new RunThreads(run, { threads: width, base, timeLimitSeconds: options.timeLimitSeconds });
    return { width, run: point => threads.run(point), stop: () => threads.stop() };
  }

  /** Runs a point and keeps what came of it. Throws a SweepError if that cannot be written. */
  private async finish([index, point]: readonly [number, CollectedPoint], executor: Executor): Promise<CollectedPoint> {
    this.running.set(index, pointName(point, this.specification));
    const result = await resultOf(point, executor);
    this.running.delete(index);
    this.done++;
    if (result.state === 'failed') this.failed++;
    try {
      this.keep(result);
    } catch (error) {
      this.stopped = true;
      throw error;
    }
    this.tell();
    return result;
  }

  private keep({ key, parameters, seed, metrics, fingerprint, error }: CollectedPoint): void {
    const point = { parameters, seed };
    if (this.store === null) return;
    if (metrics === null) this.store.keepFailure(key!, point, error!);
    else this.store.keepOutcome(key!, point, { metrics, fingerprint });
  }

  private results(found: readonly CollectedPoint[]): Collected {
    const all = collected(VERSION, this.specification, found);
    this.store?.write('results.ndjson', resultsNdjson(all));
    this.store?.write('results.csv', resultsCsv(all));
    this.store?.write('manifest.json', manifestJson(all));
    return all;
  }

  private tell(): void {
    const { done, failed, reused, total, running } = this;
    this.options.onProgress?.({ done, failed, reused, total, running: [...running.values()] });
  }
}

/** What runs points. */
interface Executor {
  /** Points at a time. */
  readonly width: number;
  run(point: SweepPoint): Promise<WholeOutcome>;
  stop(): Promise<void>;
}

async function resultOf(point: CollectedPoint, executor: Executor): Promise<CollectedPoint> {
  try {
    return { ...point, ...(await executor.run(point)), state: 'computed', error: null };
  } catch (error) {
    return { ...point, state: 'failed', error: error instanceof Error ? error.message : String(error) };
  }
}

/** A point that is missing with an error has a file in its place that must not be lost. */
function isWanted({ state, error }: CollectedPoint): boolean {
  return state === 'failed' || (state === 'missing' && error === null);
}

function unplanned({ parameters, seed }: SweepPoint): CollectedPoint {
  return { key: null, parameters, seed, state: 'missing', metrics: null, fingerprint: null, error: null };
}

function nameOf(run: SweepRun | RunModule): string | null {
  if (typeof run === 'function') return null;
  if (run.module instanceof URL) return run.name ?? 'run';
  return run.name === undefined ? run.module : `${run.module}, ${run.name}`;
}
