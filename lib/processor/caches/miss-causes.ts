/**
 * Why a cache misses: because it never had the line (cold), because it had to make room (capacity, conflicts included), or
 * because others wanted the line (communication, upgrades included). Kept apart for users' programs and for the rest.
 */

import { wholeNumber } from '../../engine/checks.js';

/** Counts by cause. */
export interface MissCauses {
  cold: number;
  capacity: number;
  communication: number;
}

const none = (): MissCauses => ({ cold: 0, capacity: 0, communication: 0 });

/** How a line left a cache. */
const Lost = { Never: 0, Evicted: 1, TakenAway: 2 } as const;

/** Remembers how each line of a machine left one cache, a byte for each, and counts misses by that. */
export class MissHistory {
  readonly user: MissCauses = none();
  readonly kernel: MissCauses = none();
  private readonly lost: Uint8Array;

  /** For a machine of this number of lines, up to 2^31. */
  constructor(lines: number) {
    wholeNumber(lines, 'a history of misses: lines', 0, 2 ** 31);
    this.lost = new Uint8Array(lines);
  }

  /** A line is asked for; `upgrade` if it is here and may not be written. */
  missed(line: number, upgrade: boolean, kernel: boolean): void {
    const causes = kernel ? this.kernel : this.user;
    if (upgrade || this.lost[line] === Lost.TakenAway) causes.communication++;
    else if (this.lost[line] === Lost.Evicted) causes.capacity++;
    else causes.cold++;
  }

  /** The cache made room. */
  evicted(line: number): void {
    this.lost[line] = Lost.Evicted;
  }

  /** Somebody else took the line away. */
  takenAway(line: number): void {
    this.lost[line] = Lost.TakenAway;
  }

  /** Sets the counts to 0; what was lost is still known. */
  resetStatistics(): void {
    Object.assign(this.user, none());
    Object.assign(this.kernel, none());
  }
}
