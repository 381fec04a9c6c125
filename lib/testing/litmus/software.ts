/** System software for litmus tests: page n is frame n, refills are free, and the threads can meet. */
import { compute, wait, type Program } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import { Context } from '../../processor/context.js';
import { EXCEPTION_NAMES, ExceptionCode } from '../../processor/registers.js';
import { Activity, type Exception, type Refill, type SystemSoftware } from '../../processor/software.js';

/** The service call that returns when all threads have made it. */
export const MEET = 'meet';

/** Maps every page and lets a number of threads meet. */
export class LitmusSoftware implements SystemSoftware {
  private readonly parties: number;
  private readonly waiting: Processor[] = [];
  private meetings = 0;

  constructor(parties: number) {
    this.parties = parties;
  }

  refill(processor: Processor, page: number): Refill {
    const even = page & ~1;
    const entry = { pair: page >>> 1, space: 0, even, odd: even + 1, evenWritable: true, oddWritable: true };
    processor.tlb.write(processor.tlbRandom(), entry);
    return { cycles: 0, frame: -1, offset: 0 };
  }

  exception(processor: Processor, { code, context }: Exception): Context {
    if (code !== ExceptionCode.SystemCall)
      throw new Error(
        `${processor.path} takes the exception ${EXCEPTION_NAMES[code]}, but litmus tests have only calls`,
      );
    context!.complete();
    return new Context(this.meet(processor), Activity.Synchronisation);
  }

  ended(): void {}

  private *meet(processor: Processor): Program {
    const meeting = this.meetings;
    if (this.waiting.length + 1 < this.parties) {
      this.waiting.push(processor);
      while (this.meetings === meeting) yield wait();
      return;
    }
    this.meetings++;
    for (const other of this.waiting.splice(0)) other.wake();
    yield compute(1);
  }
}
