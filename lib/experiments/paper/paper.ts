/** The paper, rerun: every table and figure that was measured on the simulated machine, ours beside theirs. */
import { callable, plainObject, wholeNumber } from '../../engine/checks.js';
import { VERSION } from '../../engine/version.js';
import { quantile } from '../sweeps/statistics/estimate.js';
import { checkComplete, type Collected } from '../sweeps/store/collected.js';
import { seedsFrom } from '../sweeps/points.js';
import { sweep, type SweepProgress } from '../sweeps/sweep.js';
import { figure5 } from './experiments/figure-5.js';
import { figure6 } from './experiments/figure-6.js';
import { figure7 } from './experiments/figure-7.js';
import { figure8, table3 } from './experiments/figure-8.js';
import { table2 } from './experiments/table-2.js';
import type {
  PaperExperiment,
  PaperOrder,
  PaperResult,
  PaperRow,
  PaperRunResult,
  Reading,
  RunsOf,
} from './experiment.js';
import { Measured } from './measures.js';
import { whyOff } from './misses.js';
import { PAPER_LENGTHS, PAPER_RUNS, paperRunNames, type PaperLength, type PaperRunName } from './runs.js';

/** All experiments, in the order of the paper. */
export const paperExperiments: readonly PaperExperiment[] = [figure5, table2, figure6, figure7, figure8, table3].map(
  experiment => experiment as PaperExperiment,
);

/** How the paper is rerun. */
export interface PaperOptions {
  /** Names of experiments; all unless given. */
  readonly only?: readonly string[] | undefined;
  /** `usual` unless given: its figures show shapes; those of `full` stand beside the paper. */
  readonly length?: PaperLength | undefined;
  /** The first of the seeds; `1997` unless given. */
  readonly seed?: string | undefined;
  /** How many seeds; 1 unless given. */
  readonly seeds?: number | undefined;
  /** A folder in which finished runs are kept: what is there is not run again. */
  readonly folder?: string | undefined;
  /** Runs at a time; as many as there are cores unless given. */
  readonly threads?: number | undefined;
  /** Called after each run. */
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/**
 * Makes the runs that the experiments share, each once with every seed, and reads them. Throws a RangeError for what cannot be
 * asked for, and a SweepError if a run failed, which names it.
 */
export async function rerunPaper(options: PaperOptions = {}): Promise<PaperResult> {
  const { length = 'usual', seed = '1997', seeds = 1, folder, threads, onProgress } = checked(options);
  const experiments = chosen(options.only);
  const names = paperRunNames.filter(name => experiments.some(({ runs }) => runs.includes(name)));
  const run = { module: new URL('./paper-run.js', import.meta.url), name: 'paperRun' };
  const all = seedsFrom(seed, seeds);
  const found = await sweep({ run: longestFirst(names) }, run, {
    seeds: all,
    fixed: { length },
    folder,
    threads,
    onProgress,
  });
  checkComplete(found);
  return paperResult(experiments, names, length, all, found);
}

/** Experiments by name or its beginning, `figure` for all figures. Throws a RangeError for a name that there is not. */
export function chosen(only: readonly string[] | undefined): readonly PaperExperiment[] {
  if (only === undefined) return paperExperiments;
  for (const word of only)
    if (word === '' || !paperExperiments.some(({ name }) => name.startsWith(word)))
      throw new RangeError(
        `there is no experiment ${JSON.stringify(word)}; there are ${paperExperiments.map(({ name }) => name).join(', ')}`,
      );
  return paperExperiments.filter(({ name }) => only.some(word => name.startsWith(word)));
}

function checked(options: PaperOptions): PaperOptions {
  plainObject(options, 'the options of rerunPaper');
  const { length, seeds, onProgress } = options;
  if (length !== undefined && !PAPER_LENGTHS.includes(length))
    throw new RangeError(`there is no length ${String(length)}; there are ${PAPER_LENGTHS.join(', ')}`);
  if (seeds !== undefined) wholeNumber(seeds, 'the number of seeds', 1, 1000);
  if (onProgress !== undefined) callable(onProgress, 'onProgress');
  return options;
}

/** Long runs begin first, so that no thread has one left when the others have nothing to do: guests boot, and processors compute. */
function longestFirst(names: readonly PaperRunName[]): PaperRunName[] {
  const work = (name: PaperRunName): number => {
    const { processors, guests } = PAPER_RUNS[name];
    return processors * (guests + 1);
  };
  return [...names].sort((a, b) => work(b) - work(a));
}

function paperResult(
  experiments: readonly PaperExperiment[],
  names: readonly PaperRunName[],
  length: PaperLength,
  seeds: readonly string[],
  { points }: Collected,
): PaperResult {
  const at = (run: PaperRunName, seed: string) =>
    points.find(point => point.parameters.run === run && point.seed === seed)!;
  const bySeed = seeds.map(
    seed =>
      Object.fromEntries(names.map(name => [name, new Measured(at(name, seed).metrics!)])) as RunsOf<PaperRunName>,
  );
  return {
    version: VERSION,
    length,
    seeds,
    experiments: experiments.map(({ name, title, about }) => ({ name, title, about })),
    rows: experiments.flatMap(experiment => rowsOf(experiment, length, bySeed)),
    orders: experiments.flatMap(experiment => ordersOf(experiment, bySeed)),
    runs: names.flatMap(run =>
      seeds.map((seed): PaperRunResult => {
        const { metrics, fingerprint } = at(run, seed);
        const measured = new Measured(metrics!);
        return { run, seed, fingerprint, elapsedNs: measured.at('elapsedNs'), idle: measured.time('idle') };
      }),
    ),
  };
}

/** Rows with the median over the seeds. */
function rowsOf(experiment: PaperExperiment, length: PaperLength, bySeed: readonly RunsOf<PaperRunName>[]): PaperRow[] {
  const readings = bySeed.map(runs => experiment.readings(runs));
  return readings[0].map(({ ours: _, source, ...row }: Reading, i): PaperRow => {
    const values = readings.map(of => of[i].ours);
    const ours = quantile(values, 0.5);
    const within = length === 'full' ? Math.abs(ours - row.paper) <= row.tolerance : null;
    const key = { experiment: experiment.name, configuration: row.configuration, quantity: row.quantity };
    return {
      experiment: experiment.name,
      ...row,
      ours,
      least: Math.min(...values),
      most: Math.max(...values),
      within,
      where: source.where,
      known: source.known,
      why: within === false ? whyOff(key) : null,
    };
  });
}

function ordersOf({ name, orders }: PaperExperiment, bySeed: readonly RunsOf<PaperRunName>[]): PaperOrder[] {
  const all = bySeed.map(runs => orders(runs));
  return all[0].map(({ statement }, i) => {
    return { experiment: name, statement, holds: all.filter(of => of[i].holds).length, seeds: all.length };
  });
}
