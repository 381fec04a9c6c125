/** Reads what there is of a sweep in its folder, whether it came to its end or not. */
import { string } from '../../../engine/checks.js';
import { collected, type Collected, type CollectedPoint } from './collected.js';
import { SweepFolder, type PlannedPoint } from './folder.js';
import { SweepError } from '../sweep-error.js';

/**
 * All points of the last sweep in a folder. A file that is no result of this version makes its point a missing one, whose error names the file.
 * Throws a SweepError if the folder has no sweep of this version.
 */
export function collect(folder: string): Collected {
  string(folder, 'the folder of a sweep');
  const store = new SweepFolder(folder);
  const { version, specification, points } = store.plan();
  return collected(
    version,
    specification,
    points.map(point => pointIn(store, point)),
  );
}

/** A planned point with what the folder has of it. */
export function pointIn(store: SweepFolder, { key, parameters, seed, reused }: PlannedPoint): CollectedPoint {
  const point = { key, parameters, seed };
  const nothing = { metrics: null, fingerprint: null };
  try {
    const outcome = store.outcome(key, point);
    if (outcome !== null) return { ...point, ...outcome, state: reused ? 'reused' : 'computed', error: null };
    const error = store.failure(key);
    return { ...point, ...nothing, state: error === null ? 'missing' : 'failed', error };
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    return { ...point, ...nothing, state: 'missing', error: error.message };
  }
}
