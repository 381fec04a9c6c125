/**
 * Where the monitor is in virtual memory: kseg0, which only kernel mode may use and which bypasses the TLB. What kseg0
 * shows is said page by page (Tlb.setWindow), as FLASH's nodes remap low addresses to their own memory: the code is a copy
 * on every node, data are where they were placed, and two pages of each processor show whatever frame it works on.
 */
import { physicalPage, NO_FRAME, type MachineFrame } from '../messages/addresses.js';
import type { Processor } from '../processor/processor.js';
import { KSEG0, UNMAPPED_PAGES } from '../processor/segments.js';
import { DiscoError } from './errors.js';
import type { FramePool } from '../system/frame-pool.js';

/** Bytes of code, copied to every node. Disco, section 4.1. */
export const CODE_BYTES = 72 * 1024;
/** Virtual address of the code. */
export const CODE = KSEG0;
/** The pages that show frames, the last ones of kseg0. */
const WINDOWS = 2;
const FIRST_WINDOW = UNMAPPED_PAGES + 1 - WINDOWS;

const NO_MEMORY = `there is no memory left for the monitor's own code and data; give the machine more memory`;

/** Virtual memory of the monitor. */
export class MonitorSpace {
  private readonly frames: FramePool;
  private readonly processors: readonly Processor[];
  private readonly pageBytes: number;
  private readonly lineBytes: number;
  /** No lock: what is below is changed between yields only. */
  private next: number;
  private readonly holes: { readonly first: number; readonly count: number }[] = [];
  private readonly own: MonitorArena;
  /** Frames of the monitor: code and data. */
  readonly owned = new Set<MachineFrame>();
  /** Frames of data, by page of kseg0. */
  private readonly shown = new Map<number, MachineFrame>();

  /** Loads the code into every node that has memory. Throws a DiscoError if there is no memory for it. */
  constructor(processors: readonly Processor[], frames: FramePool) {
    this.processors = processors;
    this.frames = frames;
    const { map } = frames;
    this.pageBytes = map.pageBytes;
    this.lineBytes = map.lineBytes;
    this.own = this.arena();
    const pages = Math.ceil(CODE_BYTES / map.pageBytes);
    this.next = pages;
    for (let node = 0; node < map.nodes; node++) {
      const own = processors.filter(({ nodeNumber }) => nodeNumber === node);
      if (own.length === 0) continue;
      for (let page = 0; page < pages; page++) {
        const frame = this.takeFrame(node, page);
        for (const { tlb } of own) tlb.setWindow(physicalPage(page), frame, false);
      }
    }
  }

  /** Virtual address of fresh data for ever, on a node or near it: whole lines, from the beginning of a page if there is a page or more. */
  allocate(node: number, bytes: number): number {
    return this.own.allocate(node, bytes);
  }

  /** Data that are given back all at once. */
  arena(): MonitorArena {
    return new MonitorArena(this, this.frames.map.nodes, this.lineBytes, this.pageBytes);
  }

  /** Shows a frame to a processor at window 0 or 1, and returns its virtual address there. Whoever waits may find another there. */
  show({ tlb }: Processor, window: 0 | 1, frame: MachineFrame): number {
    tlb.setWindow(physicalPage(FIRST_WINDOW + window), frame, true);
    return KSEG0 + (FIRST_WINDOW + window) * this.pageBytes;
  }

  /** The frame that data at a virtual address are in. Throws a RangeError for an address that was not given out. */
  frameOf(address: number): MachineFrame {
    const frame = this.shown.get(Math.floor((address - KSEG0) / this.pageBytes));
    if (frame === undefined) throw new RangeError(`0x${address.toString(16)} is no address of the monitor's data`);
    return frame;
  }

  /** Virtual address of whole pages. For arenas. */
  takePages(node: number, count: number): number {
    // All of them or none.
    if (this.frames.allFree < count) throw new DiscoError(NO_MEMORY);
    const first = this.place(count);
    for (let page = first; page < first + count; page++) {
      const frame = this.takeFrame(node, page);
      this.shown.set(page, frame);
      for (const { tlb } of this.processors) tlb.setWindow(physicalPage(page), frame, true);
    }
    return KSEG0 + first * this.pageBytes;
  }

  /** Gives back what `takePages` gave. For arenas. */
  givePages(address: number, count: number): void {
    const first = (address - KSEG0) / this.pageBytes;
    for (let page = first; page < first + count; page++) {
      const frame = this.shown.get(page)!;
      this.shown.delete(page);
      this.owned.delete(frame);
      this.frames.give(frame);
      for (const { tlb } of this.processors) tlb.setWindow(physicalPage(page), NO_FRAME, false);
    }
    this.holes.push({ first, count });
  }

  /** Room in kseg0: a hole of that size, or behind everything. Throws a DiscoError if there is none. */
  private place(count: number): number {
    const hole = this.holes.findIndex(({ count: size }) => size === count);
    if (hole >= 0) return this.holes.splice(hole, 1)[0].first;
    if (this.next + count > FIRST_WINDOW)
      throw new DiscoError(
        `the monitor's data do not fit into kseg0; use a machine or virtual machines with less memory`,
      );
    this.next += count;
    return this.next - count;
  }

  private takeFrame(node: number, page: number): MachineFrame {
    const frame = this.frames.takeNear(node, page);
    if (frame < 0) throw new DiscoError(NO_MEMORY);
    this.owned.add(frame);
    return frame;
  }
}

/** Data of the monitor that belong together, on several nodes. */
export class MonitorArena {
  private readonly space: MonitorSpace;
  private readonly lineBytes: number;
  private readonly pageBytes: number;
  /** What is left of the page that a node's small data are in, by node: virtual address and bytes. */
  private readonly open: { address: number; bytes: number }[];
  private readonly taken: { readonly address: number; readonly count: number }[] = [];

  constructor(space: MonitorSpace, nodes: number, lineBytes: number, pageBytes: number) {
    this.space = space;
    this.lineBytes = lineBytes;
    this.pageBytes = pageBytes;
    this.open = Array.from({ length: nodes }, () => ({ address: 0, bytes: 0 }));
  }

  /** As MonitorSpace.allocate. Throws a DiscoError if there is no memory. */
  allocate(node: number, bytes: number): number {
    const size = Math.ceil(bytes / this.lineBytes) * this.lineBytes;
    if (size >= this.pageBytes) return this.pages(node, Math.ceil(size / this.pageBytes));
    const open = this.open[node];
    if (open.bytes < size) {
      open.address = this.pages(node, 1);
      open.bytes = this.pageBytes;
    }
    open.address += size;
    open.bytes -= size;
    return open.address - size;
  }

  /** Gives everything back. */
  free(): void {
    for (const { address, count } of this.taken.splice(0)) this.space.givePages(address, count);
    for (const open of this.open) open.bytes = 0;
  }

  private pages(node: number, count: number): number {
    const address = this.space.takePages(node, count);
    this.taken.push({ address, count });
    return address;
  }
}
