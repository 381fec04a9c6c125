/**
 * What the kernel keeps in the TLBs: address space identifiers, given out by each processor for itself, and the one wired
 * entry, which holds the kernel stack in the kernel and a pair of the process's page tables outside. As in IRIX, every
 * crossing writes that entry: the privileged instructions that the Disco paper names.
 *
 * Whoever takes a translation away waits until no processor uses it any more. Kernel code runs with interrupts off, so
 * it must hold no spinlock meanwhile: a processor that spins for one does not forget.
 */
import {
  annotate,
  interrupt,
  readRegister,
  spinWhile,
  store,
  tlbProbe,
  tlbWriteIndexed,
  writeRegister,
} from '../../../processor/operations.js';
import { entryLo, Register } from '../../../processor/registers.js';
import { KSEG0 } from '../../../processor/segments.js';
import { Activity } from '../../../processor/software.js';
import { KERNEL_STACK, PAGE_BYTES, PAGE_SHIFT, PAGE_TABLES } from '../address-layout.js';
import type { Code, KernelThread } from '../../../system/code.js';
import type { Hints } from './hints.js';
import type { AddressSpace } from './address-space.js';
import type { PageTables } from './page-tables.js';
import type { KernelProcessor, Thread } from '../processes/threads.js';

/** Identifiers 1 to 255 are for address spaces; 0 is for threads without one. */
const LAST_IDENTIFIER = 255;
/** TLB entries of the processors that the kernel was written for. */
const TLB_ENTRIES = 64;
/** The wired entry. */
const WIRED = 0;
/** The inter-processor interrupt that has a processor forget what it knows of an address space. */
export const FORGET = 2;

/** Identifiers and TLB entries. */
export class Translations {
  readonly statistics = { identifiersGiven: 0, flushes: 0, shootdowns: 0 };
  private readonly processors: readonly KernelProcessor[];
  /** How registers are written. */
  readonly hints: Hints;
  private readonly spinCycles: number;

  /** `spinCycles` are those of a turn of the loop in which it waits for other processors. */
  constructor(processors: readonly KernelProcessor[], spinCycles: number, hints: Hints) {
    this.processors = processors;
    this.hints = hints;
    this.spinCycles = spinCycles;
  }

  /** EntryHi for a page of the space of the thread, on its processor. */
  entryHi(thread: KernelThread, page: number): number {
    return ((page << PAGE_SHIFT) & 0xffffe000) | (thread as Thread).processor!.identifier;
  }

  /** Wires the kernel stack of a thread and the data of its processor. */
  *enterKernel({ processor, stackPage }: Thread): Code {
    yield writeRegister(Register.Index, WIRED);
    yield this.hints.write(Register.EntryHi, KERNEL_STACK | processor!.identifier | 0);
    yield writeRegister(Register.EntryLo0, entryLo(stackPage, true, true));
    yield writeRegister(Register.EntryLo1, entryLo(processor!.dataPage, true, true));
    yield tlbWriteIndexed();
  }

  /** Wires the pair of page tables that the process uses most, and makes its identifier the one at hand. */
  *leaveKernel(thread: Thread): Code {
    const tables = thread.tables!;
    const identifier = yield* this.identify(thread.processor!, tables);
    const pair = thread.space!.mainTable & ~1;
    yield writeRegister(Register.Index, WIRED);
    yield this.hints.write(Register.EntryHi, (PAGE_TABLES + pair * PAGE_BYTES) | identifier | 0);
    yield writeRegister(Register.EntryLo0, this.tableWordOf(tables, pair));
    yield writeRegister(Register.EntryLo1, this.tableWordOf(tables, pair + 1));
    yield tlbWriteIndexed();
  }

  /** Makes the registers of a processor those of a thread that it switches to. */
  *load(processor: KernelProcessor, thread: Thread): Code {
    if (thread.tables === null) processor.identifier = 0;
    else yield* this.identify(processor, thread.tables);
    yield* this.enterKernel(thread);
  }

  /** What the page tables say at a page of the array that the refill handler reads: EntryLo of a page table. */
  tableWordOf({ pages }: PageTables, table: number): number {
    return tableWord(pages.get(table));
  }

