/** A spinning loop that sleeps until its copy of the line is taken away, and costs what spinning costs. */
import type { Ticks } from '../../engine/time.js';
import type { PrivateCaches } from '../caches/private-caches.js';
import type { Context } from '../context.js';
import type { Operation } from '../operations.js';
import { ReferenceKind } from '../references.js';
import type { Tlb } from '../tlb.js';
import { STALLED, type CacheAccess } from './access.js';
import type { Accounts } from './accounts.js';
import type { AddressFaults } from './address-faults.js';
import { STOPPED, type Execution } from './execution.js';
import type { MemoryParts } from './words.js';

/** The spinning loop of one processor. It owns when the current turn began. */
export class Spin {
  private readonly execution: Execution;
  private readonly accounts: Accounts;
  private readonly access: CacheAccess;
  private readonly faults: AddressFaults;
  private readonly caches: PrivateCaches;
  private readonly tlb: Tlb;
  private readonly period: Ticks;
  private readonly pageShift: number;
  private readonly pageMask: number;
  private spunFrom: Ticks = 0;

  constructor(parts: MemoryParts, accounts: Accounts) {
    this.execution = parts.execution;
    this.accounts = accounts;
    this.access = parts.access;
    this.faults = parts.faults;
    this.caches = parts.caches;
    this.tlb = parts.tlb;
    this.period = parts.period;
    this.pageShift = Math.log2(parts.map.pageBytes);
    this.pageMask = parts.map.pageBytes - 1;
  }

  /** One turn of the loop, at the present; if it leaves the value as it is, it waits until the line is taken away. */
  turn(frame: Context, { a, b }: Operation): Ticks {
    const { access, caches, execution } = this;
    const { now } = execution;
    const address = a >>> 0;
    if ((address & 3) !== 0) return this.faults.misaligned(address, false, now);
    const number = this.tlb.translate(address >>> this.pageShift, ReferenceKind.Load);
    if (number < 0) return this.faults.untranslated(address, false);
    const offset = address & this.pageMask;
    // A load that missed has its value, though the line may be gone again.
    const loaded = frame.at === 1;
    const extra = loaded ? 0 : access.reference(number, offset, ReferenceKind.Load, now, access.wordOf(offset), 0);
    frame.at = extra === STALLED ? 1 : 0;
    if (extra === STALLED) return STOPPED;
    if (!loaded) frame.result = caches.value;
    if (frame.result !== b) {
      frame.operation = null;
      return now + extra;
    }
    this.accounts.upTo(now);
    this.spunFrom = now + extra;
    const line = access.lineOf(number, offset);
    if (caches.wouldMiss(line, false)) return execution.appoint(this.nextLook());
    caches.watchedLine = line;
    execution.state = 'spinning';
    return STOPPED;
  }

  /** When the loop loads next, not before now: at the present, messages come first. */
  nextLook(): Ticks {
    const { now, top } = this.execution;
    const turn = top.operation!.c * this.period;
    const turns = Math.ceil((now - this.spunFrom) / turn);
    return this.spunFrom + Math.max(1, turns) * turn;
  }
}
