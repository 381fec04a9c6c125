/** Threads in one address space that synchronise as recorded. */
import { shown } from '../../engine/checks.js';
import { NO_PAGE, type PhysicalPage } from '../../messages/addresses.js';
import type { Program } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import { GuestError } from '../../system/guest-error.js';
import type { Page, PageStore } from './pages.js';
import type { Process } from './process.js';
import { ThreadGroup, type SyncRequest } from './synchronisation.js';

/** First page of the unmapped segments; programs of users end below. */
const FIRST_UNMAPPED = 0x80000;

/** A process of threads, one per processor. */
export class ThreadProcess implements Process {
  readonly recordedKernel = false;
  private readonly space: number;
  private readonly prefix: string;
  private readonly table = new Map<number, Page>();
  private readonly group: ThreadGroup;

  /** `space` is its address space identifier, 0 to 255; `prefix` stands before the labels of its pages. */
  constructor(space: number, prefix: string, threads: readonly Processor[]) {
    if (!Number.isSafeInteger(space) || space < 0 || space > 255)
      throw new RangeError(`an address space identifier is from 0 to 255, not ${shown(space)}`);
    this.space = space;
    this.prefix = prefix;
    this.group = new ThreadGroup(threads);
  }

  spaceOf(): number {
    return this.space;
  }

  lookup(_processor: Processor, number: number): Page | undefined {
    return this.table.get(number);
  }

  mapped(_processor: Processor, number: number): Page | undefined {
    return this.table.get(number);
  }

  touch(processor: Processor, number: number, pages: PageStore): Page {
    if (number >= FIRST_UNMAPPED)
      throw new GuestError(
        `${processor.path}: the program uses page 0x${number.toString(16)}; threads have addresses below 0x80000000`,
      );
    let page = this.table.get(number);
    if (page === undefined) {
      page = pages.add(`${this.prefix}page 0x${number.toString(16)}`, number, NO_PAGE);
      page.mappings.push({ space: this.space, page: number });
      this.table.set(number, page);
    }
    return page;
  }

  physicalOf(): PhysicalPage {
    return NO_PAGE;
  }

  isGlobal(): boolean {
    return false;
  }

  request(processor: Processor, request: unknown): Program | null {
    return this.group.request(processor, request as SyncRequest);
  }

  ended(processor: Processor): void {
    this.group.ended(processor);
  }
}
