/** A real disk behind virtual ones: the disk itself, the global cache, who is attached, and what is modified for all. */
import { DiscoError } from '../errors.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import { DiskCache } from './disk-cache.js';
import type { DiskGround } from './ground.js';
import { ModifiedSectors } from './modified-sectors.js';
import { RealDisk, type RealDiskOptions } from './real-disk.js';
import { TreeNodes } from './tree-nodes.js';
import type { Code } from '../../system/code.js';

/** A virtual disk as the real one sees it. */
export interface AttachedDisk {
  readonly mode: 'private' | 'copy-on-write';
  /** The virtual machine that has it. */
  readonly who: string;
  /** What it has modified for itself, if there is such a thing. */
  readonly modified: ModifiedSectors | null;
  /** Takes up its work again, if there is any. */
  work(cpu: MonitorCpu): Code;
}

/** What a shared disk is made with. */
export interface SharedDiskOptions extends RealDiskOptions {
  readonly name: string;
  /** The node that its trees are on. */
  readonly node: number;
}

/** A disk of the machine. Either one virtual machine has it for itself, or any number share it copy-on-write. */
export class SharedDisk {
  readonly name: string;
  readonly sectors: number;
  readonly ground: DiskGround;
  readonly nodes: TreeNodes;
  readonly real: RealDisk;
  readonly cache: DiskCache;
  /** Sectors that a machine has modified for all; forgotten when the last machine lets the disk go. */
  readonly written: ModifiedSectors;
  /** Transfers of private disks under way. */
  privateTransfers = 0;
  /** No lock: looked at and changed between yields only. */
  private readonly attached = new Set<AttachedDisk>();

  constructor(ground: DiskGround, options: SharedDiskOptions) {
    this.name = options.name;
    this.sectors = options.sectors;
    this.ground = ground;
    this.nodes = new TreeNodes(ground, options.node);
    this.real = new RealDisk(ground, options);
    this.cache = new DiskCache(ground, this.real, this.nodes);
    this.written = new ModifiedSectors(ground, this.nodes);
  }

  /** The real disk's interrupt, of the code of its options: tag and DeviceStatus. */
  *interrupt(cpu: MonitorCpu, tag: number, status: number): Code {
    yield* this.real.interrupt(cpu, tag, status);
  }

  /** Throws a DiscoError if another machine has the disk in a way that excludes this one. */
  attach(disk: AttachedDisk): void {
    const [other] = this.attached;
    if (other !== undefined && (other.mode === 'private' || disk.mode === 'private'))
      throw new DiscoError(
        `${disk.who} cannot have ${this.name} as a ${disk.mode} disk while ${other.who} has it as a ${other.mode} disk; ` +
          `give it another disk, share this one copy-on-write, or let ${other.who} serve its files by NFS`,
      );
    this.attached.add(disk);
  }

  /** A virtual disk that was attached is not to be after all, and has done nothing. */
  withdraw(disk: AttachedDisk): void {
    this.attached.delete(disk);
  }

  /** How many times the cache and all modified sectors keep a page when no command is carried out. For checks. */
  keepersOf(page: MachinePage): number {
    let keepers = this.written.keepersOf(page);
    for (const cached of this.cache.pages.values()) if (cached === page) keepers++;
    for (const { modified } of this.attached) keepers += modified?.keepersOf(page) ?? 0;
    return keepers;
  }

  /** A virtual disk goes away. */
  *detach(cpu: MonitorCpu, disk: AttachedDisk): Code {
    this.attached.delete(disk);
    if (this.attached.size === 0) yield* this.written.clear(cpu);
  }

  /** A transfer of a private disk that is gone has ended: whoever has the disk now may go on. */
  *quiet(cpu: MonitorCpu): Code {
    if (this.privateTransfers > 0) return;
    for (const disk of [...this.attached]) yield* disk.work(cpu);
  }
}
