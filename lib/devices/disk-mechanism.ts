/**
 * The mechanics of a disk: where sectors are, how long the arm takes, and when a sector comes by.
 * After Ruemmler and Wilkes, An Introduction to Disk Drive Modeling (1994).
 *
 * Mechanical times are measurements, not clock periods. They are rounded to ticks here, once, and nowhere else: the time
 * of a sector, of each seek and of a head switch. Everything from there on is exact.
 */
import { finiteNumber, numberAbove, plainObject, wholeNumber, wholeNumbers } from '../engine/checks.js';
import type { Ticks } from '../engine/time.js';

/** Bytes of a sector. */
export const SECTOR_BYTES = 512;

/** The longest that a part of a disk may take. */
const MOST_MS = 60_000;

/** A disk, in the units of its data sheet. */
export interface DiskModel {
  readonly cylinders: number;
  readonly tracksPerCylinder: number;
  readonly sectorsPerTrack: number;
  readonly rotationsPerMinute: number;
  /**
   * A seek over d cylinders takes `shortBaseMs + shortRootMs * sqrt(d)` below `longFrom` cylinders, and
   * `longBaseMs + longSlopeMs * d` from there on.
   */
  readonly seek: {
    readonly shortBaseMs: number;
    readonly shortRootMs: number;
    readonly longFrom: number;
    readonly longBaseMs: number;
    readonly longSlopeMs: number;
  };
  /** Between two tracks of a cylinder. */
  readonly headSwitchMs: number;
  /** Sectors by which a track begins later than the one before it in its cylinder. */
  readonly trackSkew: number;
  /** Sectors by which the first track of a cylinder begins later than the last one of the cylinder before it. */
  readonly cylinderSkew: number;
  /** Of the controller, for each command. */
  readonly overheadMs: number;
  /** Of the bus to the host adapter, in millions of bytes. */
  readonly busMBytesPerSecond: number;
  /** Of the disk's own memory, a multiple of the sector. */
  readonly cacheBytes: number;
}

/** A disk model in ticks. Immutable. */
export class DiskMechanism {
  readonly sectors: number;
  readonly sectorsPerTrack: number;
  readonly tracksPerCylinder: number;
  /** Time for which a sector is under the head. */
  readonly sectorTicks: Ticks;
  readonly rotationTicks: Ticks;
  readonly headSwitchTicks: Ticks;
  readonly overheadTicks: Ticks;
  /** Time for which a sector occupies the bus. */
  readonly busTicks: Ticks;
  /** Sectors that the disk's own memory holds. */
  readonly cacheSectors: number;
  /** By distance in cylinders. */
  private readonly seeks: Float64Array;
  private readonly trackSkew: number;
  /** Sectors by which a cylinder begins later than the one before it. */
  private readonly wholeSkew: number;

  /** Throws a RangeError if the model is no disk. */
  constructor(model: DiskModel, tickPs: number) {
    plainObject(model, 'a disk: model');
    plainObject(model.seek, 'a disk: seek');
    wholeNumber(tickPs, 'a disk: tickPs', 1);
    wholeNumbers(model, ['cylinders', 'tracksPerCylinder', 'sectorsPerTrack'], 'a disk', 1, 2 ** 20);
    wholeNumbers(model, ['trackSkew', 'cylinderSkew'], 'a disk', 0, 2 ** 20);
    wholeNumbers(model.seek, ['longFrom'], 'a disk: seek', 0, 2 ** 20);
    for (const key of ['shortBaseMs', 'shortRootMs', 'longBaseMs', 'longSlopeMs'] as const)
      finiteNumber(model.seek[key], `a disk: seek.${key}`, 0, MOST_MS);
    for (const key of ['headSwitchMs', 'overheadMs'] as const) finiteNumber(model[key], `a disk: ${key}`, 0, MOST_MS);
    numberAbove(model.rotationsPerMinute, 'a disk: rotationsPerMinute', 0, 1e6);
    numberAbove(model.busMBytesPerSecond, 'a disk: busMBytesPerSecond', 0, 1e6);
    wholeNumber(model.cacheBytes, 'a disk: cacheBytes', SECTOR_BYTES, 2 ** 40);
    const { cylinders, tracksPerCylinder, sectorsPerTrack, trackSkew, cylinderSkew, cacheBytes } = model;
    if (cacheBytes % SECTOR_BYTES !== 0)
      throw new RangeError(`a disk's cache holds whole sectors of ${SECTOR_BYTES} bytes, not ${cacheBytes} bytes`);
    const ticks = (milliseconds: number): Ticks => {
      return Math.round((milliseconds * 1e9) / tickPs);
    };
    this.sectorsPerTrack = sectorsPerTrack;
    this.tracksPerCylinder = tracksPerCylinder;
    this.sectors = cylinders * tracksPerCylinder * sectorsPerTrack;
    this.sectorTicks = Math.max(1, ticks(60_000 / model.rotationsPerMinute / sectorsPerTrack));
    this.rotationTicks = this.sectorTicks * sectorsPerTrack;
    this.headSwitchTicks = ticks(model.headSwitchMs);
    this.overheadTicks = ticks(model.overheadMs);
    this.busTicks = Math.max(1, ticks(SECTOR_BYTES / model.busMBytesPerSecond / 1000));
    this.cacheSectors = cacheBytes / SECTOR_BYTES;
    this.trackSkew = trackSkew;
    this.wholeSkew = (tracksPerCylinder - 1) * trackSkew + cylinderSkew;
    const { seek } = model;
    this.seeks = Float64Array.from({ length: cylinders }, (_, d) => {
      if (d === 0) return 0;
      if (d < seek.longFrom) return ticks(seek.shortBaseMs + seek.shortRootMs * Math.sqrt(d));
      return ticks(seek.longBaseMs + seek.longSlopeMs * d);
    });
  }

  /** The track of a sector, counted over the whole disk. */
  trackOf(sector: number): number {
    return Math.floor(sector / this.sectorsPerTrack);
  }

  /** The cylinder of a track. */
  cylinderOf(track: number): number {
    return Math.floor(track / this.tracksPerCylinder);
  }

  /** From one track to another: a seek, in whose course heads are switched, or a head switch alone. */
  moveTicks(from: number, to: number): Ticks {
    if (from === to) return 0;
    const distance = Math.abs(this.cylinderOf(from) - this.cylinderOf(to));
    return Math.max(this.seeks[distance], this.headSwitchTicks);
  }

  /** From `time` until the beginning of a sector comes by, less than a rotation. At tick 0 slot 0 of every track does. */
  waitTicks(time: Ticks, sector: number): Ticks {
    const { rotationTicks } = this;
    const angle = this.slotOf(sector) * this.sectorTicks - (time % rotationTicks);
    return angle < 0 ? angle + rotationTicks : angle;
  }

  /** Where on its track a sector lies, in sectors from the mark that all tracks share. */
  slotOf(sector: number): number {
    const track = this.trackOf(sector);
    const cylinder = this.cylinderOf(track);
    const head = track - cylinder * this.tracksPerCylinder;
    const skew = cylinder * this.wholeSkew + head * this.trackSkew;
    return (sector + skew) % this.sectorsPerTrack;
  }

  /** When a sector is over, if the arm leaves a track at `time` for it. */
  endOf(track: number, time: Ticks, sector: number): Ticks {
    const there = time + this.moveTicks(track, this.trackOf(sector));
    return there + this.waitTicks(there, sector) + this.sectorTicks;
  }
}
