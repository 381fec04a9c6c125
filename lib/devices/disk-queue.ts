/** Commands that wait for a disk, and which is next. */
import type { DiskJob } from './disk-command.js';
import type { DiskMechanism } from './disk-mechanism.js';

/**
 * In which order waiting commands are served: as they came, or by cylinder upwards from where the arm is, and then from the
 * lowest again (C-LOOK; those of one cylinder as they came).
 */
export const DISK_SCHEDULINGS = ['fcfs', 'c-look'] as const;
/** See DISK_SCHEDULINGS. */
export type DiskScheduling = (typeof DISK_SCHEDULINGS)[number];

/** The queue of a disk. */
export class DiskQueue {
  private readonly jobs: DiskJob[] = [];
  private readonly mechanism: DiskMechanism;
  private readonly scheduling: DiskScheduling;

  constructor(mechanism: DiskMechanism, scheduling: DiskScheduling) {
    this.mechanism = mechanism;
    this.scheduling = scheduling;
  }

  get length(): number {
    return this.jobs.length;
  }

  add(job: DiskJob): void {
    this.jobs.push(job);
  }

  /** Takes the next command out, for an arm that is on `track`; undefined if there is none. */
  take(track: number): DiskJob | undefined {
    if (this.scheduling === 'fcfs' || this.jobs.length < 2) return this.jobs.shift();
    return this.jobs.splice(this.nearestAbove(this.mechanism.cylinderOf(track)), 1)[0];
  }

  private nearestAbove(here: number): number {
    const { jobs } = this;
    let best = -1;
    let lowest = 0;
    for (let i = 0; i < jobs.length; i++) {
      const cylinder = this.cylinderAt(i);
      if (cylinder < this.cylinderAt(lowest)) lowest = i;
      if (cylinder >= here && (best < 0 || cylinder < this.cylinderAt(best))) best = i;
    }
    return best < 0 ? lowest : best;
  }

  private cylinderAt(index: number): number {
    return this.mechanism.cylinderOf(this.jobs[index].track);
  }
}
