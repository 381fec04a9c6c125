/** Pages of the bare-machine kernel: where they are, who may have them in a TLB, and what is being done to them. */
import { wholeNumber } from '../../engine/checks.js';
import { NO_FRAME, type MachineFrame, type PhysicalPage } from '../../messages/addresses.js';
import type { Processor } from '../../processor/processor.js';

/** A virtual page of an address space that maps a page. */
export interface Mapping {
  readonly space: number;
  readonly page: number;
}

/** A page of memory, wherever its frames are. */
export interface Page {
  /** Dense number. */
  readonly id: number;
  /** What it is, for people. */
  readonly label: string;
  /** Node of the master copy. */
  home: number;
  /** Frame of the master copy, NO_FRAME before the page is placed. */
  frame: MachineFrame;
  /** Frames of replicas by node, null without any. */
  replicas: Map<number, MachineFrame> | null;
  /** Being placed, moved or collapsed: nobody may load a translation. */
  busy: boolean;
  /** Processors that wait for `busy` to end. */
  readonly waiters: Processor[];
  /** Processors that loaded a translation since it was last shot down. */
  readonly holders: Set<Processor>;
  /** Virtual pages that map it. */
  readonly mappings: Mapping[];
  /** Number that decides its colour: virtual, or physical of a recorded system. */
  readonly number: number;
  /** Physical page of a recorded system, for its unmapped segments; NO_PAGE for others. */
  readonly physical: PhysicalPage;
  frozen: boolean;
  /** Migrations in the interval. */
  moves: number;
  interval: number;
  /** When the scanner took its mappings away, in nanoseconds; NaN while it may be mapped. */
  unmappedNs: number;
}

/** All pages, by number and by frame. */
export class PageStore {
  readonly pages: Page[] = [];
  private readonly byFrame: Int32Array;

  /** For a machine of so many frames. */
  constructor(frames: number) {
    wholeNumber(frames, 'a page store: frames', 0, 2 ** 31);
    this.byFrame = new Int32Array(frames).fill(-1);
  }

  /** Makes a page without a frame. `physical` is NO_PAGE for a page that is no physical page of a recorded system. */
  add(label: string, number: number, physical: PhysicalPage): Page {
    const page: Page = {
      id: this.pages.length,
      label,
      home: -1,
      frame: NO_FRAME,
      replicas: null,
      busy: false,
      waiters: [],
      holders: new Set(),
      mappings: [],
      number,
      physical,
      frozen: false,
      moves: 0,
      interval: 0,
      unmappedNs: NaN,
    };
    this.pages.push(page);
    return page;
  }

  /** The page that a frame holds, or undefined. */
  ofFrame(frame: MachineFrame): Page | undefined {
    return this.pages[this.byFrame[frame]];
  }

  /** Says what a frame holds; null for nothing. */
  setFrame(frame: MachineFrame, page: Page | null): void {
    this.byFrame[frame] = page === null ? -1 : page.id;
  }
}

/** The frame that a node uses. */
export function frameFor(page: Page, node: number): MachineFrame {
  return page.replicas?.get(node) ?? page.frame;
}
