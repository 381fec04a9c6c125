/**
 * A disk that one virtual machine has for itself. The real disk moves sectors between itself and the machine pages of the
 * guest; the monitor translates addresses and sees to it that the pages stay where they are meanwhile.
 */
import { physicalPage } from '../../messages/addresses.js';
import { DeviceStatus } from '../../messages/device-status.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { Pmap } from '../memory/pmap.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { DiskAccess, VirtualDiskCounts } from './disk-access.js';
import type { DiskJob } from './disk-job.js';
import type { DiskGround } from './ground.js';
import type { SharedDisk } from './shared-disk.js';
import type { Code } from '../../system/code.js';

/** Reads and writes the real disk. */
export class PrivateAccess implements DiskAccess {
  private readonly ground: DiskGround;
  private readonly pmap: Pmap;
  private readonly disk: SharedDisk;
  private readonly counts: VirtualDiskCounts;
  /** How the transfer of a job ended. */
  private readonly ended = new Map<DiskJob, number>();

  constructor(ground: DiskGround, pmap: Pmap, disk: SharedDisk, counts: VirtualDiskCounts) {
    this.ground = ground;
    this.pmap = pmap;
    this.disk = disk;
    this.counts = counts;
  }

  *advance(cpu: MonitorCpu, job: DiskJob): Code<number | null> {
    const status = this.ended.get(job);
    if (status !== undefined) {
      this.ended.delete(job);
      return status;
    }
    const { op, sector, sectors } = job.command;
    const pages = yield* this.pin(cpu, job);
    if (pages === null) return DeviceStatus.NoMemory;
    if (job.abandoned) {
      for (const page of pages) yield* this.ground.memory.unpin(cpu, page, job.command.op === 'read');
      return DeviceStatus.Ok;
    }
    if (op === 'write') yield* this.disk.cache.invalidate(cpu, sector, sector + sectors);
    this.counts.sectorsMoved += sectors;
    const pieces = job.command.pieces.map(({ offset, bytes }, i) => ({ frame: pages[i].frame, offset, bytes }));
    this.disk.privateTransfers++;
    yield* this.disk.real.start(cpu, { op, sector, sectors, pieces }, (by, result) =>
      this.onEnd(by, job, pages, result),
    );
    return null;
  }

  *abandon(): Code {
    // Its pages stay pinned until the disk is done with them.
  }

  *close(): Code {
    // There is nothing else.
  }

  /**
   * The machine pages of all pieces, pinned; null if there is no memory. A page that is read into becomes the guest's alone
   * first, with its content: a guest that looks before the disk has come sees its own page, whoever had the frame before.
   */
  private *pin(cpu: MonitorCpu, { command }: DiskJob): Code<MachinePage[] | null> {
    const { memory, code } = this.ground;
    const pages: MachinePage[] = [];
    const input = command.op === 'read';
    for (const { frame } of command.pieces) {
      yield code.step('translate piece');
      const page = input
        ? yield* memory.ownPage(cpu, this.pmap, physicalPage(frame), false)
        : yield* memory.pageAt(cpu, this.pmap, physicalPage(frame), false);
      if (page === null) {
        for (const pinned of pages) yield* memory.unpin(cpu, pinned, input);
        return null;
      }
      memory.pin(page, input);
      pages.push(page);
    }
    return pages;
  }

  private *onEnd(cpu: MonitorCpu, job: DiskJob, pages: readonly MachinePage[], status: number): Code {
    for (const page of pages) yield* this.ground.memory.unpin(cpu, page, job.command.op === 'read');
    this.disk.privateTransfers--;
    if (job.abandoned) {
      yield* this.disk.quiet(cpu);
      return;
    }
    this.ended.set(job, status);
    yield* job.resume(cpu);
  }
}
