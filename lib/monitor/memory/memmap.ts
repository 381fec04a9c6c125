/** The memmap: what each frame of the machine holds. Disco, section 4.2.2. */
import type { AddressMap } from '../../messages/address-map.js';
import type { MachineFrame } from '../../messages/addresses.js';
import { load, store } from '../../processor/operations.js';
import type { MonitorSpace } from '../monitor-space.js';
import { MachinePage } from './machine-page.js';
import type { Code } from '../../system/code.js';

/** Bytes of an entry: heads of the lists of users and backmaps, of the replicas, counts and state. */
export const MEMMAP_ENTRY_BYTES = 32;

/** One entry for each frame, in the memory of the frame's own node. */
export class Memmap {
  readonly map: AddressMap;
  private readonly bases: readonly number[];
  /** No lock: looked at and changed between yields only. */
  private readonly pages: (MachinePage | null)[];
  /** Pages made so far, which is the number of the next one. Counted up between yields. */
  made = 0;

  /** Throws a DiscoError if there is no memory for it. */
  constructor(map: AddressMap, space: MonitorSpace) {
    this.map = map;
    this.pages = new Array<MachinePage | null>(map.frames).fill(null);
    this.bases = Array.from({ length: map.nodes }, (_, node) => {
      const frames = map.firstFrame[node + 1] - map.firstFrame[node];
      return frames === 0 ? 0 : space.allocate(node, frames * MEMMAP_ENTRY_BYTES);
    });
  }

  /** Virtual address of the entry of a frame, for handlers that touch it. */
  address(frame: MachineFrame): number {
    const node = this.map.homeOfFrame(frame);
    return this.bases[node] + (frame - this.map.firstFrame[node]) * MEMMAP_ENTRY_BYTES;
  }

  /** Reads and writes the entry of a frame. */
  *touch(frame: MachineFrame): Code {
    const address = this.address(frame);
    yield load(address);
    yield store(address, 0);
  }

  /** The page that a frame holds a copy of; null if it is free or the monitor's own. */
  pageOf(frame: MachineFrame): MachinePage | null {
    return this.pages[frame] ?? null;
  }

  /** Says what a frame holds; null for nothing. */
  set(frame: MachineFrame, page: MachinePage | null): void {
    this.pages[frame] = page;
  }

  /** Makes a page of a frame, without holders. */
  make(frame: MachineFrame): MachinePage {
    const page = new MachinePage(this.made++, frame, this.map.homeOfFrame(frame));
    this.pages[frame] = page;
    return page;
  }

  /** All pages there are, by the frames of their master copies, ascending. */
  *all(): Iterable<MachinePage> {
    for (const [frame, page] of this.pages.entries()) if (page?.frame === frame) yield page;
  }
}
