/**
 * What the kernel keeps in the TLBs: address space identifiers, given out by each processor for itself, and the one wired
 * entry, which holds the kernel stack in the kernel and a pair of the process's page tables outside. As in IRIX, every
 * crossing writes that entry: the privileged instructions that the Disco paper names.
 */
import { interrupt, readRegister, tlbProbe, tlbWriteIndexed, writeRegister } from '../../processor/operations.js';
import { entryLo, Register } from '../../processor/registers.js';
import { KSEG0 } from '../../processor/segments.js';
import { KERNEL_STACK, PAGE_BYTES, PAGE_SHIFT, PAGE_TABLES } from './address-layout.js';
import type { Code, KernelThread } from './code.js';
import type { AddressSpace } from './memory/address-space.js';
import type { KernelProcessor, Thread } from './threads.js';

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

  constructor(processors: readonly KernelProcessor[]) {
    this.processors = processors;
  }

  /** EntryHi for a page of the space of the thread, on its processor. The space must have an identifier there. */
  entryHi(thread: KernelThread, page: number): number {
    return ((page << PAGE_SHIFT) & 0xffffe000) | this.identifierOf(thread as Thread);
  }

  /** Wires the kernel stack of a thread and the data of its processor. */
  *enterKernel(thread: Thread): Code {
    yield writeRegister(Register.Index, WIRED);
    yield writeRegister(Register.EntryHi, KERNEL_STACK | this.identifierOf(thread) | 0);
    yield writeRegister(Register.EntryLo0, entryLo(thread.stackPage, true, true));
    yield writeRegister(Register.EntryLo1, entryLo(thread.processor!.dataPage, true, true));
    yield tlbWriteIndexed();
  }

  /** Wires the pair of page tables that the process uses most, and makes its identifier the one at hand. */
  *leaveKernel(thread: Thread): Code {
    const space = thread.space!;
    const identifier = yield* this.identify(thread.processor!, space);
    const pair = space.mainTable & ~1;
    yield writeRegister(Register.Index, WIRED);
    yield writeRegister(Register.EntryHi, (PAGE_TABLES + pair * PAGE_BYTES) | identifier | 0);
    yield writeRegister(Register.EntryLo0, tableWord(space.tables.get(pair)));
    yield writeRegister(Register.EntryLo1, tableWord(space.tables.get(pair + 1)));
    yield tlbWriteIndexed();
  }

  /** Makes the registers of a processor those of a thread that it switches to. */
  *load(processor: KernelProcessor, thread: Thread): Code {
    if (thread.space !== null) yield* this.identify(processor, thread.space);
    yield* this.enterKernel(thread);
  }

  /** What the page tables say at a page of the array that the refill handler reads: EntryLo of a page table. */
  tableWordOf(space: AddressSpace, table: number): number {
    return tableWord(space.tables.get(table));
  }

  /** A translation is not what it was: this processor forgets it, and no other may use the space's as it knows them. */
  *changed(thread: KernelThread, space: AddressSpace, page: number): Code {
    const { processor } = thread as Thread;
    if (space === (thread as Thread).space) {
      yield writeRegister(Register.EntryHi, this.entryHi(thread, page));
      yield tlbProbe();
      const index = yield readRegister(Register.Index);
      if (index >= 0) yield* this.clear(index);
    } else space.identifiers[processor!.number] = 0;
    yield* this.forgetElsewhere(thread as Thread, space);
  }

  /** All translations of a space may have changed: it gets new identifiers everywhere. */
  *changedAll(thread: KernelThread, space: AddressSpace): Code {
    space.identifiers[(thread as Thread).processor!.number] = 0;
    yield* this.forgetElsewhere(thread as Thread, space);
    if ((thread as Thread).space === space) yield* this.identify((thread as Thread).processor!, space);
  }

  /** For the interrupt: the space of the thread at hand gets a new identifier. */
  *forget(thread: Thread): Code {
    if (thread.space === null) return;
    thread.space.identifiers[thread.processor!.number] = 0;
    yield* this.identify(thread.processor!, thread.space);
  }

  private *forgetElsewhere(thread: Thread, space: AddressSpace): Code {
    for (const other of this.processors) {
      if (other === thread.processor) continue;
      space.identifiers[other.number] = 0;
      if (other.current.space !== space) continue;
      this.statistics.shootdowns++;
      yield interrupt(other.number, FORGET, 0);
    }
  }

  private identifierOf({ space, processor }: Thread): number {
    return space === null ? 0 : space.identifiers[processor!.number]!;
  }

  /** Gives a space an identifier on a processor, unless it has a good one, and makes it the one at hand. */
  private *identify(processor: KernelProcessor, space: AddressSpace): Code<number> {
    const { number } = processor;
    if (space.identifiers[number] === 0 || space.generations[number] !== processor.generation) {
      if (processor.nextIdentifier > LAST_IDENTIFIER) yield* this.flush(processor);
      this.statistics.identifiersGiven++;
      space.identifiers[number] = processor.nextIdentifier++;
      space.generations[number] = processor.generation;
      yield writeRegister(Register.EntryHi, space.identifiers[number]!);
    }
    return space.identifiers[number]!;
  }

  /** Starts again with the first identifier: no entry may be left of those before. */
  private *flush(processor: KernelProcessor): Code {
    this.statistics.flushes++;
    for (let index = WIRED + 1; index < TLB_ENTRIES; index++) yield* this.clear(index);
    processor.nextIdentifier = 1;
    processor.generation++;
  }

  /** Puts an entry out of use: a pair of kseg0, which is never looked up, of its own for each index. */
  private *clear(index: number): Code {
    yield writeRegister(Register.Index, index);
    yield writeRegister(Register.EntryHi, (KSEG0 + index * 2 * PAGE_BYTES) | 0);
    yield writeRegister(Register.EntryLo0, 0);
    yield writeRegister(Register.EntryLo1, 0);
    yield tlbWriteIndexed();
  }
}

/** EntryLo of a page table, 0 for none. */
function tableWord(page: number | undefined): number {
  return page === undefined ? 0 : entryLo(page, true, false);
}
