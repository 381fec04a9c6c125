/**
 * A recorded system: its kernel's references are part of the trace, tasks and page mappings are announced by it. Its
 * physical pages are placed and moved like any others; its unmapped segments (kseg0, kseg1) reach them through a window
 * that every processor keeps and that is shot down with the TLB, as if the kernel had been relocated.
 */
import { wholeNumber } from '../../engine/checks.js';
import { physicalPage, NO_PAGE, type PhysicalPage } from '../../messages/addresses.js';
import type { Program } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import { GLOBAL } from '../../processor/tlb.js';
import { GuestError } from '../../system/guest-error.js';
import type { Page, PageStore } from './pages.js';
import type { Process } from './process.js';

/** What a recorded system announces. Several at once, in order. */
export type SystemEvent =
  | { readonly event: 'task'; readonly task: number }
  | { readonly event: 'map'; readonly page: number; readonly physical: number };

/** First page of kseg0, first behind kseg1, and the physical page bits (4 KB pages). */
const UNMAPPED = 0x80000;
const UNMAPPED_END = 0xc0000;
const PHYSICAL = 0x1ffff;

/** Stands for the mappings that all tasks share, among those of tasks. */
const SHARED = -1;
/** More often than this no task replaces a mapping. */
const CHANGES = 2 ** 32;

/** One copy of a recorded system, on as many processors as it was recorded on. */
export class SystemProcess implements Process {
  readonly recordedKernel = true;
  private readonly firstSpace: number;
  private readonly spaces: number;
  private readonly prefix: string;
  private readonly physical = new Map<PhysicalPage, Page>();
  /** Physical page by task, or SHARED, and virtual page. */
  private readonly tables = new Map<number, Map<number, PhysicalPage>>();
  /** How often a task's mappings were replaced, and what a processor has seen of it. */
  private readonly versions = new Map<number, number>();
  private readonly seen = new Map<Processor, Map<number, number>>();
  private readonly tasks = new Map<Processor, number>();

  /** Uses address space identifiers `firstSpace` to `firstSpace + spaces - 1`, one per task in turn. */
  constructor(firstSpace: number, spaces: number, prefix: string) {
    wholeNumber(firstSpace, 'a system process: firstSpace', 0, GLOBAL - 1);
    wholeNumber(spaces, 'a system process: spaces', 1, GLOBAL);
    if (firstSpace + spaces > GLOBAL)
      throw new RangeError(
        `address space identifiers end at 255; ${firstSpace} to ${firstSpace + spaces - 1} do not fit`,
      );
    this.firstSpace = firstSpace;
    this.spaces = spaces;
    this.prefix = prefix;
  }

  spaceOf(processor: Processor): number {
    return this.firstSpace + (this.taskOf(processor) % this.spaces);
  }

  lookup(processor: Processor, number: number, pages: PageStore): Page | undefined {
    const physical = this.translate(processor, number);
    if (physical === undefined)
      throw new GuestError(
        `${processor.path}: the trace uses page 0x${number.toString(16)} of task ${this.taskOf(processor)} before it maps it`,
      );
    let page = this.physical.get(physical);
    if (page === undefined) {
      page = pages.add(`${this.prefix}physical page 0x${physical.toString(16)}`, physical, physical);
      this.physical.set(physical, page);
    }
    if (this.physicalOf(number) < 0) {
      const space = this.isGlobal(number) ? GLOBAL : this.spaceOf(processor);
      if (!page.mappings.some(mapping => mapping.space === space && mapping.page === number))
        page.mappings.push({ space, page: number });
    }
    return page;
  }

  mapped(processor: Processor, number: number): Page | undefined {
    const physical = this.translate(processor, number);
    const page = physical === undefined ? undefined : this.physical.get(physical);
    // A half that was never used on its own has no backmap yet, so it is left for its own refill.
    const space = this.isGlobal(number) ? GLOBAL : this.spaceOf(processor);
    return page?.mappings.some(mapping => mapping.space === space && mapping.page === number) === true
      ? page
      : undefined;
  }

  touch(processor: Processor, number: number, pages: PageStore): Page {
    return this.lookup(processor, number, pages)!;
  }

  physicalOf(number: number): PhysicalPage {
    return number >= UNMAPPED && number < UNMAPPED_END ? physicalPage(number & PHYSICAL) : NO_PAGE;
  }

  isGlobal(number: number): boolean {
    return number >= UNMAPPED;
  }

  request(processor: Processor, request: unknown): Program | null {
    for (const event of request as readonly SystemEvent[])
      if (event.event === 'task') this.switchTask(processor, event.task);
      else this.map(processor, event.page, physicalPage(event.physical));
    return null;
  }

  ended(): void {
    // Nothing waits for it: processors of a recorded system are not held to each other.
  }

  private taskOf(processor: Processor): number {
    return this.tasks.get(processor) ?? 0;
  }

  private translate(processor: Processor, number: number): PhysicalPage | undefined {
    const physical = this.physicalOf(number);
    if (physical >= 0) return physical;
    return this.tables.get(this.isGlobal(number) ? SHARED : this.taskOf(processor))?.get(number);
  }

  private switchTask(processor: Processor, task: number): void {
    this.tasks.set(processor, task);
    const space = this.spaceOf(processor);
    this.refresh(processor, GLOBAL, this.version(SHARED));
    this.refresh(processor, space, this.version(task));
    processor.tlb.enter(space);
  }

  /** Another task used the identifier here, or mappings changed elsewhere: a fresh identifier would have no entries. */
  private refresh(processor: Processor, space: number, version: number): void {
    const seen = this.seenBy(processor);
    if (seen.has(space) && seen.get(space) !== version) processor.tlb.dropSpace(space);
    seen.set(space, version);
  }

  private map(processor: Processor, number: number, physical: PhysicalPage): void {
    const task = this.isGlobal(number) ? SHARED : this.taskOf(processor);
    let table = this.tables.get(task);
    if (table === undefined) this.tables.set(task, (table = new Map()));
    const old = table.get(number);
    table.set(number, physical);
    if (old === undefined) return;
    const space = task === SHARED ? GLOBAL : this.spaceOf(processor);
    // Also if another processor said so before: the translation here may be older than that.
    const entry = processor.tlb.probe(number >>> 1, space);
    if (entry >= 0) processor.tlb.drop(entry);
    if (old === physical) return;
    const before = this.version(task);
    this.versions.set(task, (this.versions.get(task) ?? 0) + 1);
    // Who has missed an earlier change still has to drop more than this.
    const seen = this.seenBy(processor);
    if (seen.get(space) === before) seen.set(space, this.version(task));
  }

  /** What a processor has seen last, by address space; at first task 0. */
  private seenBy(processor: Processor): Map<number, number> {
    let seen = this.seen.get(processor);
    if (seen === undefined) {
      seen = new Map([
        [this.firstSpace, 0],
        [GLOBAL, SHARED * CHANGES],
      ]);
      this.seen.set(processor, seen);
    }
    return seen;
  }

  /** A number for a task and how often its mappings were replaced. */
  private version(task: number): number {
    return task * CHANGES + (this.versions.get(task) ?? 0);
  }
}
