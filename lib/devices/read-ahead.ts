/**
 * The memory of a disk as a read-ahead cache: one run of sectors. After a read the disk reads on until the memory is full,
 * the disk ends, or a command wants the arm. How far it is, is arithmetic: it costs no events, and does not keep a run alive.
 */
import type { Ticks } from '../engine/time.js';
import type { DiskMechanism } from './disk-mechanism.js';

/** What the disk has in its memory, and where its arm is. */
export class ReadAhead {
  /** The track that the arm is on. */
  track = 0;
  /** The sectors in memory are those from `first` up to, not including, `end`. */
  private first = 0;
  private end = 0;
  /** When the last of them was over: the disk reads on from there. */
  private at: Ticks = 0;
  private readonly mechanism: DiskMechanism;
  /** Sectors that cannot be read: the disk does not read on over them. */
  private readonly spoiled: ReadonlySet<number>;
  private reading = false;

  constructor(mechanism: DiskMechanism, spoiled: ReadonlySet<number>) {
    this.mechanism = mechanism;
    this.spoiled = spoiled;
  }

  /**
   * Begins with a read at `sector`. True if it is in memory, or the next to come: then nothing moves but what reads
   * ahead, and what was before the sector makes room. If not, memory is emptied for it.
   */
  begin(now: Ticks, sector: number): boolean {
    this.advance(now);
    const near = sector < this.end || (sector === this.end && this.reading && this.end > this.first);
    if (near && sector >= this.first) {
      this.first = sector;
      // It had stopped; now it goes on, wherever the sectors have got to meanwhile.
      if (!this.reading) this.at = now;
      this.reading = true;
      return true;
    }
    this.first = this.end = sector;
    this.at = now;
    this.reading = true;
    return false;
  }

  /** Takes the next sector of the read: when it is in memory, not before `now`. Sectors come in order. */
  take(now: Ticks, sector: number): Ticks {
    if (sector < this.end) return now;
    this.at = this.mechanism.endOf(this.track, this.at, sector);
    this.track = this.mechanism.trackOf(sector);
    this.end = sector + 1;
    this.first = Math.max(this.first, this.end - this.mechanism.cacheSectors);
    return Math.max(now, this.at);
  }

  /** Where the arm is when a write takes it away; memory is emptied. */
  stop(now: Ticks): void {
    this.advance(now);
    this.first = this.end;
    this.reading = false;
  }

  /** Reads ahead as far as it has come by now. */
  private advance(now: Ticks): void {
    const { mechanism, spoiled } = this;
    if (!this.reading) return;
    while (this.end - this.first < mechanism.cacheSectors && this.end < mechanism.sectors && !spoiled.has(this.end)) {
      const over = mechanism.endOf(this.track, this.at, this.end);
      if (over > now) return;
      this.at = over;
      this.track = mechanism.trackOf(this.end);
      this.end++;
    }
    this.reading = false;
  }
}
