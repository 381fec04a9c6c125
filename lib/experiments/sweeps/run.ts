/** What a sweep runs at each point, and what that returns. */
import { shown } from '../../engine/checks.js';
import type { SweepParameters } from './points.js';

/** Numbers by name. */
export type Metrics = Readonly<Record<string, number>>;

/** What a run found. */
export interface RunOutcome {
  readonly metrics: Metrics;
  /** Digest of the run, if it has one: it goes into the manifest. */
  readonly fingerprint?: string | null | undefined;
}

/** Where a run is. */
export interface RunContext {
  /** The folder that relative paths among the parameters are meant from. */
  readonly folder: string;
}

/** Runs one point. Equal parameters and seeds give equal outcomes: it takes nothing from a clock, and keeps nothing. */
export type SweepRun = (
  parameters: SweepParameters,
  seed: string,
  context: RunContext,
) => Metrics | RunOutcome | Promise<Metrics | RunOutcome>;

/** A function that a module exports: what threads can run. */
export interface RunModule {
  /** Path of a JavaScript module; a URL is part of this package. */
  readonly module: string | URL;
  /** Name of the export; `run` unless given. */
  readonly name?: string | undefined;
}

/** An outcome that is complete, with its metrics in the order of their names. */
export type WholeOutcome = Required<RunOutcome> & { readonly fingerprint: string | null };

/** Completes what a run returned. Throws an Error that names what is no number. */
export function outcomeOf(returned: unknown): WholeOutcome {
  if (typeof returned !== 'object' || returned === null)
    throw new Error(`the run returned ${shown(returned)}; return numbers by name`);
  const whole = 'metrics' in returned && typeof returned.metrics === 'object' && returned.metrics !== null;
  const { metrics, fingerprint = null } = (whole ? returned : { metrics: returned }) as RunOutcome;
  const names = Object.keys(metrics).sort();
  if (names.length === 0) throw new Error('the run returned no metric; return numbers by name');
  for (const name of names)
    if (!Number.isFinite(metrics[name]))
      throw new Error(`the run returned ${shown(metrics[name])} for ${name}; return a finite number, or leave it out`);
  if (fingerprint !== null && typeof fingerprint !== 'string')
    throw new Error(`the run returned ${shown(fingerprint)} for fingerprint; return text or null`);
  return { metrics: Object.fromEntries(names.map(name => [name, metrics[name]])), fingerprint };
}
