/** What a processor of the bare machine runs: how virtual pages lead to pages, and what calls mean. */
import type { PhysicalPage } from '../../messages/addresses.js';
import type { Program } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import type { Page, PageStore } from './pages.js';

/** A program with its address space or spaces. */
export interface Process {
  /** Whether the program's own kernel is part of it, so that refills and faults are not charged again. */
  readonly recordedKernel: boolean;
  /** The address space identifier that a processor starts in. */
  spaceOf(processor: Processor): number;
  /** The page behind a virtual page; made if the process knows that it exists, undefined if it is not mapped. */
  lookup(processor: Processor, number: number, pages: PageStore): Page | undefined;
  /** As `lookup`, but makes nothing. */
  mapped(processor: Processor, number: number): Page | undefined;
  /** The page behind a virtual page that faulted: made on first touch. Throws if the access is an error. */
  touch(processor: Processor, number: number, pages: PageStore): Page;
  /** The physical page behind an unmapped virtual page, NO_PAGE for a mapped one. */
  physicalOf(number: number): PhysicalPage;
  /** Whether a virtual page is the same in all address spaces. */
  isGlobal(number: number): boolean;
  /** A call of the program: null if it takes no time, else a program that waits. */
  request(processor: Processor, request: unknown): Program | null;
  /** The processor's program has ended. */
  ended(processor: Processor): void;
}
