/** The bare-machine kernel's own data, in frames that are taken when they are first needed: page tables and page records. */
import type { AddressMap } from '../../messages/address-map.js';
import type { MachineFrame } from '../../messages/addresses.js';
import type { FramePool } from '../../system/frame-pool.js';
import { GuestError } from '../../system/guest-error.js';

/** Entries of a page table that one frame holds: four bytes each. */
const ENTRY_BYTES = 4;

/** A place in a frame. */
export interface FramePlace {
  readonly frame: MachineFrame;
  readonly offset: number;
}

/** Where the kernel's data are. */
export class KernelData {
  private readonly map: AddressMap;
  private readonly frames: FramePool;
  /** Frames of page tables, by space and part of the table. */
  private readonly tables = new Map<number, MachineFrame>();
  /** Frames of page records, one line each, by page number over lines to a frame. */
  private readonly records: MachineFrame[] = [];

  constructor(frames: FramePool) {
    this.map = frames.map;
    this.frames = frames;
  }

  /** Takes a frame of a node, or of the next one that has any. Throws a GuestError when the machine is full. */
  takeFrame(node: number, colour: number): MachineFrame {
    const frame = this.frames.takeNear(node, colour);
    if (frame >= 0) return frame;
    throw new GuestError(
      `out of memory: all ${this.map.frames} frames of ${this.map.nodes} nodes are in use; give the machine more memory`,
    );
  }

  /** The page-table entry of a virtual page; its table is taken on the node that needs it first. */
  tableEntry(space: number, page: number, node: number): FramePlace {
    const entries = this.map.pageBytes / ENTRY_BYTES;
    const part = Math.floor(page / entries);
    const key = space * 4096 + part;
    let frame = this.tables.get(key);
    if (frame === undefined) this.tables.set(key, (frame = this.takeFrame(node, part)));
    return { frame, offset: (page % entries) * ENTRY_BYTES };
  }

  /** The record of a page: a line on the node that the first page of its frame had as home. */
  record(page: number, home: number): FramePlace {
    const perFrame = this.map.pageBytes / this.map.lineBytes;
    const part = Math.floor(page / perFrame);
    const frame = (this.records[part] ??= this.takeFrame(home, part));
    return { frame, offset: (page % perFrame) * this.map.lineBytes };
  }
}
