/** System software for litmus tests: page n is frame n, refills are free, and the threads can meet. */
import { compute, wait, type Program } from '../processor/operations.js';
import type { Processor } from '../processor/processor.js';
import { Activity, type Handler, type Refill, type SystemSoftware } from '../processor/software.js';

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

  fault(processor: Processor, page: number): Handler {
    throw new Error(`${processor.path} touches page ${page}, but every page is mapped`);
  }

  modified(processor: Processor, page: number): Handler {
    throw new Error(`${processor.path} may not write page ${page}, but every page may be written`);
  }

  interrupt(processor: Processor): Handler {
    throw new Error(`${processor.path} gets an interrupt, but nobody sends one`);
  }

  call(processor: Processor): Handler {
    return { program: this.meet(processor), activity: Activity.Synchronisation };
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
