/**
 * The folder of a sweep. Every file is written beside its place and renamed: it is there whole or not at all, whenever the process
 * ends. Files have no times and no names of machines in them: equal sweeps leave equal files.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VERSION } from '../../../engine/version.js';
import type { SweepSpecification } from './collected.js';
import { canonical } from './json.js';
import type { SweepParameters, SweepPoint } from '../points.js';
import type { WholeOutcome } from '../run.js';
import { SweepError } from '../sweep-error.js';

/** A point of a plan. */
export interface PlannedPoint extends SweepPoint {
  readonly key: string;
  /** Its outcome was there before. */
  readonly reused: boolean;
}

/** What a sweep is going to do: written before the first point. */
export interface Plan {
  readonly version: string;
  readonly specification: SweepSpecification;
  readonly points: readonly PlannedPoint[];
}

const parameters = z.record(z.string(), z.json());
const plan = z.strictObject({
  version: z.literal(VERSION),
  specification: z.strictObject({
    run: z.string().nullable(),
    grid: z.record(z.string(), z.array(z.json())),
    fixed: parameters,
    seeds: z.array(z.string()),
    modules: z.array(z.string()),
    inputs: z.array(z.string()),
  }),
  points: z.array(z.strictObject({ key: z.string(), parameters, seed: z.string(), reused: z.boolean() })),
});
const head = { version: z.literal(VERSION), parameters, seed: z.string() };
const outcome = z.strictObject({
  ...head,
  metrics: z.record(z.string(), z.number()),
  fingerprint: z.string().nullable(),
});
const failure = z.strictObject({ ...head, error: z.string() });

/** See above. */
export class SweepFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Creates what is not there, and removes what a process that was killed left incomplete. Throws a SweepError. */
  prepare(): void {
    try {
      for (const part of ['points', 'failed']) {
        const folder = join(this.path, part);
        mkdirSync(folder, { recursive: true });
        for (const name of readdirSync(folder)) if (isAbandoned(name)) rmSync(join(folder, name), { force: true });
      }
    } catch (error) {
      throw new SweepError(`cannot use the folder ${this.path}: ${(error as Error).message}; give another one`);
    }
    if (existsSync(join(this.path, 'plan.json'))) this.plan();
  }

  /** The plan of the last sweep. Throws a SweepError if there is none, or one of another version. */
  plan(): Plan {
    return this.read('plan.json', plan);
  }

  /** The outcome of a point, or null. Throws a SweepError if the file has no result of this version for this point. */
  outcome(key: string, point: SweepPoint): WholeOutcome | null {
    const name = `points/${key}.json`;
    if (!existsSync(join(this.path, name))) return null;
    const { metrics, fingerprint, ...found } = this.read(name, outcome);
    this.checkPoint(name, found, point);
    return { metrics, fingerprint };
  }

  /** Why a point failed, or null. Throws a SweepError as `outcome`. */
  failure(key: string): string | null {
    const name = `failed/${key}.json`;
    return existsSync(join(this.path, name)) ? this.read(name, failure).error : null;
  }

  /** Keeps the outcome of a point; that it failed before is forgotten. */
  keepOutcome(key: string, { parameters, seed }: SweepPoint, { metrics, fingerprint }: WholeOutcome): void {
    this.write(
      `points/${key}.json`,
      `${JSON.stringify({ version: VERSION, parameters, seed, metrics, fingerprint })}\n`,
    );
    rmSync(join(this.path, 'failed', `${key}.json`), { force: true });
  }

  /** Keeps why a point failed. */
  keepFailure(key: string, { parameters, seed }: SweepPoint, error: string): void {
    this.write(`failed/${key}.json`, `${JSON.stringify({ version: VERSION, parameters, seed, error })}\n`);
  }

  /** Writes a file whole or not at all. Throws a SweepError that names it; then everything else is as it was. */
  write(name: string, text: string): void {
    const path = join(this.path, name);
    const temporary = `${path}.${process.pid}.part`;
    try {
      writeFileSync(temporary, text);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new SweepError(
        `cannot write ${path}: ${(error as Error).message}; what was written before is whole: make room, then run again`,
      );
    }
  }

  private read<Shape extends z.ZodType>(name: string, shape: Shape): z.output<Shape> {
    const path = join(this.path, name);
    let data: unknown;
    try {
      data = JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new SweepError(
        `${path} is not the file of a sweep: ${(error as Error).message}; it is left as it is: move it away`,
      );
    }
    const read = shape.safeParse(data);
    if (read.success) return read.data;
    const version = (data as { readonly version?: unknown } | null)?.version;
    const what =
      typeof version === 'string' && version !== VERSION
        ? `is of disco-sim ${version}, and this is ${VERSION}`
        : `is not the file of a sweep: ${z.prettifyError(read.error).replaceAll('\n', ' ')}`;
    throw new SweepError(`${path} ${what}; it is left as it is: move it away, or give another folder`);
  }

  private checkPoint(name: string, found: SweepPoint, { parameters, seed }: SweepPoint): void {
    const text = (of: SweepParameters, its: string): string => canonical([of, its]);
    if (text(found.parameters, found.seed) === text(parameters, seed)) return;
    throw new SweepError(`${join(this.path, name)} is of another point; it is left as it is: move it away`);
  }
}

/** `KEY.json.PID.part` of a process that is no more. */
function isAbandoned(name: string): boolean {
  const [, pid] = /\.(\d+)\.part$/.exec(name) ?? [];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch {
    return true;
  }
}
