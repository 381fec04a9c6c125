/** System software for specs that are not about software: page n is frame n, nothing costs anything. */
import type { InterruptMessage } from '../../lib/coherence/messages.js';
import type { Processor } from '../../lib/processor/processor.js';
import type { Handler, Refill, SystemSoftware } from '../../lib/processor/software.js';

/** What it answers without a page-table access. */
export const FREE_REFILL: Refill = { cycles: 0, frame: -1, offset: 0 };

/** Maps every page to the frame of the same number, writable, in no time. */
export class PlainSoftware implements SystemSoftware {
  refill(processor: Processor, page: number): Refill | null {
    const even = page & ~1;
    const pair = page >>> 1;
    processor.tlb.write(processor.tlbRandom(), {
      pair,
      space: 0,
      even,
      odd: even + 1,
      evenWritable: true,
      oddWritable: true,
    });
    return FREE_REFILL;
  }

  fault(): Handler {
    throw new Error('no page is missing');
  }

  modified(): Handler {
    throw new Error('no page is read-only');
  }

  interrupt(processor: Processor, message: InterruptMessage): Handler {
    void [processor, message];
    throw new Error('nobody interrupts');
  }

  call(): Handler | number {
    throw new Error('nobody calls');
  }

  ended(): void {}
}
