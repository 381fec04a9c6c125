/** Accesses that the TLB does not translate, or whose address is no multiple of four: the software acts, at the present. */
import type { Ticks } from '../../engine/time.js';
import { NO_VALUE, type PrivateCaches } from '../caches/private-caches.js';
import { ReferenceKind } from '../references.js';
import { ExceptionCode, Vector, type SystemRegisters } from '../registers.js';
import { Activity, type Refill } from '../software.js';
import { Untranslated, type Tlb } from '../tlb.js';
import { STALLED, type CacheAccess } from './access.js';
import type { Accounts } from './accounts.js';
import type { Counts } from './counts.js';
import type { ExceptionUnit } from './exceptions.js';
import { STOPPED, type Execution } from './execution.js';
import type { StoreDrain } from './store-drain.js';
import type { Processor } from '../processor.js';

/** What address faults are made with. */
export interface AddressFaultParts {
  /** Whom the software is told about. */
  readonly processor: Processor;
  readonly execution: Execution;
  readonly accounts: Accounts;
  readonly access: CacheAccess;
  readonly stores: StoreDrain;
  readonly exceptions: ExceptionUnit;
  readonly caches: PrivateCaches;
  readonly tlb: Tlb;
  readonly registers: SystemRegisters;
  readonly counts: Counts;
  /** Ticks of a cycle. */
  readonly period: Ticks;
  readonly pageBytes: number;
}

/** What follows when an address leads nowhere. It owns nothing: it turns a fault into a refill or an exception. */
export class AddressFaults {
  private readonly processor: Processor;
  private readonly execution: Execution;
  private readonly accounts: Accounts;
  private readonly access: CacheAccess;
  private readonly stores: StoreDrain;
  private readonly exceptions: ExceptionUnit;
  private readonly caches: PrivateCaches;
  private readonly tlb: Tlb;
  private readonly registers: SystemRegisters;
  private readonly counts: Counts;
  private readonly period: Ticks;
  private readonly pageShift: number;

  constructor(parts: AddressFaultParts) {
    this.processor = parts.processor;
    this.execution = parts.execution;
    this.accounts = parts.accounts;
    this.access = parts.access;
    this.stores = parts.stores;
    this.exceptions = parts.exceptions;
    this.caches = parts.caches;
    this.tlb = parts.tlb;
    this.registers = parts.registers;
    this.counts = parts.counts;
    this.period = parts.period;
    this.pageShift = Math.log2(parts.pageBytes);
  }

  /** An access without a translation, at the present: a refill by the software, or an exception. Returns when to try again, or STOPPED. */
  untranslated(address: number, store: boolean, fetch = false): Ticks {
    const { exceptions } = this;
    const page = address >>> this.pageShift;
    const why = this.tlb.translate(page, store ? ReferenceKind.Store : ReferenceKind.Load);
    const missing = why === Untranslated.Missing;
    this.caches.linkedLine = -1;
    if (missing) this.counts.tlbMisses++;
    const refill = missing ? (exceptions.system!.refill?.(this.processor, page) ?? null) : null;
    if (refill !== null) return this.refill(page, refill);
    const vector = missing && !this.registers.exceptional ? Vector.Refill : Vector.General;
    return exceptions.take(codeOf(why, store, fetch), vector, address);
  }

  /** An address that is no multiple of four, found at `time`: an exception when the stores before it are done. */
  misaligned(address: number, store: boolean, time: Ticks): Ticks {
    const { stores, execution } = this;
    if (stores.buffer.size > 0) return stores.wait(time, time + 1);
    if (time > execution.now) return execution.appoint(time);
    const code = store ? ExceptionCode.AddressStore : ExceptionCode.AddressLoad;
    return this.exceptions.take(code, Vector.General, address >>> 0);
  }

  /** The time of a refill that the software has described: its instructions, and the page-table entry that it reads. */
  private refill(page: number, refill: Refill): Ticks {
    const { cycles, frame, offset, activity = Activity.TlbRefill, service = -1 } = refill;
    const { accounts } = this;
    const { now, observer } = this.execution;
    let ticks = cycles * this.period;
    accounts.upTo(now);
    if (observer !== null) observer.refilled?.(page, refill);
    if (frame >= 0) {
      const extra = this.access.reference(frame, offset, ReferenceKind.Load, now, NO_VALUE, 0);
      if (extra === STALLED) {
        accounts.stallForRefill(activity, service, ticks);
        return STOPPED;
      }
      ticks += extra;
    }
    accounts.charge(activity, now + ticks, service);
    return now + ticks;
  }
}

/** The exception for an access that the TLB does not translate. */
function codeOf(why: number, store: boolean, fetch: boolean): number {
  switch (why) {
    case Untranslated.Forbidden:
      return ExceptionCode.Modified;
    case Untranslated.Denied:
      return store ? ExceptionCode.AddressStore : ExceptionCode.AddressLoad;
    case Untranslated.Absent:
      return fetch ? ExceptionCode.BusInstruction : ExceptionCode.BusData;
    default:
      return store ? ExceptionCode.TlbStore : ExceptionCode.TlbLoad;
  }
}
