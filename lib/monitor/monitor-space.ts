/**
 * Where the monitor is in virtual memory: kseg0, which only kernel mode may use and which bypasses the TLB. What kseg0
 * shows is said page by page (Tlb.setWindow), as FLASH's nodes remap low addresses to their own memory: the code is a copy
 * on every node, data are where they were placed, and two pages of each processor show whatever frame it works on.
 */
import type { Processor } from '../processor/processor.js';
import { KSEG0, UNMAPPED_PAGES } from '../processor/segments.js';
import { DiscoError } from './errors.js';
import type { FrameLists } from './memory/frame-lists.js';

/** Bytes of code, copied to every node. Disco, section 4.1. */
export const CODE_BYTES = 72 * 1024;
/** Virtual address of the code. */
export const CODE = KSEG0;
/** The pages that show frames, the last ones of kseg0. */
const WINDOWS = 2;
const FIRST_WINDOW = UNMAPPED_PAGES + 1 - WINDOWS;

/** Virtual memory of the monitor. */
export class MonitorSpace {
  /** Bytes given out for data so far. */
  allocated = 0;
  private readonly frames: FrameLists;
  private readonly processors: readonly Processor[];
  private readonly pageBytes: number;
  private readonly lineBytes: number;
  private next: number;
  /** What is left of the page that a node's small data are in, by node: virtual address and bytes. */
  private readonly open: { address: number; bytes: number }[];
  /** Frames of the monitor: code and data. */
  readonly owned: number[] = [];

  /** Loads the code into every node that has memory. Throws a DiscoError if there is no memory for it. */
  constructor(processors: readonly Processor[], frames: FrameLists) {
    this.processors = processors;
    this.frames = frames;
    const { map } = frames;
    this.pageBytes = map.pageBytes;
    this.lineBytes = map.lineBytes;
    this.open = Array.from({ length: map.nodes }, () => ({ address: 0, bytes: 0 }));
    const pages = Math.ceil(CODE_BYTES / map.pageBytes);
    this.next = pages;
    for (let node = 0; node < map.nodes; node++) {
      const own = processors.filter(({ nodeNumber }) => nodeNumber === node);
      if (own.length === 0) continue;
      for (let page = 0; page < pages; page++) {
        const frame = this.takeFrame(node, page);
        for (const { tlb } of own) tlb.setWindow(page, frame, false);
      }
    }
  }

  /** Virtual address of fresh data on a node, or near it: whole lines, at the beginning of a page if there is a page or more. */
  allocate(node: number, bytes: number): number {
    const size = Math.ceil(bytes / this.lineBytes) * this.lineBytes;
    this.allocated += size;
    if (size >= this.pageBytes) return this.pages(node, Math.ceil(size / this.pageBytes));
    const open = this.open[node]!;
    if (open.bytes < size) {
      open.address = this.pages(node, 1);
      open.bytes = this.pageBytes;
    }
    open.address += size;
    open.bytes -= size;
    return open.address - size;
  }

  /** Shows a frame to a processor at window 0 or 1, and returns its virtual address there. Whoever waits may find another there. */
  show({ tlb }: Processor, window: 0 | 1, frame: number): number {
    tlb.setWindow(FIRST_WINDOW + window, frame, true);
    return KSEG0 + (FIRST_WINDOW + window) * this.pageBytes;
  }

  private pages(node: number, count: number): number {
    const first = this.next;
    if (first + count > FIRST_WINDOW)
      throw new DiscoError(
        `the monitor's data do not fit into kseg0; use a machine or virtual machines with less memory`,
      );
    this.next += count;
    for (let page = first; page < first + count; page++) {
      const frame = this.takeFrame(node, page);
      for (const { tlb } of this.processors) tlb.setWindow(page, frame, true);
    }
    return KSEG0 + first * this.pageBytes;
  }

  private takeFrame(node: number, page: number): number {
    const frame = this.frames.takeNear(node, page);
    if (frame < 0)
      throw new DiscoError(`there is no memory left for the monitor's own code and data; give the machine more memory`);
    this.owned.push(frame);
    return frame;
  }
}
