/**
 * Tags of a private cache as plain typed arrays. Two organisations: a first-level cache keeps each set in the order of
 * use, most recent first, so the usual hit changes nothing; a second-level cache keeps lines where they are and ranks them.
 */

/** Size and shape of a cache. */
export interface CacheGeometry {
  readonly sizeBytes: number;
  readonly ways: number;
  readonly lineBytes: number;
}

/** Throws a RangeError, naming the cache, unless sizes are powers of two that fit each other; returns the number of sets. */
export function checkGeometry(name: string, geometry: CacheGeometry): number {
  const { sizeBytes, ways, lineBytes } = geometry;
  for (const [what, value] of [
    ['size', sizeBytes],
    ['line', lineBytes],
  ] as const)
    if (!Number.isSafeInteger(value) || value < 4 || (value & (value - 1)) !== 0)
      throw new RangeError(`${name}: the ${what} is a power of two of bytes, not ${value}`);
  if (!Number.isSafeInteger(ways) || ways < 1 || ways > 255)
    throw new RangeError(`${name}: 1 to 255 ways, not ${ways}`);
  const sets = sizeBytes / (ways * lineBytes);
  if (!Number.isSafeInteger(sets) || sets < 1 || (sets & (sets - 1)) !== 0)
    throw new RangeError(
      `${name}: ${sizeBytes} bytes in ${ways} ways of ${lineBytes}-byte lines make ${sets} sets, not a power of two`,
    );
  return sets;
}

/** Rights of a first-level line. */
export const Right = { None: 0, Read: 1, Write: 2 } as const;

/** A first-level cache: sets in the order of use. Lines are dense numbers in units of its own line size. */
export class FirstLevel {
  /** Line by set * ways + position, -1 for none; position 0 was used last. */
  readonly tags: Int32Array;
  /** What may be done with it, see Right. */
  readonly rights: Uint8Array;
  readonly ways: number;
  readonly setMask: number;
  /** log2 of the line size. */
  readonly lineShift: number;

  constructor(name: string, geometry: CacheGeometry) {
    const sets = checkGeometry(name, geometry);
    this.ways = geometry.ways;
    this.setMask = sets - 1;
    this.lineShift = Math.log2(geometry.lineBytes);
    this.tags = new Int32Array(sets * this.ways).fill(-1);
    this.rights = new Uint8Array(sets * this.ways);
  }

  /** Moves a line to the front of its set. Returns whether it was there. */
  touch(line: number): boolean {
    const { tags, rights, ways } = this;
    const base = (line & this.setMask) * ways;
    let at = base;
    while (tags[at] !== line) if (++at === base + ways) return false;
    const right = rights[at]!;
    for (; at > base; at--) {
      tags[at] = tags[at - 1]!;
      rights[at] = rights[at - 1]!;
    }
    tags[base] = line;
    rights[base] = right;
    return true;
  }

  /** Puts a line in front, in place of the one used longest ago, or changes its rights if it is there. */
  fill(line: number, right: number): void {
    const { tags, rights, ways } = this;
    const base = (line & this.setMask) * ways;
    if (!this.touch(line)) {
      for (let at = base + ways - 1; at > base; at--) {
        tags[at] = tags[at - 1]!;
        rights[at] = rights[at - 1]!;
      }
      tags[base] = line;
    }
    rights[base] = right;
  }

  /** Takes rights away; with none left the line is gone, and its place is the next to be filled. */
  restrict(line: number, right: number): void {
    const { tags, rights, ways } = this;
    const base = (line & this.setMask) * ways;
    let at = base;
    while (tags[at] !== line) if (++at === base + ways) return;
    if (rights[at]! > right) rights[at] = right;
    if (right !== Right.None) return;
    for (const last = base + ways - 1; at < last; at++) {
      tags[at] = tags[at + 1]!;
      rights[at] = rights[at + 1]!;
    }
    tags[at] = -1;
    rights[at] = Right.None;
  }
}

/** A second-level cache: lines stay in their slot and carry a rank of use. */
export class SecondLevel {
  /** Line by slot, -1 for none. Slots behind the last set are for whoever made the array. */
  readonly tags: Int32Array;
  readonly slots: number;
  readonly ways: number;
  readonly setMask: number;
  /** log2 of the line size. */
  readonly lineShift: number;
  /** Rank in the set by slot: 0 was used last. */
  private readonly ranks: Uint8Array;

  /** `extra` slots are added behind the cache's own. */
  constructor(name: string, geometry: CacheGeometry, extra: number) {
    const sets = checkGeometry(name, geometry);
    this.ways = geometry.ways;
    this.setMask = sets - 1;
    this.lineShift = Math.log2(geometry.lineBytes);
    this.slots = sets * this.ways;
    this.tags = new Int32Array(this.slots + extra).fill(-1);
    this.ranks = new Uint8Array(this.slots);
    for (let slot = 0; slot < this.slots; slot++) this.ranks[slot] = slot % this.ways;
  }

  /** The slot of a line, or -1. */
  find(line: number): number {
    const { tags, ways } = this;
    const base = (line & this.setMask) * ways;
    for (let slot = base; slot < base + ways; slot++) if (tags[slot] === line) return slot;
    return -1;
  }

  /** Marks a slot as used last. */
  touch(slot: number): void {
    const { ranks, ways } = this;
    const rank = ranks[slot]!;
    if (rank === 0) return;
    const base = slot - (slot % ways);
    for (let other = base; other < base + ways; other++) if (ranks[other]! < rank) ranks[other]!++;
    ranks[slot] = 0;
  }

  /** The slot that a line would take: an empty one, else the one used longest ago. */
  victim(line: number): number {
    const { tags, ranks, ways } = this;
    const base = (line & this.setMask) * ways;
    let victim = base;
    for (let slot = base; slot < base + ways; slot++) {
      if (tags[slot] === -1) return slot;
      if (ranks[slot]! > ranks[victim]!) victim = slot;
    }
    return victim;
  }
}
