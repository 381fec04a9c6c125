/** Copies and fills: whole lines through the caches, of frames or at virtual addresses. Interruptible at each access. */
import type { AddressMap } from '../../messages/address-map.js';
import type { Ticks } from '../../engine/time.js';
import { WHOLE_LINE, type PrivateCaches } from '../caches/private-caches.js';
import type { Context } from '../context.js';
import { Op, type Operation } from '../operations.js';
import { ReferenceKind } from '../references.js';
import type { Tlb } from '../tlb.js';
import { AT_PRESENT, STALLED, type CacheAccess } from './access.js';
import type { AddressFaults } from './address-faults.js';
import { STOPPED, type Execution } from './execution.js';
import type { MemoryParts } from './words.js';

/** Copies of one processor's programs. It owns nothing: the progress is the context's, the line that is copied the caches'. */
export class Copies {
  private readonly execution: Execution;
  private readonly access: CacheAccess;
  private readonly faults: AddressFaults;
  private readonly caches: PrivateCaches;
  private readonly tlb: Tlb;
  private readonly map: AddressMap;
  private readonly period: Ticks;
  private readonly pageShift: number;
  private readonly pageMask: number;

  constructor(parts: MemoryParts) {
    this.execution = parts.execution;
    this.access = parts.access;
    this.faults = parts.faults;
    this.caches = parts.caches;
    this.tlb = parts.tlb;
    this.map = parts.map;
    this.period = parts.period;
    this.pageShift = Math.log2(parts.map.pageBytes);
    this.pageMask = parts.map.pageBytes - 1;
  }

  /** Copies or clears bytes at virtual addresses: whole lines where they are aligned, else words. */
  atAddresses(frame: Context, { a, b, c, d, kind }: Operation, time: Ticks, horizon: Ticks): Ticks {
    const { access, caches, execution, map } = this;
    const copies = kind === Op.Copy;
    if (((a | b) & 3) !== 0) return this.faults.misaligned((a & 3) !== 0 ? a : b, !copies || (a & 3) === 0, time);
    let at = time;
    // Progress in bytes; of a copy twice that, plus 1 between the load and the store.
    for (;;) {
      const done = copies ? frame.at >> 1 : frame.at;
      if (done >= c) break;
      const store = !copies || (frame.at & 1) === 1;
      const from = (a + done) >>> 0;
      const to = ((copies ? b : a) + done) >>> 0;
      const address = store ? to : from;
      const whole = ((from | to) & (map.lineBytes - 1)) === 0 && c - done >= map.lineBytes;
      const bytes = whole ? map.lineBytes : 4;
      if (!frame.gapDone) {
        if (!copies || !store) at += whole ? d * this.period : Math.ceil((d * 4) / map.lineBytes) * this.period;
        frame.gapDone = true;
      }
      if (at >= horizon) return at;
      const number = this.tlb.translate(address >>> this.pageShift, store ? ReferenceKind.Store : ReferenceKind.Load);
      if (number < 0) return at > execution.now ? execution.appoint(at) : this.faults.untranslated(address, store);
      const offset = address & this.pageMask;
      if (whole && !copies) caches.wholeLine = null;
      const word = whole ? WHOLE_LINE : access.wordOf(offset);
      const value = copies ? frame.result : 0;
      const extra = access.reference(number, offset, store ? ReferenceKind.Store : ReferenceKind.Load, at, word, value);
      if (extra === AT_PRESENT) return execution.appoint(at);
      if (extra !== STALLED) frame.result = caches.value;
      frame.at = !copies ? done + bytes : store ? 2 * (done + bytes) : frame.at + 1;
      frame.gapDone = copies && !store;
      if (extra === STALLED) return STOPPED;
      at += extra;
    }
    frame.operation = null;
    frame.result = 0;
    return at;
  }

  /** Copies or clears a frame, line by line through the caches. */
  ofFrames(frame: Context, { a, b, c, kind }: Operation, time: Ticks, horizon: Ticks): Ticks {
    const { access, caches, map } = this;
    const copies = kind === Op.CopyFrame;
    const steps = (copies ? 2 : 1) << map.frameShift;
    let at = time;
    while (frame.at < steps) {
      const store = !copies || (frame.at & 1) === 1;
      if (!frame.gapDone) {
        if (!copies || !store) at += c * this.period;
        frame.gapDone = true;
      }
      if (at >= horizon) return at;
      if (!copies) caches.wholeLine = null;
      const offset = (copies ? frame.at >> 1 : frame.at) * map.lineBytes;
      const number = copies && store ? b : a;
      const extra = access.reference(
        number,
        offset,
        store ? ReferenceKind.Store : ReferenceKind.Load,
        at,
        WHOLE_LINE,
        0,
      );
      if (extra === AT_PRESENT) return this.execution.appoint(at);
      frame.at++;
      frame.gapDone = false;
      if (extra === STALLED) return STOPPED;
      at += extra;
    }
    frame.operation = null;
    return at;
  }
}
