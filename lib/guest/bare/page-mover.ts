/**
 * Moving pages: shootdown by interrupts to the processors that may hold a translation, copying through the caches, and
 * the change of the mapping. Programs of the bare-machine kernel; they run at the present, with the page marked busy.
 */
import type { AddressMap } from '../../messages/address-map.js';
import { NO_FRAME, type MachineFrame } from '../../messages/addresses.js';
import { compute, copyFrame, interrupt, machineLoad, machineStore, wait } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import type { Code } from '../../system/code.js';
import type { FramePool } from '../../system/frame-pool.js';
import type { KernelCosts } from './costs.js';
import type { KernelData } from './kernel-data.js';
import type { Page, PageStore } from './pages.js';

/** Interrupt code of a shootdown; its integer is the number of the request. */
export const SHOOTDOWN = 1;

interface Request {
  readonly pages: readonly Page[];
  readonly initiator: Processor;
  outstanding: number;
}

/** What a page mover is made with. */
export interface PageMoverOptions {
  readonly costs: KernelCosts;
  readonly frames: FramePool;
  readonly pages: PageStore;
  readonly data: KernelData;
}

/** Carries out decisions about pages. */
export class PageMover {
  private readonly map: AddressMap;
  private readonly costs: KernelCosts;
  private readonly frames: FramePool;
  private readonly pages: PageStore;
  /** A frame of kernel data by node: a line per processor, where shootdowns are acknowledged. */
  private readonly mailboxes: readonly MachineFrame[];
  private readonly requests: (Request | null)[] = [];
  private readonly data: KernelData;
  /** Where a page is while two change places; taken when it is first needed, and then kept. */
  private spare: MachineFrame | undefined;

  /** Throws a GuestError if there is no memory for the mailboxes. */
  constructor({ costs, frames, pages, data }: PageMoverOptions) {
    const { map } = frames;
    this.map = map;
    this.data = data;
    this.costs = costs;
    this.frames = frames;
    this.pages = pages;
    this.mailboxes = Array.from({ length: map.nodes }, (_, node) => data.takeFrame(node, node));
  }

  /** Moves the master copy to a frame of another node. The page must be busy and have no replicas. */
  *migrate(processor: Processor, page: Page, frame: MachineFrame): Code {
    yield* this.shootdown(processor, [page], [...page.holders]);
    const old = page.frame;
    yield copyFrame(old, frame, this.costs.copyLine);
    this.pages.setFrame(frame, page);
    this.pages.setFrame(old, null);
    this.frames.give(old);
    page.frame = frame;
    page.home = this.map.homeOfFrame(frame);
  }

  /** Copies a page to a frame of another node, which uses the copy from then on. The page must be busy. */
  *replicate(processor: Processor, page: Page, frame: MachineFrame): Code {
    const node = this.map.homeOfFrame(frame);
    // The first replica makes the page read-only for everybody; later ones concern only the node that gets one.
    const holders = [...page.holders].filter(holder => page.replicas === null || holder.nodeNumber === node);
    page.replicas ??= new Map();
    yield* this.shootdown(processor, [page], holders);
    yield copyFrame(page.frame, frame, this.costs.copyLine);
    this.pages.setFrame(frame, page);
    page.replicas.set(node, frame);
  }

  /** Drops all replicas. The page must be busy. */
  *collapse(processor: Processor, page: Page): Code {
    yield* this.shootdown(processor, [page], [...page.holders]);
    for (const frame of page.replicas?.values() ?? []) {
      this.pages.setFrame(frame, null);
      this.frames.give(frame);
    }
    page.replicas = null;
  }

  /** Lets two pages of different nodes change places, by way of a spare frame. Both must be busy and have no replicas. */
  *exchange(processor: Processor, page: Page, other: Page): Code {
    yield* this.shootdown(processor, [page, other], [...new Set([...page.holders, ...other.holders])]);
    const { frame, home } = page;
    this.spare ??= this.data.takeFrame(processor.nodeNumber, page.number);
    yield copyFrame(frame, this.spare, this.costs.copyLine);
    yield copyFrame(other.frame, frame, this.costs.copyLine);
    yield copyFrame(this.spare, other.frame, this.costs.copyLine);
    Object.assign(page, { frame: other.frame, home: other.home });
    Object.assign(other, { frame, home });
    this.pages.setFrame(page.frame, page);
    this.pages.setFrame(frame, other);
  }

  /** Whether there is a frame by way of which pages can change places. */
  get canExchange(): boolean {
    return this.spare !== undefined || this.frames.allFree > 0;
  }

  /** Takes away all translations of pages. */
  *unmap(processor: Processor, pages: readonly Page[]): Code {
    yield* this.shootdown(processor, pages, [...new Set(pages.flatMap(page => [...page.holders]))]);
  }

  /** The handler of a shootdown at its target. */
  *acknowledge(processor: Processor, number: number): Code {
    const request = this.requests[number]!;
    yield compute(this.costs.interrupt + this.dropAll(processor, request.pages) * this.costs.dropTranslation);
    const { initiator } = request;
    yield machineStore(this.mailboxes[initiator.nodeNumber], this.mailbox(initiator), number);
    if (--request.outstanding === 0) initiator.wake();
  }

  /** Drops every translation of a page from a processor's TLB; returns how many there may have been. */
  drop(processor: Processor, page: Page): number {
    const { tlb } = processor;
    for (const mapping of page.mappings) {
      const entry = tlb.probe(mapping.page >>> 1, mapping.space);
      if (entry >= 0) tlb.drop(entry);
    }
    if (page.physical >= 0) tlb.setWindow(page.physical, NO_FRAME, false);
    page.holders.delete(processor);
    return page.mappings.length + (page.physical >= 0 ? 1 : 0);
  }

  private dropAll(processor: Processor, pages: readonly Page[]): number {
    return pages.reduce((dropped, page) => dropped + this.drop(processor, page), 0);
  }

  private *shootdown(initiator: Processor, pages: readonly Page[], holders: readonly Processor[]): Code {
    const others = holders.filter(holder => holder !== initiator);
    if (others.length < holders.length) yield compute(this.dropAll(initiator, pages) * this.costs.dropTranslation);
    if (others.length === 0) return;
    const request: Request = { pages, initiator, outstanding: others.length };
    const free = this.requests.indexOf(null);
    const number = free < 0 ? this.requests.push(request) - 1 : free;
    this.requests[number] = request;
    for (const other of others) yield interrupt(other.processor, SHOOTDOWN, number);
    while (request.outstanding > 0) yield wait();
    yield machineLoad(this.mailboxes[initiator.nodeNumber], this.mailbox(initiator));
    this.requests[number] = null;
    // What woke this wait may have been meant for one below, which this program interrupted: it checks again.
    initiator.wake();
  }

  private mailbox(processor: Processor): number {
    const index = processor.processor - this.map.firstProcessor[processor.nodeNumber];
    return (index * this.map.lineBytes) % this.map.pageBytes;
  }
}
