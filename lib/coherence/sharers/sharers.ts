/**
 * What a directory remembers of who shares a line. All formats have this face; entries are numbered densely by whoever
 * keeps them. A format that runs out of room either forgets exactness (a superset of the sharers is always kept) or says
 * that it has no room.
 */

/** Who shares, by entry. Whoever was added and not removed since is always among the sharers; others may be. */
export interface Sharers {
  /** Whether nobody is ever among the sharers who was not added. */
  readonly exact: boolean;
  /** Makes entries up to this number, the new ones without sharers. */
  grow(entries: number): void;
  /** Whether a processor is believed to share. */
  has(entry: number, processor: number): boolean;
  /** Adds a sharer. */
  add(entry: number, processor: number): void;
  /** Removes a sharer, if it is one and the format can. */
  remove(entry: number, processor: number): void;
  /** Removes all sharers. */
  clear(entry: number): void;
  /** Number of processors that are believed to share. */
  count(entry: number): number;
  /** The lowest sharer above `processor`, or -1. Start with -1. */
  next(entry: number, processor: number): number;
  /** Whether nobody would be left if this sharer were removed. */
  last(entry: number, processor: number): boolean;
  /** Whether another sharer can be added. False only in formats that give up a sharer for a new one. */
  room(entry: number): boolean;
}

/** What formats count. Whoever makes one gives it the object to count in. */
export interface SharerCounts {
  /** Times that an entry could not name its sharers one by one any longer. */
  overflows: number;
  /** Most list cells in use at once. */
  largestPool: number;
}
