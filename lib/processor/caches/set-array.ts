/**
 * Tags of a private cache as plain typed arrays. Two organisations: a first-level cache keeps each set in the order of
 * use, most recent first, so the usual hit changes nothing; a second-level cache keeps lines where they are and ranks them.
 */

import { plainObject, shown, wholeNumber } from '../../engine/checks.js';

/** Size and shape of a cache. */
export interface CacheGeometry {
  readonly sizeBytes: number;
  readonly ways: number;
  readonly lineBytes: number;
}

const MOST_BYTES = 2 ** 30;

/** Throws a RangeError, naming the cache, unless sizes are powers of two that fit each other; returns the number of sets. */
export function checkGeometry(name: string, geometry: CacheGeometry): number {
  plainObject(geometry, name);
  const { sizeBytes, ways, lineBytes } = geometry;
  for (const [what, value] of [
    ['size', sizeBytes],
    ['line', lineBytes],
  ] as const)
    if (!Number.isSafeInteger(value) || value < 4 || value > MOST_BYTES || (value & (value - 1)) !== 0)
      throw new RangeError(`${name}: the ${what} is a power of two of bytes, not ${shown(value)}`);
  if (!Number.isSafeInteger(ways) || ways < 1 || ways > 255)
    throw new RangeError(`${name}: 1 to 255 ways, not ${shown(ways)}`);
  const sets = sizeBytes / (ways * lineBytes);
  if (!Number.isSafeInteger(sets) || sets < 1 || (sets & (sets - 1)) !== 0)
    throw new RangeError(
      `${name}: ${sizeBytes} bytes in ${ways} ways of ${lineBytes}-byte lines make ${sets} sets, not a power of two`,
    );
  return sets;
}

/** Rights of a first-level line. */
export const Right = { None: 0, Read: 1, Write: 2 } as const;

/**
 * A first-level cache: sets in the order of use. Lines are dense numbers in units of its own line size. A place holds its
 * line twice, once if it may be read and once if it may be written, so that a hit is one comparison for either.
 */
export class FirstLevel {
  /** By place: the line if it may be read, then the line if it may be written, else -1. The first place of a set was used last. */
  readonly lines: Int32Array;
  readonly ways: number;
  readonly setMask: number;
  /** log2 of the line size. */
  readonly lineShift: number;
  /** Numbers in `lines` to a set. */
  private readonly step: number;

  constructor(name: string, geometry: CacheGeometry) {
    const sets = checkGeometry(name, geometry);
    this.ways = geometry.ways;
    this.step = 2 * geometry.ways;
    this.setMask = sets - 1;
    this.lineShift = Math.log2(geometry.lineBytes);
    this.lines = new Int32Array(2 * sets * this.ways).fill(-1);
  }

  /** Moves a line to the front of its set if it is there with the right to be read, or written. Returns whether it is. */
  touch(line: number, store: boolean): boolean {
    const at = this.find(line);
    if (at < 0 || (store && this.lines[at + 1] !== line)) return false;
    this.bringForward(line, at, this.lines[at + 1]);
    return true;
  }

  /** Puts a line in front, in place of the one used longest ago, or changes its rights if it is there. */
  fill(line: number, right: number): void {
    const found = this.find(line);
    this.bringForward(line, found < 0 ? this.base(line) + this.step - 2 : found, right === Right.Write ? line : -1);
  }

  /** Takes rights away; with none left the line is gone, and its place is the next to be filled. */
  restrict(line: number, right: number): void {
    const { lines } = this;
    const at = this.find(line);
    if (at < 0) return;
    if (right < Right.Write) lines[at + 1] = -1;
    if (right !== Right.None) return;
    const last = this.base(line) + this.step - 2;
    for (let place = at; place < last; place++) lines[place] = lines[place + 2]!;
    lines[last] = lines[last + 1] = -1;
  }

  /** Takes rights to all lines within a larger line away. */
  restrictPart(larger: number, largerShift: number, right: number): void {
    const up = largerShift - this.lineShift;
    const first = larger << up;
    for (let line = first; line < first + (1 << up); line++) this.restrict(line, right);
  }

  /** Where the set of a line begins. Integer multiplication, which V8 need not check (spec/bench/processor). */
  private base(line: number): number {
    return Math.imul(line & this.setMask, this.step);
  }

  /** Where a line is, or -1. */
  private find(line: number): number {
    const { lines } = this;
    const base = this.base(line);
    const end = (base + this.step) | 0;
    for (let at = base; at < end; at = (at + 2) | 0) if (lines[at] === line) return at;
    return -1;
  }

  /** Puts a line in front of its set, over what is at `at`; what was before moves back by a place. */
  private bringForward(line: number, at: number, writable: number): void {
    const { lines } = this;
    const base = this.base(line);
    for (let place = (at + 1) | 0; place > base + 1; place = (place - 1) | 0) lines[place] = lines[place - 2]!;
    lines[base] = line;
    lines[base + 1] = writable;
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
    wholeNumber(extra, `${name}: extra slots`, 0, 2 ** 20);
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
    const base = Math.imul(line & this.setMask, ways);
    const end = (base + ways) | 0;
    for (let slot = base; slot < end; slot = (slot + 1) | 0) if (tags[slot] === line) return slot;
    return -1;
  }

  /** Marks a slot as used last. */
  touch(slot: number): void {
    const { ranks, ways } = this;
    const rank = ranks[slot];
    if (rank === 0) return;
    const base = slot - (slot % ways);
    for (let other = base; other < base + ways; other++) if (ranks[other] < rank) ranks[other]++;
    ranks[slot] = 0;
  }

  /** The slot that a line would take: an empty one, else the one used longest ago. */
  victim(line: number): number {
    const { tags, ranks, ways } = this;
    const base = Math.imul(line & this.setMask, ways);
    let victim = base;
    for (let slot = base; slot < base + ways; slot++) {
      if (tags[slot] === -1) return slot;
      if (ranks[slot] > ranks[victim]) victim = slot;
    }
    return victim;
  }
}
