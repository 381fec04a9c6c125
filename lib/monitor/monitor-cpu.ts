/** A processor of the machine as the monitor sees it. */
import type { InterruptMessage } from '../messages/coherence-messages.js';
import type { Processor } from '../processor/processor.js';
import { HardwareTlb } from './memory/hardware-tlb.js';

/** One for each processor, which alone changes it. */
export class MonitorCpu {
  readonly processor: Processor;
  readonly number: number;
  readonly node: number;
  /** @internal */
  readonly hardware: HardwareTlb;
  /** A handler of the monitor is at work: what comes meanwhile, while it waits, is put off to its end. */
  busy = false;
  readonly deferred: InterruptMessage[] = [];

  constructor(processor: Processor) {
    this.processor = processor;
    this.number = processor.processor;
    this.node = processor.nodeNumber;
    this.hardware = new HardwareTlb(processor.tlb, processor.processor);
  }
}
