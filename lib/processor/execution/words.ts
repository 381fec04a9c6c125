/** Loads and stores of words, linked or not, at virtual addresses and in frames. */
import type { AddressMap } from '../../messages/address-map.js';
import type { Ticks } from '../../engine/time.js';
import { NO_VALUE, type PrivateCaches } from '../caches/private-caches.js';
import type { Context } from '../context.js';
import { Op } from '../operations.js';
import { ReferenceKind } from '../references.js';
import type { Tlb } from '../tlb.js';
import { AT_PRESENT, BUSY, STALLED, type CacheAccess } from './access.js';
import type { AddressFaults } from './address-faults.js';
import { STOPPED, type Execution } from './execution.js';
import type { StoreBuffer } from './store-buffer.js';
import type { StoreDrain } from './store-drain.js';

/** What operations on memory are made with. */
export interface MemoryParts {
  readonly execution: Execution;
  readonly access: CacheAccess;
  readonly stores: StoreDrain;
  readonly faults: AddressFaults;
  readonly caches: PrivateCaches;
  readonly tlb: Tlb;
  readonly map: AddressMap;
  /** Ticks of a cycle. */
  readonly period: Ticks;
}

/** A store-conditional whose line is asked for. */
interface Conditional {
  readonly line: number;
  readonly word: number;
  readonly value: number;
}

/** Words of one processor's programs. It owns the store-conditional that waits for its line, and the offset of the link. */
export class Words {
  private readonly execution: Execution;
  private readonly access: CacheAccess;
  private readonly stores: StoreDrain;
  /** Of `stores`. */
  private readonly buffer: StoreBuffer;
  private readonly faults: AddressFaults;
  private readonly caches: PrivateCaches;
  private readonly tlb: Tlb;
  private readonly map: AddressMap;
  private readonly period: Ticks;
  private readonly pageShift: number;
  private readonly pageMask: number;
  private linkedOffset = 0;
  /** The store-conditional that waits for its line to become writable, or null. */
  private conditional: Conditional | null = null;

  constructor(parts: MemoryParts) {
    this.execution = parts.execution;
    this.access = parts.access;
    this.stores = parts.stores;
    this.buffer = parts.stores.buffer;
    this.faults = parts.faults;
    this.caches = parts.caches;
    this.tlb = parts.tlb;
    this.map = parts.map;
    this.period = parts.period;
    this.pageShift = Math.log2(parts.map.pageBytes);
    this.pageMask = parts.map.pageBytes - 1;
  }

  /** A load or store, linked or not, of a word at a virtual address. Values and no record: one for each word would be garbage. */
  atAddress(frame: Context, kind: number, address: number, value: number, time: Ticks, horizon: Ticks): Ticks {
    const { execution, stores } = this;
    const at = this.cycle(frame, time);
    if (at >= horizon) return at;
    const store = kind === Op.Store || kind === Op.StoreConditional;
    if ((address & 3) !== 0) return this.faults.misaligned(address, store, at);
    const page = address >>> this.pageShift;
    const number = this.tlb.translate(page, store ? ReferenceKind.Store : ReferenceKind.Load);
    if (number >= 0) return this.word(frame, kind, number, address & this.pageMask, value, at, horizon);
    if (this.buffer.size > 0) return stores.wait(at, horizon);
    return at > execution.now ? execution.appoint(at) : this.faults.untranslated(address, store);
  }

  /** A load or store, linked or not, of a word of a frame. The cycle of the instruction comes first. */
  inFrame(
    frame: Context,
    kind: number,
    number: number,
    offset: number,
    value: number,
    time: Ticks,
    horizon: Ticks,
  ): Ticks {
    const at = this.cycle(frame, time);
    return at >= horizon ? at : this.word(frame, kind, number, offset, value, at, horizon);
  }

  /** The word itself, after its cycle. */
  private word(
    frame: Context,
    kind: number,
    number: number,
    offset: number,
    value: number,
    at: Ticks,
    horizon: Ticks,
  ): Ticks {
    if (kind === Op.StoreConditional) return this.storeConditional(frame, number, offset, value, at);
    const { access, caches, stores, buffer } = this;
    const store = kind === Op.Store;
    if (buffer.capacity > 0) {
      if (store) return stores.push(frame, number, offset, value, at, horizon);
      const place = buffer.size > 0 ? buffer.find(number, offset) : -1;
      if (place >= 0) {
        frame.operation = null;
        frame.result = buffer.valueAt(place);
        return at;
      }
    }
    const word = access.wordOf(offset);
    const extra = access.reference(number, offset, store ? ReferenceKind.Store : ReferenceKind.Load, at, word, value);
    if (extra === AT_PRESENT) return this.execution.appoint(at);
    if (extra === BUSY) return stores.wait(at, horizon);
    frame.operation = null;
    if (kind === Op.LoadLinked) {
      caches.linkedLine = access.lineOf(number, offset);
      this.linkedOffset = offset & (this.map.lineBytes - 1);
    }
    if (extra === STALLED) return STOPPED;
    frame.result = caches.value;
    return at + extra;
  }

  /** The access that missed has its line: what it leaves as the result of the program's operation. */
  completed(frame: Context): void {
    if (this.conditional !== null) frame.result = this.storeIfLinked(this.conditional);
    else if (this.access.valued) frame.result = this.caches.value;
    this.conditional = null;
  }

  /** When the cycle of the instruction is over. */
  private cycle(frame: Context, time: Ticks): Ticks {
    if (frame.gapDone) return time;
    frame.gapDone = true;
    return time + this.period;
  }

  /** A store-conditional: asks for the line only while the link holds, and looks again when it has it. */
  private storeConditional(frame: Context, number: number, offset: number, value: number, at: Ticks): Ticks {
    const { access, caches } = this;
    const asked = { line: access.lineOf(number, offset), word: access.wordOf(offset), value };
    let extra = 0;
    if (caches.linkedLine === asked.line && this.linkedOffset === (offset & (this.map.lineBytes - 1))) {
      extra = access.reference(number, offset, ReferenceKind.Store, at, NO_VALUE, 0);
      if (extra === AT_PRESENT) return this.execution.appoint(at);
    } else caches.linkedLine = -1;
    frame.operation = null;
    if (extra === STALLED) {
      this.conditional = asked;
      return STOPPED;
    }
    frame.result = this.storeIfLinked(asked);
    return at + extra;
  }

  /** Stores if the link holds, and takes it away. 1 if it stored. The line must be writable here. */
  private storeIfLinked({ line, word, value }: Conditional): number {
    const { caches } = this;
    const holds = caches.linkedLine === line;
    if (holds) caches.perform(line, word, true, value);
    caches.linkedLine = -1;
    return holds ? 1 : 0;
  }
}
