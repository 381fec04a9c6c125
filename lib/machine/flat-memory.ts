/** System software for programs that need no kernel: one address space, and pages that stay where they were dealt. */
import { callable, plainObject, wholeNumber } from '../engine/checks.js';
import type { AddressMap } from '../messages/address-map.js';
import { HOT_PAGE } from '../messages/coherence-messages.js';
import type { Processor } from '../processor/processor.js';
import { EXCEPTION_NAMES, ExceptionCode } from '../processor/registers.js';
import type { Exception, Refill, SystemSoftware } from '../processor/software.js';

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
    plainObject(map, 'a flat memory: map');
    plainObject(options, 'a flat memory');
    callable(options.nodeOfPage, 'a flat memory: nodeOfPage');
    wholeNumber(options.refillCycles, 'a flat memory: refillCycles', 0, 2 ** 40);
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

  /** Hot pages stay where they are. */
  exception(processor: Processor, { code, address, message }: Exception): null {
    const where = `0x${address.toString(16)}`;
    switch (code) {
      case ExceptionCode.Interrupt:
        if (message?.code === HOT_PAGE) return null;
        throw new Error(`${processor.path} gets interrupt ${message?.code}, for which a FlatMemory has no handler`);
      case ExceptionCode.TlbLoad:
      case ExceptionCode.TlbStore:
        throw new Error(`${processor.path} touches the page at ${where}; a FlatMemory ends below 0x80000000`);
      case ExceptionCode.SystemCall:
        throw new Error(`${processor.path} asks for a service, but a FlatMemory offers none; write a SystemSoftware`);
      default:
        throw new Error(
          `${processor.path} takes the exception ${EXCEPTION_NAMES[code]}, which a FlatMemory does not serve`,
        );
    }
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
