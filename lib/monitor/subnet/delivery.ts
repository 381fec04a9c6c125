/** Brings a frame into the buffers of a receiver: whole pages are mapped, read-only to both ends, and the rest is copied. */
import { copy, zero } from '../../processor/operations.js';
import { CLEAR_LINE, COPY_LINE } from '../costs.js';
import type { GuestPiece } from '../devices/guest-command.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { Pmap } from '../memory/pmap.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import type { Steps } from '../steps.js';
import type { Fragment, Frame, SubnetMemory } from './frame.js';
import type { Filled } from './scatter.js';

/** What moving content takes. */
export interface DeliveryOptions {
  readonly memory: SubnetMemory;
  readonly space: MonitorSpace;
  readonly code: MonitorCode;
  readonly cpus: readonly MonitorCpu[];
  readonly pageBytes: number;
}

/** Moves content between virtual machines. */
export class Delivery {
  /** Pages mapped instead of copied, and bytes copied. */
  readonly stats = { pagesRemapped: 0, bytesCopied: 0 };
  private readonly options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.options = options;
  }

  /** Fills buffers of the memory of a pmap. False: there was no memory, and what is in the buffers is undefined. */
  *fill(cpu: MonitorCpu, { fragments }: Frame, pmap: Pmap, filled: readonly Filled[]): Steps<boolean> {
    for (const { buffer, remapped, copies } of filled) {
      yield this.options.code.step('subnet fragment');
      if (remapped >= 0) yield* this.remap(cpu, fragments[remapped]!.content, pmap, buffer.pieces[0]!.physical);
      for (const { fragment, from, to } of copies)
        if (!(yield* this.copy(cpu, fragments[fragment]!, from, pmap, to, buffer.page))) return false;
    }
    return true;
  }

  private *remap(cpu: MonitorCpu, page: MachinePage, pmap: Pmap, physical: number): Steps {
    const { memory } = this.options;
    yield* memory.untilFree(cpu, page);
    // It may be that page already: a machine that sends to itself by another card.
    if (pmap.get(physical) !== page) yield* memory.share(cpu, page, pmap, physical);
    this.stats.pagesRemapped++;
  }

  private *copy(
    cpu: MonitorCpu,
    { content, offset }: Fragment,
    from: number,
    pmap: Pmap,
    to: GuestPiece,
    pageBuffer: boolean,
  ): Steps<boolean> {
    const { memory, space, pageBytes } = this.options;
    // Of a buffer that is a whole page nothing counts but what comes into it: a page that others hold is not copied first.
    const old = pmap.get(to.physical);
    const fresh = pageBuffer && to.offset === 0 && (old === null || !old.single);
    const page = yield* memory.ownPage(cpu, pmap, to.physical, fresh);
    if (page === null) return false;
    this.close(page);
    const target = space.show(cpu.processor, 1, page.frame);
    const source = space.show(cpu.processor, 0, content.frame) + offset + from;
    yield copy(source, target + to.offset, to.bytes, COPY_LINE);
    // Nobody may find in the rest what somebody else has left there.
    if (fresh && to.bytes < pageBytes) yield zero(target + to.bytes, pageBytes - to.bytes, CLEAR_LINE);
    this.stats.bytesCopied += to.bytes;
    this.open(page);
    yield* memory.unpin(cpu, page);
    return true;
  }

  /** Keeps others from sharing a page that is being written: they would see it change. Nothing is waited for until `open`. */
  private close(page: MachinePage): void {
    page.busy = true;
    this.options.memory.pin(page);
  }

  private open(page: MachinePage): void {
    page.busy = false;
    for (const waiter of page.waiters.splice(0)) this.options.cpus[waiter]!.processor.wake();
  }
}
