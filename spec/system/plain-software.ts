/** System software for specs that are not about software: page n is frame n, nothing costs anything. */
import type { InterruptMessage } from '../../lib/messages/coherence-messages.js';
import type { Processor } from '../../lib/processor/processor.js';
import type { Context } from '../../lib/processor/context.js';
import { EXCEPTION_NAMES, ExceptionCode } from '../../lib/processor/registers.js';
import type { Exception, Refill, SystemSoftware } from '../../lib/processor/software.js';

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

  exception(processor: Processor, { code, context, message }: Exception): Context | null {
    if (code === ExceptionCode.Interrupt) return this.interrupt(processor, message!);
    if (code !== ExceptionCode.SystemCall) throw new Error(`nobody serves the exception ${EXCEPTION_NAMES[code]}`);
    const answer = this.call(processor, context!.operation!.request);
    context!.complete(typeof answer === 'number' ? answer : 0);
    return typeof answer === 'number' ? null : answer;
  }

  /** For specs: what an interrupt runs. */
  interrupt(processor: Processor, message: InterruptMessage): Context {
    void [processor, message];
    throw new Error('nobody interrupts');
  }

  /** For specs: what a call runs, or its result. */
  call(processor: Processor, request: unknown): Context | number {
    void [processor, request];
    throw new Error('nobody calls');
  }

  ended(): void {}
}
