/**
 * The disk of a virtual machine. It takes the commands that a real disk takes, carries out one at a time, in the order in
 * which they came, and answers each with an interrupt. Disco, section 4.2.4.
 *
 * `private`: the real disk, for one machine. What was acknowledged is on it.
 * `copy-on-write`: what is on the real disk, for any number of machines, none of which changes it. A machine sees what it
 * has written itself until it closes the disk; with `visible` its writes are not its own but everybody's: all machines that
 * have not written the sectors for themselves see them from then on, until the last machine has closed the disk.
 *
 * A write is atomic by unit: the sectors of one block that lie in one piece are all new or all old to whoever reads.
 */
import { replyOf, type Reply } from '../../messages/device-command.js';
import { parseDiskCommand, type DiskCommand } from '../../devices/disk-command.js';
import { DeviceStatus } from '../../messages/device-status.js';
import { NO_DEVICE, type CommandContent } from '../../messages/io-messages.js';
import { wait } from '../../processor/operations.js';
import type { DeviceHost, VirtualDevice } from '../devices/virtual-device.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import { CopyOnWriteAccess } from './copy-on-write-access.js';
import type { DiskAccess, VirtualDiskCounts } from './disk-access.js';
import { DiskJob } from './disk-job.js';
import { ModifiedSectors } from './modified-sectors.js';
import { PrivateAccess } from './private-access.js';
import type { AttachedDisk, SharedDisk } from './shared-disk.js';
import type { Code } from '../../system/code.js';

/** What a virtual disk is made with. */
export type VirtualDiskOptions =
  | { readonly name: string; readonly mode: 'private' }
  | { readonly name: string; readonly mode: 'copy-on-write'; readonly visible: boolean };

/** Commands that wait or are carried out, at most; more are answered with NoMemory. */
const MOST_COMMANDS = 64;
/** Sectors of a command, at most, as SCSI's ten-byte commands have it. */
const MOST_SECTORS = 0xffff;

/** A disk of a virtual machine. */
export class VirtualDisk implements VirtualDevice, AttachedDisk {
  readonly name: string;
  readonly mode: 'private' | 'copy-on-write';
  readonly who: string;
  readonly counts: VirtualDiskCounts = {
    requests: 0,
    refused: 0,
    dropped: 0,
    pagesMapped: 0,
    pagesKept: 0,
    sectorsCopied: 0,
    sectorsMoved: 0,
    cacheHits: 0,
    cacheMisses: 0,
  };
  /** What this machine alone has modified; null if it is seen by all, or on the disk. */
  readonly modified: ModifiedSectors | null;
  private readonly host: DeviceHost;
  private readonly disk: SharedDisk;
  private readonly access: DiskAccess;
  /** No lock: the fields below change between yields only. The first job belongs to the processor that set `working`. */
  private readonly queue: DiskJob[] = [];
  /** A processor is at the first job, or the first job waits for the disk. */
  private working = false;
  private waiting = false;
  private closed = false;
  private readonly closers: MonitorCpu[] = [];

  /** Attaches it. Throws a DiscoError if another machine excludes that. */
  constructor(host: DeviceHost, disk: SharedDisk, options: VirtualDiskOptions) {
    this.name = options.name;
    this.mode = options.mode;
    this.who = host.pmap.name;
    this.host = host;
    this.disk = disk;
    disk.attach(this);
    const { ground, nodes, cache, written } = disk;
    const shared = options.mode === 'copy-on-write';
    this.modified = shared && !options.visible ? new ModifiedSectors(ground, nodes) : null;
    const layers = this.modified === null ? [written] : [this.modified, written];
    this.access = shared
      ? new CopyOnWriteAccess(ground, host.pmap, cache, layers, this.counts)
      : new PrivateAccess(ground, host.pmap, disk, this.counts);
  }

  *command(cpu: MonitorCpu, content: CommandContent): Code {
    const { host, counts, queue, disk } = this;
    const { code, memory, frames } = disk.ground;
    counts.requests++;
    const reply = replyOf(content, host.processors);
    if (reply === null) {
      counts.dropped++;
      yield code.step('device command');
      return;
    }
    const parsed = this.parse(content, reply, frames.map.pageBytes);
    if (typeof parsed !== 'number' && !this.closed) queue.push(new DiskJob(parsed, memory, by => this.resume(by)));
    yield code.step('device command');
    if (typeof parsed === 'number') {
      counts.refused++;
      yield* host.interrupt(cpu, reply.interruptTo, reply.interruptCode, reply.tag, parsed);
      return;
    }
    yield* this.work(cpu);
  }

  /** A disk has no registers. */
  *read(): Code<number> {
    yield this.disk.ground.code.step('device command');
    return NO_DEVICE;
  }

  /** Carries out what waits, as far as it can be now. */
  *work(cpu: MonitorCpu): Code {
    const { queue, disk } = this;
    if (this.working || this.waiting) return;
    this.working = true;
    // A private disk that is gone may leave a transfer behind: it is over before anybody else sees the disk.
    while (queue.length > 0 && !this.closed && disk.privateTransfers === 0) {
      const job = queue[0];
      const status = yield* this.access.advance(cpu, job);
      this.waiting = status === null;
      if (status === null || this.closed) break;
      queue.shift();
      const { interruptTo, interruptCode, tag } = job.command;
      if (status !== DeviceStatus.Ok) this.counts.refused++;
      yield* this.host.interrupt(cpu, interruptTo, interruptCode, tag, status);
    }
    this.working = false;
    for (const closer of this.closers.splice(0)) closer.processor.wake();
  }

  /** Gives back all that it holds. What is not acknowledged may be done or not. Must come before the machine's memory goes. */
  *close(cpu: MonitorCpu): Code {
    if (this.closed) return;
    this.closed = true;
    for (const job of this.queue) job.abandoned = true;
    while (this.working) {
      this.closers.push(cpu);
      yield wait();
    }
    for (const job of this.queue.splice(0)) yield* this.access.abandon(cpu, job);
    yield* this.access.close(cpu);
    yield* this.disk.detach(cpu, this);
  }

  private *resume(cpu: MonitorCpu): Code {
    this.waiting = false;
    yield* this.work(cpu);
  }

  /** The command, or a DeviceStatus that says why it is refused. */
  private parse(content: CommandContent, reply: Reply, pageBytes: number): DiskCommand | number {
    const memory = { frames: this.host.pmap.size, pageBytes };
    const command = parseDiskCommand(content, reply, { sectors: this.disk.sectors, memory });
    if (typeof command === 'number') return command;
    if (command.sectors > MOST_SECTORS) return DeviceStatus.OutOfRange;
    return this.queue.length < MOST_COMMANDS ? command : DeviceStatus.NoMemory;
  }
}
