/** System software for programs that need no kernel: one address space, and pages that stay where they were dealt. */
import type { AddressMap } from '../coherence/address-map.js';
import { HOT_PAGE, type InterruptMessage } from '../coherence/messages.js';
import type { Operation } from '../processor/operations.js';
import type { Processor } from '../processor/processor.js';
import { Activity, type Handler, type Refill, type SystemSoftware } from '../processor/software.js';

/** What a flat memory is made with. */
export interface FlatMemoryOptions {
  /** The node whose memory gets a page, by virtual page number. Asked once per page, in pairs: an even page and the next. */
  readonly nodeOfPage: (page: number) => number;
  /** Instructions of a TLB refill; 14 is a MIPS handler's usual length. */
  readonly refillCycles: number;
}

/** Pages from here on bypass the TLB or belong to a kernel. */
const FIRST_UNMAPPED = 0x80000;

/** One address space for all processors, below 0x80000000. Every page may be written and none ever moves. */
export class FlatMemory implements SystemSoftware {
  private readonly map: AddressMap;
  private readonly options: FlatMemoryOptions;
  private readonly frames = new Map<number, number>();
  /** Next free frame by node. */
  private readonly free: Float64Array;

  constructor(map: AddressMap, options: FlatMemoryOptions) {
    this.map = map;
    this.options = options;
    this.free = map.firstFrame.slice(0, map.nodes);
  }

  /** The frame of a virtual page, or -1 if nobody has touched it yet. */
  frameOf(page: number): number {
    return this.frames.get(page) ?? -1;
  }

  refill(processor: Processor, page: number): Refill | null {
    if (page >= FIRST_UNMAPPED) return null;
    const pair = page >>> 1;
    const even = this.take(2 * pair);
    const odd = this.take(2 * pair + 1);
    const entry = { pair, space: 0, even, odd, evenWritable: true, oddWritable: true };
    processor.tlb.write(processor.tlbRandom(), entry);
    return { cycles: this.options.refillCycles, frame: -1, offset: 0 };
  }

  fault(processor: Processor, page: number): Handler {
    const address = `0x${(page * this.map.pageBytes).toString(16)}`;
    throw new Error(`${processor.path} touches the page at ${address}; a FlatMemory ends below 0x80000000`);
  }

  modified(processor: Processor, page: number): Handler {
    throw new Error(`${processor.path} may not write page ${page}, but a FlatMemory makes no read-only pages`);
  }

  /** Hot pages stay where they are. */
  interrupt(processor: Processor, message: InterruptMessage): Handler {
    if (message.code !== HOT_PAGE)
      throw new Error(`${processor.path} gets interrupt ${message.code}, for which a FlatMemory has no handler`);
    const nothing: Operation[] = [];
    return { program: nothing.values(), activity: Activity.Interrupt };
  }

  call(processor: Processor): number {
    throw new Error(`${processor.path} asks for a service, but a FlatMemory offers none; write a SystemSoftware`);
  }

  ended(): void {}

  private take(page: number): number {
    const known = this.frames.get(page);
    if (known !== undefined) return known;
    const node = this.options.nodeOfPage(page);
    const { firstFrame, nodes } = this.map;
    if (!(Number.isInteger(node) && node >= 0 && node < nodes))
      throw new RangeError(`nodeOfPage(${page}) is ${node}; the nodes are 0 to ${nodes - 1}`);
    if (this.free[node] === firstFrame[node + 1])
      throw new RangeError(`node ${node} has no free frame for page ${page}; nodeOfPage decides who gets it`);
    const frame = this.free[node]++;
    this.frames.set(page, frame);
    return frame;
  }
}
