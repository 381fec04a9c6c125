/**
 * The recorded kernel writes TLB entries with operands that the trace does not have. What is known is the page, so the
 * guest writes what its tables say of that page's pair: where the recorded instructions set the registers, they do, and
 * what they leave out is added. Nothing of the guest's TLB ever contradicts its tables.
 */
import { readRegister, tlbProbe, tlbWriteIndexed, tlbWriteRandom, writeRegister } from '../../processor/operations.js';
import { Register } from '../../processor/registers.js';
import { KSEG0 } from '../../processor/segments.js';
import type { Privileged } from './image.js';
import type { PageTables } from './page-tables.js';
import type { RecordedProcessor, TlbSequence } from './processor.js';
import type { Code } from '../../system/code.js';

/** TLB entries of the processors that the kernel was written for. */
const TLB_ENTRIES = 64;
const PAGE_BYTES = 4096;

/** Sequences of privileged operations about the TLB. */
export class TlbSequences {
  private readonly tables: PageTables;
  private readonly added: (operations: number) => void;

  /** `added` is told of operations that the recording does not have. */
  constructor(tables: PageTables, added: (operations: number) => void) {
    this.tables = tables;
    this.added = added;
  }

  /** Executes one recorded operation of a sequence about a page, -1 if the trace does not say which. */
  *execute(processor: RecordedProcessor, operation: Privileged, recordedPage: number): Code {
    const page = recordedPage >= 0 ? recordedPage : processor.lastPage;
    const sequence = this.sequence(processor, operation, page);
    switch (operation) {
      case 'mtc0 EntryHi':
        sequence.entryHi = true;
        yield writeRegister(Register.EntryHi, this.entryHi(processor, page));
        return;
      case 'tlbp':
        yield tlbProbe();
        return;
      case 'mfc0 Index':
        sequence.index = yield readRegister(Register.Index);
        return;
      case 'mtc0 EntryLo0':
        sequence.entryLo0 = true;
        yield writeRegister(Register.EntryLo0, this.word(processor, page, 0));
        return;
      case 'mtc0 EntryLo1':
        sequence.entryLo1 = true;
        yield writeRegister(Register.EntryLo1, this.word(processor, page, 1));
        return;
      default:
        yield* this.complete(processor, sequence);
        yield sequence.index! < 0 ? tlbWriteRandom() : tlbWriteIndexed();
        processor.sequence = null;
    }
  }

  /** Makes a translation that may be in the TLB what the tables say. */
  *refresh(processor: RecordedProcessor, page: number): Code {
    const index = yield* this.look(processor, page);
    if (index < 0) return;
    this.added(3);
    yield writeRegister(Register.EntryLo0, this.word(processor, page, 0));
    yield writeRegister(Register.EntryLo1, this.word(processor, page, 1));
    yield tlbWriteIndexed();
  }

  /** Puts all entries out of use: pairs of kseg0, which are never looked up. */
  *flush(): Code {
    this.added(2 + 3 * TLB_ENTRIES);
    yield writeRegister(Register.EntryLo0, 0);
    yield writeRegister(Register.EntryLo1, 0);
    for (let index = 0; index < TLB_ENTRIES; index++) {
      yield writeRegister(Register.Index, index);
      yield writeRegister(Register.EntryHi, (KSEG0 + index * 2 * PAGE_BYTES) | 0);
      yield tlbWriteIndexed();
    }
  }

  /** The sequence at hand, or a new one if another page, or another exception, has come in between. */
  private sequence(processor: RecordedProcessor, operation: Privileged, page: number): TlbSequence {
    const { sequence, refills } = processor;
    const begins = operation === 'mtc0 EntryHi' || sequence === null;
    if (!begins && sequence.page === page && sequence.refills === refills) return sequence;
    return (processor.sequence = { page, entryHi: false, entryLo0: false, entryLo1: false, index: null, refills });
  }

  /** Adds what the recorded operations have not set. */
  private *complete(processor: RecordedProcessor, sequence: TlbSequence): Code {
    const { page } = sequence;
    if (!sequence.entryHi || sequence.index === null) sequence.index = yield* this.look(processor, page);
    for (const half of [0, 1] as const) {
      if (half === 0 ? sequence.entryLo0 : sequence.entryLo1) continue;
      this.added(1);
      yield writeRegister(half === 0 ? Register.EntryLo0 : Register.EntryLo1, this.word(processor, page, half));
    }
  }

  private *look(processor: RecordedProcessor, page: number): Code<number> {
    this.added(3);
    yield writeRegister(Register.EntryHi, this.entryHi(processor, page));
    yield tlbProbe();
    return yield readRegister(Register.Index);
  }

  /** EntryHi of the pair of a page; without one, a pair of kseg0, which is never looked up. */
  private entryHi({ identifier }: RecordedProcessor, page: number): number {
    return (page < 0 ? KSEG0 : (page & ~1) * PAGE_BYTES) | identifier | 0;
  }

  private word({ task }: RecordedProcessor, page: number, half: 0 | 1): number {
    return page < 0 ? 0 : this.tables.word(task, (page & ~1) | half);
  }
}
