/** Brings a frame into the buffers of a receiver: whole pages are mapped, read-only to both ends, and the rest is copied. */
import { copy } from '../../processor/operations.js';
import { COPY_LINE } from '../costs.js';
import type { GuestPiece } from '../devices/guest-command.js';
import type { MachineMemory } from '../memory/machine-memory.js';
import type { Pmap } from '../memory/pmap.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import type { Fragment, Frame } from './frame.js';
import type { Filled } from './scatter.js';
import type { Code } from '../../system/code.js';

/** What moving content takes. */
export interface DeliveryOptions {
  readonly memory: MachineMemory;
  readonly space: MonitorSpace;
  readonly code: MonitorCode;
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
  *fill(cpu: MonitorCpu, { fragments }: Frame, pmap: Pmap, filled: readonly Filled[]): Code<boolean> {
    for (const { buffer, remapped, copies } of filled) {
      yield this.options.code.step('subnet fragment');
      const place = buffer.pieces[0];
      if (remapped >= 0 && !(yield* this.give(cpu, fragments[remapped], pmap, place))) return false;
      for (const { fragment, from, to } of copies)
        if (!(yield* this.copy(cpu, fragments[fragment], from, pmap, to, buffer.page))) return false;
    }
    return true;
  }

  /** A whole page: mapped, or copied if something is being written into it. */
  private *give(cpu: MonitorCpu, fragment: Fragment, pmap: Pmap, to: GuestPiece): Code<boolean> {
    if (!(yield* this.options.memory.share(cpu, fragment.content, pmap, to.physical)))
      return yield* this.copy(cpu, fragment, 0, pmap, to, true);
    this.stats.pagesRemapped++;
    return true;
  }

  private *copy(
    cpu: MonitorCpu,
    { content, offset }: Fragment,
    from: number,
    pmap: Pmap,
    to: GuestPiece,
    pageBuffer: boolean,
  ): Code<boolean> {
    const { memory, space } = this.options;
    // Of a buffer that is a whole page nothing counts but what comes into it: a page that others hold is not copied first.
    const page = yield* memory.ownPage(cpu, pmap, to.physical, pageBuffer && to.offset === 0);
    if (page === null) return false;
    // As input: who shared it now would see it change.
    memory.pin(page, true);
    const source = space.show(cpu.processor, 0, content.frame) + offset + from;
    const target = space.show(cpu.processor, 1, page.frame) + to.offset;
    yield copy(source, target, to.bytes, COPY_LINE);
    this.stats.bytesCopied += to.bytes;
    yield* memory.unpin(cpu, page, true);
    return true;
  }
}
