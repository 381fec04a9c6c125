/** The points of a sweep: every combination of the values of a grid, with every seed. */
import { list, plainObject, shown, string, wholeNumber } from '../../engine/checks.js';
import { canonical, checkJson, type Json } from './store/json.js';

/** Parameters of a point by name: plain JSON. */
export type SweepParameters = Readonly<Record<string, Json>>;

/** Values by axis. Every combination is a point; the last axis changes first. */
export type Grid = Readonly<Record<string, readonly Json[]>>;

/** One run of a sweep. */
export interface SweepPoint {
  readonly parameters: SweepParameters;
  readonly seed: string;
}

/** What all points have in common. */
export interface GridOptions {
  /** Parameters that are the same everywhere. None unless given. */
  readonly fixed?: SweepParameters | undefined;
  /** Seeds by name; or how many, of `seedsFrom('1997', …)`. Every combination runs with all of them: they pair up. */
  readonly seeds: number | readonly string[];
}

/** The seed itself, then `SEED.2`, `SEED.3` and so on. */
export function seedsFrom(seed: string, count: number): string[] {
  string(seed, 'the first seed');
  wholeNumber(count, 'the number of seeds', 1, 100_000);
  return Array.from({ length: count }, (_, i) => (i === 0 ? seed : `${seed}.${i + 1}`));
}

/** The seeds that a number or a list stands for. Throws a RangeError for none, and for one that is there twice. */
export function seedsOf(seeds: GridOptions['seeds']): readonly string[] {
  if (typeof seeds === 'number') return seedsFrom('1997', seeds);
  list(seeds, 'seeds');
  if (seeds.length === 0) throw new RangeError('seeds is an array of 0; give at least one');
  for (const [i, seed] of seeds.entries()) {
    string(seed, `seeds: ${i}`);
    if (seeds.indexOf(seed) !== i) throw new RangeError(`seeds: ${shown(seed)} is there twice; give each seed once`);
  }
  return seeds;
}

/** All points, the seeds of a combination one after the other. Throws a RangeError for what is no grid. */
export function gridPoints(grid: Grid, { fixed = {}, seeds }: GridOptions): SweepPoint[] {
  checkGrid(grid, fixed);
  const all = seedsOf(seeds);
  let combinations: SweepParameters[] = [fixed];
  for (const [axis, values] of Object.entries(grid))
    combinations = combinations.flatMap(parameters => values.map(value => ({ ...parameters, [axis]: value })));
  return combinations.flatMap(parameters => all.map(seed => ({ parameters, seed })));
}

function checkGrid(grid: Grid, fixed: SweepParameters): void {
  plainObject(grid, 'grid');
  plainObject(fixed, 'fixed');
  for (const [name, value] of Object.entries(fixed)) checkJson(value, `fixed: ${name}`);
  for (const [axis, values] of Object.entries(grid)) {
    list(values, `grid: ${axis}`);
    if (values.length === 0) throw new RangeError(`grid: ${axis} is an array of 0; give at least one value`);
    if (Object.hasOwn(fixed, axis)) throw new RangeError(`${axis} is in grid and in fixed; give it in one of them`);
    values.forEach((value, i) => checkJson(value, `grid: ${axis}: ${i}`));
    const texts = values.map(canonical);
    const twice = texts.find((text, i) => texts.indexOf(text) !== i);
    if (twice !== undefined) throw new RangeError(`grid: ${axis} has ${twice} twice; give each value once`);
  }
}
