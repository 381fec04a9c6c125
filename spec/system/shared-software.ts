/**
 * System software that shares state between processors, as an operating system does: one page table filled at first
 * touch, a lock, a barrier. It answers each kind of trap in each way there is: at once, with a program, by waiting.
 */
import { machineFrame, physicalPage } from '../../lib/messages/addresses.js';
import { HOT_PAGE, type InterruptMessage } from '../../lib/messages/coherence-messages.js';
import { clearFrame, compute, machineLoad, machineStore, wait, type Program } from '../../lib/processor/operations.js';
import type { Processor } from '../../lib/processor/processor.js';
import { Context } from '../../lib/processor/context.js';
import { ExceptionCode } from '../../lib/processor/registers.js';
import { Activity, type Exception, type Refill, type SystemSoftware } from '../../lib/processor/software.js';

/** A service that programs may ask for. */
export type Service = 'count' | 'acquire' | 'release' | 'meet';

/** The interrupt that wakes its receiver. */
export const NAP = 7;

/** Frames that the software keeps for itself: page table, counters, scratch. */
export const KERNEL_FRAMES = 2;

/** Pages of the unmapped segments. */
const UNMAPPED = 0x80000;
const UNMAPPED_END = 0xc0000;

/** What the random machine chooses of it. */
export interface SoftwareOptions {
  /** Frames that may be given to pages, in order. */
  readonly free: readonly number[];
  /** Whether a refill reads the page table in memory. */
  readonly walks: boolean;
  readonly refillCycles: number;
  /** Every so many first touches the page must be faulted in. */
  readonly faultEvery: number;
  /** Processors that meet at a barrier. */
  readonly parties: number;
}

/** The software of all processors. */
export class SharedSoftware implements SystemSoftware {
  /** What happened, in order: state that processors share is touched in the total order of time and processor. */
  readonly log: string[] = [];
  private readonly options: SoftwareOptions;
  private readonly frameOf = new Map<number, number>();
  private readonly writable = new Set<number>();
  private taken = 0;
  private holder: Processor | null = null;
  private readonly queue: Processor[] = [];
  private readonly sleepers: Processor[] = [];
  private met = 0;
  private round = 0;
  private counter = 0;

  constructor(options: SoftwareOptions) {
    this.options = options;
  }

  refill(processor: Processor, page: number): Refill | null {
    if (page >= UNMAPPED && page < UNMAPPED_END) {
      processor.tlb.setWindow(
        physicalPage(page & 0x1ffff),
        machineFrame(this.frameFor(page >>> 1) | (page & 1)),
        false,
      );
      return { cycles: 1, frame: -1, offset: 0 };
    }
    const pair = page >>> 1;
    if (!this.frameOf.has(pair) && this.taken % this.options.faultEvery === this.options.faultEvery - 1) return null;
    const even = this.frameFor(pair);
    this.log.push(`refill ${processor.processor} ${page} ${even}`);
    const evenWritable = this.writable.has(pair);
    processor.tlb.write(processor.tlbRandom(), {
      pair,
      space: 0,
      even,
      odd: even + 1,
      evenWritable,
      oddWritable: true,
    });
    return { cycles: this.options.refillCycles, frame: this.options.walks ? 0 : -1, offset: 4 * (pair & 31) };
  }

  exception(processor: Processor, { code, address, context, message }: Exception): Context | null {
    switch (code) {
      case ExceptionCode.Interrupt:
        return this.interrupt(processor, message!);
      case ExceptionCode.Modified:
        return this.modified(processor, address >>> 12);
      case ExceptionCode.SystemCall:
        return this.call(processor, context!);
      default:
        return this.fault(processor, address >>> 12, code === ExceptionCode.TlbStore);
    }
  }

  private fault(processor: Processor, page: number, store: boolean): Context {
    this.log.push(`fault ${processor.processor} ${page} ${store}`);
    const frame = this.frameFor(page >>> 1);
    return new Context(faultIn(frame, page), Activity.PageFault);
  }

  private modified(processor: Processor, page: number): Context {
    this.log.push(`modified ${processor.processor} ${page}`);
    this.writable.add(page >>> 1);
    const { tlb } = processor;
    tlb.drop(tlb.probe(page >>> 1, tlb.space));
    return new Context(costs(9, page & 7), Activity.Kernel);
  }

  private interrupt(processor: Processor, message: InterruptMessage): Context {
    this.log.push(`interrupt ${processor.processor} ${message.code} ${message.a} from ${message.from}`);
    if (message.code === NAP) processor.wake();
    // A handler that missed on a hot page would raise the next interrupt itself, for ever.
    if (message.code === HOT_PAGE) return new Context(busy(5), Activity.PageMoving);
    return new Context(costs(3 + (message.a & 15), processor.processor), Activity.Interrupt);
  }

  private call(processor: Processor, caller: Context): Context | null {
    const service = caller.operation!.request as Service;
    caller.complete(service === 'count' ? ++this.counter : 0);
    this.log.push(`${service} ${processor.processor}`);
    switch (service) {
      case 'count':
        return null;
      case 'acquire':
        return new Context(this.acquire(processor), Activity.Synchronisation);
      case 'release':
        this.holder = null;
        this.queue.shift()?.wake();
        return null;
      case 'meet':
        return new Context(this.meet(processor), Activity.Synchronisation);
    }
  }

  ended(processor: Processor): void {
    this.log.push(`ended ${processor.processor}`);
  }

  private frameFor(pair: number): number {
    let frame = this.frameOf.get(pair);
    if (frame === undefined) {
      const { free } = this.options;
      frame = free[this.taken++ % (free.length >> 1)] & ~1;
      this.frameOf.set(pair, frame);
    }
    return frame;
  }

  private *acquire(processor: Processor): Program {
    yield compute(2);
    while (this.holder !== null) {
      this.queue.push(processor);
      yield wait();
    }
    this.holder = processor;
    yield machineStore(machineFrame(1), 0, processor.processor);
  }

  private *meet(processor: Processor): Program {
    const { round } = this;
    if (++this.met < this.options.parties) {
      this.sleepers.push(processor);
      while (this.round === round) yield wait();
      return;
    }
    this.met = 0;
    this.round++;
    for (const sleeper of this.sleepers.splice(0)) sleeper.wake();
    yield compute(5);
  }
}

function* busy(cycles: number): Program {
  yield compute(cycles);
}

function* faultIn(frame: number, page: number): Program {
  yield compute(20);
  if ((page & 3) === 1) yield clearFrame(machineFrame(frame), 2);
  const count = yield machineLoad(machineFrame(1), 64);
  yield machineStore(machineFrame(1), 64, count + 1);
}

function* costs(cycles: number, word: number): Program {
  yield compute(cycles);
  const count = yield machineLoad(machineFrame(1), 128 + 4 * word);
  yield machineStore(machineFrame(1), 128 + 4 * word, count + 1);
  yield compute(count & 3);
}
