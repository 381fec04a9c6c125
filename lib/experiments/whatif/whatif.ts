/** Questions that the Disco paper leaves open, each a sweep over one machine, one monitor or one system. */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import { suggestion } from '../../engine/suggestion.js';
import { seedsFrom, type Grid, type SweepParameters } from '../sweeps/points.js';
import { checkComplete, type Collected } from '../sweeps/store/collected.js';
import { summariseSweep, type SweepSummary } from '../sweeps/summary.js';
import { sweep, type SweepProgress } from '../sweeps/sweep.js';
import { WHAT_IFS, type WhatIfName } from './what-ifs.js';

/** A question, as data. */
export interface WhatIf {
  /** What is asked, as a heading. */
  readonly title: string;
  /** What is run, and what is looked at. */
  readonly about: string;
  /** What the paper says about it, and where; null if nothing. */
  readonly paper: string | null;
  /** Values by axis: the runs. `whatIfRun` knows what they mean. */
  readonly grid: Grid;
  /** The runs of a quick look. */
  readonly quick: Grid;
  /** What others are compared with. */
  readonly baseline: SweepParameters;
  /** Names of the metrics that are shown; see `resultMetrics`. */
  readonly metrics: readonly string[];
}

/** How a question is asked. */
export interface WhatIfOptions {
  /** Fewer and shorter runs. */
  readonly quick?: boolean | undefined;
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

/** An answer. Plain data. */
export interface WhatIfAnswer {
  readonly name: WhatIfName;
  readonly whatIf: WhatIf;
  readonly found: Collected;
  readonly summary: SweepSummary;
}

/** Throws a RangeError for a question that there is not. */
export function whatIfOf(name: string): WhatIf {
  if (Object.hasOwn(WHAT_IFS, name)) return WHAT_IFS[name as WhatIfName];
  const names = Object.keys(WHAT_IFS);
  throw new RangeError(`there is no what-if ${name}${suggestion(name, names) || ';'} there are ${names.join(', ')}`);
}

/** Makes the runs. Throws a RangeError for what cannot be asked for, and a SweepError if a run failed. */
export async function answerWhatIf(name: string, options: WhatIfOptions = {}): Promise<WhatIfAnswer> {
  const whatIf = whatIfOf(name);
  plainObject(options, 'the options of a what-if');
  const { quick = false, seed = '1997', seeds = 1, folder, threads, onProgress } = options;
  wholeNumber(seeds, 'the number of seeds', 1, 1000);
  const run = { module: new URL('./what-if-run.js', import.meta.url), name: 'whatIfRun' };
  const grid = quick ? whatIf.quick : whatIf.grid;
  const found = await sweep(grid, run, {
    seeds: seedsFrom(seed, seeds),
    fixed: { whatIf: name, quick },
    folder,
    threads,
    onProgress,
  });
  checkComplete(found);
  const summary = summariseSweep(found, { metrics: whatIf.metrics, baseline: whatIf.baseline });
  return { name: name as WhatIfName, whatIf, found, summary };
}
