/** What a policy host and its owner are to each other: the host decides about pages, the owner moves them and pays for that. */
import type { MachineFrame } from '../messages/addresses.js';
import type { Decision } from '../placement/decision.js';
import type { Processor } from '../processor/processor.js';
import type { Code } from './code.js';

/** What a host keeps of a page. Guarded by being touched only between yields, in one event; from `busy` on by its change. */
export interface PlacedPage {
  /** Dense number, stable over moves. */
  readonly id: number;
  /** What it is, for people. */
  readonly label: string;
  /** Number that decides its colour. */
  readonly number: number;
  /** Node of the master copy. */
  readonly home: number;
  /** Frames of read-only replicas by node; null without any. */
  readonly replicas: ReadonlyMap<number, MachineFrame> | null;
  /** Being placed, moved or collapsed: no processor may load a translation. */
  busy: boolean;
  /** A policy's freeze is in force. */
  frozen: boolean;
  /** Migrations in the interval of the counters. */
  moves: number;
  interval: number;
  /** When the scanner took its mappings away, in nanoseconds; NaN while it is mapped. */
  unmappedNs: number;
}

/** A change of a page that was decided; `frame` is taken already, and the other page of an exchange is busy, too. */
export type PageChange<Page extends PlacedPage = PlacedPage> =
  | { readonly action: 'migrate' | 'replicate'; readonly frame: MachineFrame }
  | { readonly action: 'collapse' }
  | { readonly action: 'exchange'; readonly other: Page };

/** What the owner of a policy host does for it. */
export interface PlacementMechanism<Page extends PlacedPage> {
  /** Serves the start of a hot-page interrupt: the page that holds a frame, or null if no page of programs does. */
  hotPageOf(processor: Processor, frame: MachineFrame): Code<Page | null>;
  /** The page that a frame holds; null if no page of programs does. */
  pageOfFrame(frame: MachineFrame): Page | null;
  /** All placed pages, by ascending number. */
  pages(): Iterable<Page>;
  /** The page of a number; null if it is not placed. */
  page(id: number): Page | null;
  /** Looks at so many page records, and pays for that. */
  lookAt(processor: Processor, pages: number): Code;
  /** Takes away all mappings of pages: the next access to one is a fault. */
  unmap(processor: Processor, pages: readonly Page[]): Code;
  /**
   * Why a wish about the page of that frame, NO_FRAME for wherever it is, cannot be granted now: a decision to stay, or null if
   * it can.
   */
  obstacle(processor: Processor, page: Page, frame: MachineFrame, wish: Decision): Decision | null;
  /** Carries out a change of a page that is busy, calls `done` once when its time ends, and makes the page free. */
  change(processor: Processor, page: Page, change: PageChange<Page>, done: () => void): Code;
}

/** For owners: the page is being changed. */
export const REFUSED_BUSY: Decision = { action: 'stay', because: 'already being moved' };
/** For owners: pages change places by way of a spare frame. */
export const REFUSED_NO_SPARE: Decision = { action: 'stay', because: 'no free frame to change places by' };
/** For owners: the node does not use the frame any more. */
export const REFUSED_GONE: Decision = { action: 'stay', because: 'moved since the interrupt was raised' };
