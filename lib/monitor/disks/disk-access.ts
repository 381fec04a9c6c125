/** How a virtual disk carries out commands: one way for each of its modes. */
import type { MonitorCpu } from '../monitor-cpu.js';
import type { DiskJob } from './disk-job.js';
import type { Code } from '../../system/code.js';

/** Counts of a virtual disk. */
export interface VirtualDiskCounts {
  /** Commands that came, that were answered with an error, and that did not say whom to tell. */
  requests: number;
  refused: number;
  dropped: number;
  /** Pages of reads that were mapped, and pages of writes that were kept, without a copy. */
  pagesMapped: number;
  pagesKept: number;
  /** Sectors that were copied, and those that the disk itself moved for a private disk. */
  sectorsCopied: number;
  sectorsMoved: number;
  /** Blocks of eight sectors that reads found in the global cache, and that they had to wait for. */
  cacheHits: number;
  cacheMisses: number;
}

/** A way to carry out commands. */
export interface DiskAccess {
  /**
   * Goes on with a job as far as that is possible now. A DeviceStatus when it is over; null when it waits for the disk,
   * which calls the job's `resume`.
   */
  advance(cpu: MonitorCpu, job: DiskJob): Code<number | null>;
  /** Lets go of what a job keeps that will not be advanced again. */
  abandon(cpu: MonitorCpu, job: DiskJob): Code;
  /** Lets go of everything else. */
  close(cpu: MonitorCpu): Code;
}