  /** A translation of the thread's space is not what it was. When this returns, no processor uses what it was before. */
  *changed(thread: KernelThread, space: AddressSpace, page: number): Code {
    const { processor, tables: own } = thread as Thread;
    yield this.hints.write(Register.EntryHi, this.entryHi(thread, page));
    yield tlbProbe();
    const index = yield readRegister(Register.Index);
    if (index >= 0) {
      yield* this.clear(index);
      yield this.hints.write(Register.EntryHi, processor!.identifier);
    }
    for (const tables of space.tables) if (tables !== own) tables.identifiers[processor!.number] = 0;
    yield* this.forgetElsewhere(thread as Thread, space);
  }

  /** All translations of the thread's space may have changed: it gets new identifiers everywhere. As `changed`. */
  *changedAll(thread: KernelThread, space: AddressSpace): Code {
    const { processor, tables } = thread as Thread;
    for (const { identifiers } of space.tables) identifiers[processor!.number] = 0;
    yield* this.identify(processor!, tables!);
    yield* this.forgetElsewhere(thread as Thread, space);
  }

  /**
   * For the interrupt, which is taken in user mode or by an idle thread: tells whoever waits that the user's translations
   * are not used as they were. On the way back to user mode the space, which has no identifier here now, gets a new one.
   */
  *forget({ processor }: Thread): Code {
    processor!.forgotten++;
    yield store(processor!.forgottenAt, processor!.forgotten);
  }

  private *forgetElsewhere(thread: Thread, space: AddressSpace): Code {
    const asked: { readonly other: KernelProcessor; readonly before: number }[] = [];
    for (const other of this.processors) {
      if (other === thread.processor) continue;
      for (const { identifiers } of space.tables) identifiers[other.number] = 0;
      if (other.current.space !== space) continue;
      this.statistics.shootdowns++;
      asked.push({ other, before: other.forgotten });
      yield interrupt(other.number, FORGET, 0);
    }
    if (asked.length === 0) return;
    const activity = yield annotate(-1, Activity.Synchronisation);
    for (const { other, before } of asked)
      while (other.forgotten === before) yield spinWhile(other.forgottenAt, before, this.spinCycles);
    yield annotate(-1, activity);
  }

  /** Gives page tables an identifier on a processor, unless they have a good one, and makes it the one at hand. */
  private *identify(processor: KernelProcessor, tables: PageTables): Code<number> {
    const { number } = processor;
    if (tables.identifiers[number] === 0 || tables.generations[number] !== processor.generation) {
      if (processor.nextIdentifier > LAST_IDENTIFIER) yield* this.flush(processor);
      this.statistics.identifiersGiven++;
      tables.identifiers[number] = processor.nextIdentifier++;
      tables.generations[number] = processor.generation;
    }
    const identifier = tables.identifiers[number];
    if (identifier !== processor.identifier) {
      processor.identifier = identifier;
      // The one at hand changes, which the hardware has to know before the next access.
      yield writeRegister(Register.EntryHi, identifier);
    }
    return identifier;
  }

  /** Starts again with the first identifier: no entry may be left of those before. */
  private *flush(processor: KernelProcessor): Code {
    this.statistics.flushes++;
    for (let index = WIRED + 1; index < TLB_ENTRIES; index++) yield* this.clear(index);
    processor.nextIdentifier = 1;
    processor.generation++;
    processor.identifier = 0;
  }

  /** Puts an entry out of use: a pair of kseg0, which is never looked up, of its own for each index. EntryHi is lost. */
  private *clear(index: number): Code {
    yield writeRegister(Register.Index, index);
    yield this.hints.write(Register.EntryHi, (KSEG0 + index * 2 * PAGE_BYTES) | 0);
    yield writeRegister(Register.EntryLo0, 0);
    yield writeRegister(Register.EntryLo1, 0);
    yield tlbWriteIndexed();
  }
}

/** EntryLo of a page table, 0 for none. */
function tableWord(page: number | undefined): number {
  return page === undefined ? 0 : entryLo(page, true, false);
}
