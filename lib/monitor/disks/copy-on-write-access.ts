/**
 * A disk that several virtual machines share and none of them changes. Reads find, in this order: the machine's own modified
 * sectors, those that are modified for all, the global cache, the disk. Whole pages are mapped, the rest is copied. Writes go
 * to the modified sectors; whole pages are kept as they are, and the guest copies when it writes to them again.
 */
import { SECTOR_BYTES } from '../../devices/disk-mechanism.js';
import { DeviceStatus } from '../../messages/device-status.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { Pmap } from '../memory/pmap.js';
import type { DiskAccess, VirtualDiskCounts } from './disk-access.js';
import type { DiskCache } from './disk-cache.js';
import type { DiskJob, Unit } from './disk-job.js';
import { blockOf, copySectors, PAGE_SECTORS, type DiskGround, type PageSectors } from './ground.js';
import type { ModifiedSectors } from './modified-sectors.js';
import type { Code } from '../../system/code.js';

/** A source of part of a unit, whose page is kept; null for sectors that cannot be read. */
type Source = PageSectors & { readonly sector: number };

/** Reads through layers, writes into the first. */
export class CopyOnWriteAccess implements DiskAccess {
  private readonly ground: DiskGround;
  private readonly pmap: Pmap;
  private readonly cache: DiskCache;
  /** Modified sectors that this machine sees, those that it writes to first. */
  private readonly layers: readonly ModifiedSectors[];
  private readonly counts: VirtualDiskCounts;

  constructor(
    ground: DiskGround,
    pmap: Pmap,
    cache: DiskCache,
    layers: readonly ModifiedSectors[],
    counts: VirtualDiskCounts,
  ) {
    this.ground = ground;
    this.pmap = pmap;
    this.cache = cache;
    this.layers = layers;
    this.counts = counts;
  }

  *advance(cpu: MonitorCpu, job: DiskJob): Code<number | null> {
    while (job.next < job.units.length && !job.abandoned) {
      const upTo = job.command.op === 'write' ? job.next + 1 : Math.min(job.next + job.most, job.units.length);
      if (job.command.op === 'read') {
        const complete = yield* this.gather(cpu, job, upTo);
        if (complete === null) return null;
        if (!complete) {
          yield* job.releaseHeld(cpu);
          if (job.most === 1) return DeviceStatus.NoMemory;
          // What there is no memory for at once, there may be for one by one.
          job.most = 1;
          continue;
        }
      }
      for (; job.next < upTo && !job.abandoned; job.next++) {
        const unit = job.units[job.next];
        yield this.ground.code.step('translate piece');
        const status = job.command.op === 'read' ? yield* this.read(cpu, job, unit) : yield* this.write(cpu, unit);
        if (status !== DeviceStatus.Ok) return status;
      }
      yield* job.releaseHeld(cpu);
    }
    return DeviceStatus.Ok;
  }

  *abandon(cpu: MonitorCpu, job: DiskJob): Code {
    yield* job.releaseHeld(cpu);
  }

  /** Own modified sectors are lost. */
  *close(cpu: MonitorCpu): Code {
    if (this.layers.length > 1) yield* this.layers[0].clear(cpu);
  }

  /** Keeps all blocks that the next units need of the disk. Null: they are being read. False: there is no memory for them. */
  private *gather(cpu: MonitorCpu, job: DiskJob, upTo: number): Code<boolean | null> {
    const missing = new Set<number>();
    job.awaited = 1;
    for (let i = job.next; i < upTo; i++) {
      const { sector, sectors } = job.units[i];
      const block = blockOf(sector);
      if (job.held.has(block) || missing.has(block) || (yield* this.modified(sector, sector + sectors))) continue;
      const page = yield* this.cache.find(block);
      if (page === null) missing.add(block);
      else job.hold(block, page);
      if (page !== null) this.counts.cacheHits++;
    }
    this.counts.cacheMisses += missing.size;
    const blocks = [...missing].sort((a, b) => a - b);
    const complete = yield* this.cache.fetch(cpu, blocks, job);
    job.awaited--;
    return job.awaited > 0 ? null : complete;
  }

  /** Whether all of so many sectors are modified. */
  private *modified(first: number, end: number): Code<boolean> {
    const left = new Set<number>();
    for (let sector = first; sector < end; sector++) left.add(sector);
    for (const layer of this.layers) {
      for (const range of yield* layer.find(first, end))
        for (let sector = range.first; sector < range.end; sector++) left.delete(sector);
      if (left.size === 0) return true;
    }
    return false;
  }

  private *read(cpu: MonitorCpu, job: DiskJob, unit: Unit): Code<number> {
    const { memory } = this.ground;
    const { sources, complete } = yield* this.sourcesOf(job, unit);
    const status = complete ? yield* this.deliver(cpu, unit, sources) : DeviceStatus.MediumError;
    for (const { page } of sources) yield* memory.release(cpu, page);
    if (status !== DeviceStatus.Ok) yield* job.releaseHeld(cpu);
    return status;
  }

