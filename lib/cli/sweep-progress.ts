/** How far a sweep is, in words. */
import type { SweepProgress } from '../experiments/sweeps/sweep.js';
import { clock } from './process/account.js';
import { progress, type HowFar } from './process/progress.js';

/** Tells how far a sweep is; time left goes by the points that were run so far. */
export class SweepPace {
  private readonly started = performance.now();

  /** Called at the start and after every point. */
  tell(now: SweepProgress): void {
    if (now.done === 0) progress.at(this.words(now).far);
    else progress.update(() => this.words(now));
  }

  private words({ done, failed, reused, total, running }: SweepProgress): HowFar {
    const seconds = (performance.now() - this.started) / 1000;
    const left = done === 0 ? '' : `  ${clock((seconds / done) * (total - reused - done))} left`;
    const bad = failed === 0 ? '' : `, ${failed} failed`;
    const old = reused === 0 ? '' : `, ${reused} of them there before`;
    const far = `${done + reused} of ${total} points finished${old}${bad}`;
    return { line: `${far}${left}  ${running.join('; ')}`, far: `${far}; the same command computes the rest` };
  }
}
