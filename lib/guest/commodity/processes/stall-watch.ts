/**
 * Notices when nobody will ever run again. The timer ticks on while all threads sleep, so the simulation itself does not
 * come to rest.
 */
import type { Processes } from './processes.js';
import type { Scheduler } from './scheduler.js';

/** Looks at each tick. */
export class StallWatch {
  private readonly scheduler: Scheduler;
  private readonly processes: Processes;
  private readonly limit: number;
  /** Changed by the first processor alone, in its timer interrupt. */
  private lastRun = 0;
  private dispatched = 0;

  /** `limit` is in ticks; Infinity never complains. */
  constructor(scheduler: Scheduler, processes: Processes, limit: number) {
    this.scheduler = scheduler;
    this.processes = processes;
    this.limit = limit;
  }

  /** Throws, naming who sleeps on what, if no thread of a process has run for so long though there are some. */
  tick(now: number): void {
    const { processes } = this;
    const { dispatched, processors } = this.scheduler;
    const runs = dispatched !== this.dispatched || processors.some(({ current }) => current.space !== null);
    if (runs || processes.count === 0) this.lastRun = now;
    this.dispatched = dispatched;
    if (now - this.lastRun < this.limit) return;
    const sleepers = [...processes.threads].map(
      ({ id, name, sleepsOn }) => `${name} (thread ${id}) sleeps on ${sleepsOn ?? 'nothing'}`,
    );
    throw new Error(
      `the kernel is stalled: no process has run for ${now - this.lastRun} ticks\n  ${sleepers.join('\n  ')}`,
    );
  }
}
