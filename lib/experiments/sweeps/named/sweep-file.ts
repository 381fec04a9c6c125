/** A sweep as a file: JSON, or a module that exports the same as `sweep`. */
import { readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { string } from '../../../engine/checks.js';
import { checkNamedParameters, NAMED_RUNS } from './named-parameters.js';
import { gridPoints, type Grid, type SweepParameters } from '../points.js';
import type { RunModule } from '../run.js';
import { checkBaseline } from '../summary.js';
import { SweepError } from '../sweep-error.js';

/** What a file asks for, ready for `sweep(grid, run, options)` and `summariseSweep(…, summary)`. */
export interface SweepFile {
  readonly grid: Grid;
  readonly run: RunModule;
  readonly options: {
    readonly seeds: number | readonly string[];
    readonly fixed: SweepParameters;
    /** The folder of the file: relative paths in it are meant from there. */
    readonly base: string;
    readonly modules: readonly string[];
    readonly inputs: readonly string[];
    readonly timeLimitSeconds: number | undefined;
  };
  readonly summary: {
    readonly metrics: readonly string[] | undefined;
    readonly baseline: SweepParameters | undefined;
  };
}

const parameters = z.record(z.string(), z.json());
const shape = z.strictObject({
  run: z.union([z.enum(NAMED_RUNS), z.strictObject({ module: z.string(), name: z.string().optional() })], {
    error: `give one of ${NAMED_RUNS.join(', ')}, or { "module": "FILE", "name": "EXPORT" }`,
  }),
  grid: z.record(z.string(), z.array(z.json()).min(1)),
  fixed: parameters.default({}),
  seeds: z.union([z.int().min(1).max(100_000), z.array(z.string()).min(1)], {
    error: 'give how many, from 1 to 100000, or a list of texts',
  }),
  metrics: z.array(z.string()).min(1).optional(),
  baseline: parameters.optional(),
  timeLimitSeconds: z.number().positive().max(1e6).optional(),
  modules: z.array(z.string()).default([]),
  inputs: z.array(z.string()).default([]),
});

const MODULES = ['.js', '.mjs', '.cjs'];

/** Reads a file. Throws a SweepError that names the file and what in it cannot be; an option that a run by name does not have, too. */
export function readSweepFile(path: string): Promise<SweepFile> {
  string(path, 'the path of a sweep');
  return read(path);
}

async function read(path: string): Promise<SweepFile> {
  try {
    return sweepFileOf(await contentOf(path), dirname(resolve(path)));
  } catch (error) {
    throw new SweepError(`${path}: ${(error as Error).message}`);
  }
}

async function contentOf(path: string): Promise<unknown> {
  if (!MODULES.includes(extname(path))) return JSON.parse(readFileSync(path, 'utf8'));
  const { sweep } = (await import(pathToFileURL(resolve(path)).href)) as { readonly sweep?: unknown };
  if (sweep === undefined) throw new Error('the module does not export sweep');
  return sweep;
}

/** Checks what a file has. Throws an Error. */
function sweepFileOf(content: unknown, base: string): SweepFile {
  const checked = shape.safeParse(content);
  if (!checked.success) throw new Error(z.prettifyError(checked.error).replaceAll('\n', ' '));
  const { run, grid, fixed, seeds, metrics, baseline, timeLimitSeconds, modules, inputs } = checked.data;
  const combinations = gridPoints(grid, { fixed, seeds: 1 });
  if (typeof run === 'string') for (const point of combinations) checkNamedParameters(run, point.parameters);
  checkBaseline(grid, baseline ?? null);
  return {
    grid,
    run: typeof run === 'string' ? { module: new URL('./named-runs.js', import.meta.url), name: run } : run,
    options: { seeds, fixed, base, modules, inputs, timeLimitSeconds },
    summary: { metrics, baseline },
  };
}
