/** Runs of the paper made by hand: every number is chosen, so that what is read off them is known. */
import { Measured } from '../../../lib/experiments/paper/measures.js';
import { paperRunNames, type PaperRunName } from '../../../lib/experiments/paper/runs.js';
import type { RunsOf } from '../../../lib/experiments/paper/experiment.js';

/** A run of 100 ms on one processor that only computes, but for what is given. */
export function made(metrics: Readonly<Record<string, number>>): Measured {
  return new Measured({ elapsedNs: 1e8, processors: 1, 'time.user': 100, ...metrics });
}

/** All runs: what is given by name, else one that only computes. */
export function allRuns(given: { readonly [name in PaperRunName]?: Measured } = {}): RunsOf<PaperRunName> {
  const runs = paperRunNames.map(name => [name, given[name] ?? made({})]);
  return Object.fromEntries(runs) as RunsOf<PaperRunName>;
}