  /** Where the sectors of a unit are. The pages are kept; not complete if the disk cannot read some. */
  private *sourcesOf(job: DiskJob, { sector, sectors }: Unit): Code<{ sources: Source[]; complete: boolean }> {
    const { memory } = this.ground;
    const sources: Source[] = [];
    let gaps = [{ first: sector, end: sector + sectors }];
    const takeFrom = (page: MachinePage, first: number, end: number, origin: number): void => {
      memory.keep(page);
      sources.push({ page, offset: (first - origin) * SECTOR_BYTES, sector: first, sectors: end - first });
    };
    for (const layer of this.layers) {
      if (gaps.length === 0) break;
      for (const range of yield* layer.find(sector, sector + sectors))
        gaps = gaps.flatMap(gap => {
          const first = Math.max(gap.first, range.first);
          const end = Math.min(gap.end, range.end);
          if (first >= end) return [gap];
          takeFrom(range.value.page, first, end, range.origin);
          return [
            { first: gap.first, end: first },
            { first: end, end: gap.end },
          ].filter(left => left.first < left.end);
        });
    }
    const block = blockOf(sector);
    const page = job.held.get(block) ?? null;
    if (page !== null) for (const { first, end } of gaps) takeFrom(page, first, end, block);
    return { sources, complete: page !== null || gaps.length === 0 };
  }

  private *deliver(cpu: MonitorCpu, unit: Unit, sources: readonly Source[]): Code<number> {
    const { memory } = this.ground;
    const whole = isPage(unit);
    const [first] = sources;
    if (whole && sources.length === 1 && first.offset === 0) {
      this.counts.pagesMapped++;
      if (!(yield* memory.share(cpu, first.page, this.pmap, unit.physical)))
        throw new Error(`page ${first.page.id} has sectors of a disk and is being written`);
      return DeviceStatus.Ok;
    }
    return whole ? yield* this.compose(cpu, unit, sources) : yield* this.fill(cpu, unit, sources);
  }

  /** A page that is overwritten whole is made beside: no processor of the guest sees what was in its frame before. */
  private *compose(cpu: MonitorCpu, unit: Unit, sources: readonly Source[]): Code<number> {
    const { memory } = this.ground;
    const page = yield* memory.take(cpu, cpu.node, unit.physical, false);
    if (page === null) return DeviceStatus.NoMemory;
    memory.keep(page);
    yield* this.copyAll(cpu, unit, sources, page);
    yield* memory.share(cpu, page, this.pmap, unit.physical);
    yield* memory.release(cpu, page);
    return DeviceStatus.Ok;
  }

  /** Part of a page is written where it is. Pinned, it is neither moved nor shared: who would share it makes a copy. */
  private *fill(cpu: MonitorCpu, unit: Unit, sources: readonly Source[]): Code<number> {
    const { memory } = this.ground;
    const page = yield* memory.ownPage(cpu, this.pmap, unit.physical, false);
    if (page === null) return DeviceStatus.NoMemory;
    yield* this.copyAll(cpu, unit, sources, page);
    return DeviceStatus.Ok;
  }

  private *copyAll(cpu: MonitorCpu, unit: Unit, sources: readonly Source[], to: MachinePage): Code {
    const { memory } = this.ground;
    memory.pin(to, true);
    for (const source of sources) {
      this.counts.sectorsCopied += source.sectors;
      yield* copySectors(this.ground, cpu, source, to, unit.offset + (source.sector - unit.sector) * SECTOR_BYTES);
    }
    yield* memory.unpin(cpu, to, true);
  }

  private *write(cpu: MonitorCpu, unit: Unit): Code<number> {
    const { memory } = this.ground;
    const layer = this.layers[0];
    const { physical, offset, sector, sectors } = unit;
    const page = yield* memory.pageAt(cpu, this.pmap, physical, false);
    if (page === null) return DeviceStatus.NoMemory;
    let done: boolean;
    // What a device is writing to would change afterwards, whoever keeps it.
    if (isPage(unit) && page.inputs === 0) {
      this.counts.pagesKept++;
      yield* memory.hold(cpu, page);
      done = yield* layer.writeBlock(cpu, sector, page);
      yield* memory.release(cpu, page);
    } else {
      this.counts.sectorsCopied += sectors;
      memory.pin(page);
      done = yield* layer.writeSectors(cpu, sector, { page, offset, sectors });
      yield* memory.unpin(cpu, page);
    }
    return done ? DeviceStatus.Ok : DeviceStatus.NoMemory;
  }
}

/** Whether a unit is a whole page, of memory and of the disk. */
function isPage({ offset, sector, sectors }: Unit): boolean {
  return offset === 0 && sectors === PAGE_SECTORS && sector % PAGE_SECTORS === 0;
}
