/** The way of a processor to its caches: one access to a frame, answered, missed or put off to the present. */
import type { AddressMap } from '../../messages/address-map.js';
import type { Ticks } from '../../engine/time.js';
import { machineFrame } from '../../messages/addresses.js';
import { NO_VALUE, type PrivateCaches } from '../caches/private-caches.js';
import { ReferenceKind } from '../references.js';
import type { Accounts } from './accounts.js';
import type { Counts } from './counts.js';
import type { Execution } from './execution.js';

/** Outcomes of an access, besides the ticks that it took: it has to be made at the present, not ahead. */
export const AT_PRESENT = -1;
/** It missed, and the processor stalls. */
export const STALLED = -2;
/** The TLB does not translate it. */
export const TRAPS = -3;
/** It misses while a buffered store waits for its line: one miss is outstanding at a time. */
export const BUSY = -4;

/** What the way to the caches is made with. */
export interface CacheAccessParts {
  readonly execution: Execution;
  readonly accounts: Accounts;
  readonly caches: PrivateCaches;
  readonly map: AddressMap;
  readonly counts: Counts;
  readonly nodeNumber: number;
  /** Ticks that an access waits which the first level cannot answer and the second can. */
  readonly l2Ticks: Ticks;
}

/** Accesses of one processor. It owns what the miss under way is for. */
export class CacheAccess {
  /** The miss under way is that of the oldest buffered store, and the processor need not stall for it. */
  storeMisses = false;
  /** The access that missed has a value for its program. */
  valued = false;
  private readonly execution: Execution;
  private readonly accounts: Accounts;
  private readonly caches: PrivateCaches;
  private readonly map: AddressMap;
  private readonly counts: Counts;
  private readonly nodeNumber: number;
  private readonly l2Ticks: Ticks;
  private readonly pageShift: number;
  private readonly frameShift: number;
  private readonly lineShift: number;
  /** Of the offset in a coherence line. */
  private readonly lineMask: number;

  constructor(parts: CacheAccessParts) {
    this.execution = parts.execution;
    this.accounts = parts.accounts;
    this.caches = parts.caches;
    this.map = parts.map;
    this.counts = parts.counts;
    this.nodeNumber = parts.nodeNumber;
    this.l2Ticks = parts.l2Ticks;
    this.pageShift = Math.log2(parts.map.pageBytes);
    this.frameShift = parts.map.frameShift;
    this.lineShift = parts.caches.l2.lineShift;
    this.lineMask = parts.map.lineBytes - 1;
  }

  /** The coherence line at an offset in a frame. */
  lineOf(frame: number, offset: number): number {
    return (frame << this.frameShift) | (offset >>> this.lineShift);
  }

  /** The word of its line at an offset in a frame. */
  wordOf(offset: number): number {
    return (offset & this.lineMask) >> 2;
  }

  /**
   * An access of the program to a frame. `word` is one of the line, NO_VALUE or WHOLE_LINE. Ticks beyond those of the
   * instruction, AT_PRESENT, STALLED or BUSY. Six values and no record: a record for each would be garbage on the hot path.
   */
  reference(frame: number, offset: number, kind: number, time: Ticks, word: number, value: number): number {
    return this.firstLevel(frame, offset, kind, word, value)
      ? 0
      : this.beyondFirstLevel(frame, offset, kind, time, word, value);
  }

  /** The oldest buffered store tries its line. Ticks beyond its cycle, AT_PRESENT, or BUSY if it misses: the processor does not stall. */
  drain(frame: number, offset: number, value: number, time: Ticks): number {
    const word = this.wordOf(offset);
    if (this.firstLevel(frame, offset, ReferenceKind.Store, word, value)) return 0;
    const extra = this.secondLevel(frame, offset, ReferenceKind.Store, word, value);
    if (extra !== AT_PRESENT || time > this.execution.now) return extra;
    this.miss(frame, offset, ReferenceKind.Store, word, value);
    this.storeMisses = true;
    return BUSY;
  }

  /** Apart from `reference`, so that the way of most accesses is short enough for the compiler to put it in one piece. */
  private beyondFirstLevel(
    frame: number,
    offset: number,
    kind: number,
    time: Ticks,
    word: number,
    value: number,
  ): number {
    const extra = this.secondLevel(frame, offset, kind, word, value);
    if (extra !== AT_PRESENT || time > this.execution.now) return extra;
    if (this.storeMisses) return BUSY;
    this.valued = word !== NO_VALUE;
    this.caches.forSystem = this.execution.top.activity >= 0;
    this.miss(frame, offset, kind, word, value);
    this.accounts.stall(this.map.homeOfFrame(machineFrame(frame)));
    return STALLED;
  }

  /** Makes an access if the first level has the line; otherwise nothing has changed. */
  private firstLevel(frame: number, offset: number, kind: number, word: number, value: number): boolean {
    const { caches } = this;
    const store = kind === ReferenceKind.Store;
    const level = kind === ReferenceKind.Fetch ? caches.l1i : caches.l1d;
    if (!level.touch((frame << (this.pageShift - level.lineShift)) | (offset >>> level.lineShift), store)) return false;
    if (word !== NO_VALUE) caches.perform(this.lineOf(frame, offset), word, store, value);
    return true;
  }

  /** Makes an access if the second level has the line as the access needs it: its ticks, or AT_PRESENT, and nothing has changed. */
  private secondLevel(frame: number, offset: number, kind: number, word: number, value: number): number {
    const { caches } = this;
    const fetch = kind === ReferenceKind.Fetch;
    const { lineShift } = fetch ? caches.l1i : caches.l1d;
    const l1Line = (frame << (this.pageShift - lineShift)) | (offset >>> lineShift);
    const store = kind === ReferenceKind.Store;
    if (!caches.hit(this.lineOf(frame, offset), l1Line, store, fetch, word, value)) return AT_PRESENT;
    this.counts.secondLevelHits++;
    return this.l2Ticks;
  }

  /** Asks for the line of an access that the caches have not answered. */
  private miss(frame: number, offset: number, kind: number, word: number, value: number): void {
    const { caches } = this;
    const fetch = kind === ReferenceKind.Fetch;
    const { lineShift } = fetch ? caches.l1i : caches.l1d;
    const l1Line = (frame << (this.pageShift - lineShift)) | (offset >>> lineShift);
    caches.miss(this.lineOf(frame, offset), l1Line, kind === ReferenceKind.Store, fetch, word, value);
    if (this.map.homeOfFrame(machineFrame(frame)) === this.nodeNumber) this.counts.localMisses++;
    else this.counts.remoteMisses++;
  }
}
