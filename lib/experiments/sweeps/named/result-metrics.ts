/** Results of runs as metrics. */
import type { RunResult } from '../../replay/result.js';
import type { SystemResult } from '../../systems/system-result.js';
import type { RunOutcome } from '../run.js';

/** What is not measured, or only to be looked at. */
const NOT_MEASURED = ['machine', 'trace', 'samples', 'locality'];

/**
 * Every number of a result outside lists under its path, such as `misses.remote`, and `misses.localShare`, the part of the misses that
 * memory of the own node served. Throws an Error for a run that was cut short.
 */
export function resultMetrics(result: RunResult | SystemResult): RunOutcome {
  const { partial, fingerprint, misses } = result;
  if (partial !== null) throw new Error(`the run is partial: ${partial}`);
  const measured = Object.entries(result).filter(([name]) => !NOT_MEASURED.includes(name));
  const metrics = Object.fromEntries(measured.flatMap(([name, value]) => numbersIn(value, name)));
  const all = misses.local + misses.remote;
  if (all > 0) metrics['misses.localShare'] = misses.local / all;
  return { metrics, fingerprint };
}

function numbersIn(value: unknown, path: string): [string, number][] {
  if (typeof value === 'number' && Number.isFinite(value)) return [[path, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => numbersIn(part, `${path}.${name}`));
}
