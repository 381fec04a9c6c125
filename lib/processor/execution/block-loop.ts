/**
 * The block loop: packed references, the fast path. A hit costs a few comparisons; everything else goes through
 * `slowReference`. What was tried on it, and how it is measured: spec/bench/processor.mjs.
 */
import type { Ticks } from '../../engine/time.js';
import { NO_VALUE, type PrivateCaches } from '../caches/private-caches.js';
import type { Context } from '../context.js';
import type { Operation } from '../operations.js';
import { ReferenceKind } from '../references.js';
import type { Tlb } from '../tlb.js';
import { AT_PRESENT, STALLED, TRAPS, type CacheAccess } from './access.js';
import type { Accounts } from './accounts.js';
import type { AddressFaults } from './address-faults.js';
import type { Counts } from './counts.js';
import { STOPPED, type Execution } from './execution.js';
import type { MemoryParts } from './words.js';

/** The block loop of one processor. It owns nothing: the progress is the context's. */
export class BlockLoop {
  private readonly execution: Execution;
  private readonly accounts: Accounts;
  private readonly access: CacheAccess;
  private readonly faults: AddressFaults;
  private readonly caches: PrivateCaches;
  private readonly tlb: Tlb;
  private readonly counts: Counts;
  private readonly period: Ticks;
  private readonly pageShift: number;
  private readonly pageMask: number;

  constructor(parts: MemoryParts, accounts: Accounts, counts: Counts) {
    this.execution = parts.execution;
    this.accounts = accounts;
    this.access = parts.access;
    this.faults = parts.faults;
    this.caches = parts.caches;
    this.tlb = parts.tlb;
    this.counts = counts;
    this.period = parts.period;
    this.pageShift = Math.log2(parts.map.pageBytes);
    this.pageMask = parts.map.pageBytes - 1;
  }

  /** Packed references: the hot loop. A hit costs a few comparisons; everything else goes through `slowReference`. */
  run(frame: Context, operation: Operation, start: Ticks, horizon: Ticks): Ticks {
    const { words, gaps } = operation.references!;
    const end = operation.b | 0;
    const { caches, execution } = this;
    const { front } = this.tlb;
    const { l1i, l1d } = caches;
    const linesI = l1i.lines;
    const linesD = l1d.lines;
    // Integers, said once: V8 would check in each turn that fields hold them.
    const period = this.period | 0;
    const pageShift = this.pageShift | 0;
    const maskI = l1i.setMask | 0;
    const maskD = l1d.setMask | 0;
    const stepI = (2 * l1i.ways) | 0;
    const stepD = (2 * l1d.ways) | 0;
    // The second place of a set behind the first; the first again if there is no other.
    const secondI = l1i.ways > 1 ? 2 : 0;
    const secondD = l1d.ways > 1 ? 2 : 0;
    const shiftI = l1i.lineShift | 0;
    const shiftD = l1d.lineShift | 0;
    const upI = (pageShift - shiftI) | 0;
    const upD = (pageShift - shiftD) | 0;
    const offsetMask = ((1 << pageShift) - 1) | 0;
    const fetch: number = ReferenceKind.Fetch;
    // A piece is no longer than LONGEST_PIECE: integers will do.
    const budget = (horizon - start) | 0;
    const first = frame.at | 0;
    let i = first;
    // The gap of a reference that was only waited for is added again below.
    let c = frame.gapDone && i < end ? -Math.imul(gaps[i], period) | 0 : 0;
    let outcome = 0;
    for (;;) {
      const mode = execution.mode | 0;
      // Hits on the first two ways. No calls in here: V8 reloads the arrays in each turn as it is (spec/bench/processor).
      for (; i < end; i = (i + 1) | 0) {
        c = (c + Math.imul(gaps[i], period)) | 0;
        if (c >= budget) break;
        const w = words[i] | 0;
        const page = w >>> pageShift;
        const place = ((page ^ (page >>> 6)) & 63) << 2;
        const kind = w & 3;
        if (kind < fetch) {
          if (front[place | kind] !== page) break;
          const line = (front[place | 3] << upD) | ((w & offsetMask) >>> shiftD);
          const at = Math.imul(line & maskD, stepD);
          if (linesD[at | kind] !== line) {
            const second = (at + secondD) | 0;
            if (linesD[second | kind] !== line) break;
            // Used last, it goes to the front: FirstLevel.touch without the search.
            const writable = linesD[second | 1];
            linesD[second] = linesD[at]!;
            linesD[second | 1] = linesD[at | 1]!;
            linesD[at] = line;
            linesD[at | 1] = writable;
          }
        } else {
          if (front[place] !== page || (w ^ mode) < 0) break;
          const line = (front[place | 3] << upI) | ((w & offsetMask) >>> shiftI);
          const at = Math.imul(line & maskI, stepI);
          if (linesI[at] !== line) {
            const second = (at + secondI) | 0;
            if (linesI[second] !== line) break;
            const writable = linesI[second | 1];
            linesI[second] = linesI[at]!;
            linesI[second | 1] = linesI[at | 1]!;
            linesI[at] = line;
            linesI[at | 1] = writable;
          }
        }
      }
      if (i >= end || c >= budget) break;
      const w = words[i];
      outcome = this.slowReference(frame, w, w & 3, start + c);
      if (outcome < 0) break;
      c = (c + outcome) | 0;
      if (++i >= end) break;
    }
    if (outcome === STALLED) i++;
    frame.at = i;
    this.counts.references += i - first;
    frame.gapDone = i < end && outcome !== STALLED;
    if (i === end) frame.operation = null;
    const time = start + c;
    switch (outcome) {
      case AT_PRESENT:
        return execution.appoint(time);
      case STALLED:
        return STOPPED;
      case TRAPS: {
        const w = words[i];
        return this.faults.untranslated(
          (w & ~3) >>> 0,
          (w & 3) === ReferenceKind.Store,
          (w & 3) === ReferenceKind.Fetch,
        );
      }
      default:
        return time;
    }
  }

  /** A packed reference that the hot loop could not answer. Ticks that it took, or an outcome. */
  private slowReference(frame: Context, w: number, kind: number, time: Ticks): number {
    const { now, mode } = this.execution;
    const number = this.tlb.translate(w >>> this.pageShift, kind);
    if (number < 0) return time > now ? AT_PRESENT : TRAPS;
    // Before a stall the time so far belongs to the mode so far.
    const flips = kind === ReferenceKind.Fetch && (w ^ mode) < 0;
    if (flips && time === now) this.enterMode(w, frame, time);
    const offset = w & this.pageMask & ~3;
    const extra = this.access.reference(number, offset, kind, time, NO_VALUE, 0);
    if (extra < 0) return extra;
    if (flips && time > now) this.enterMode(w, frame, time);
    if (extra > 0 && frame.activity < 0) this.accounts.addCacheTicks(extra);
    return extra;
  }

  private enterMode(word: number, frame: Context, time: Ticks): void {
    const { accounts } = this;
    if (frame.activity < 0 && time > accounts.account.until) accounts.upTo(time);
    this.execution.mode = word & 0x80000000;
  }
}
