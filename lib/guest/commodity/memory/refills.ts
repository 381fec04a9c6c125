/** The short handlers of TLB misses, which save nothing and do not enter the kernel as a thread does. */
import {
  compute,
  load,
  readRegister,
  returnFromException,
  tlbProbe,
  tlbWriteIndexed,
  tlbWriteRandom,
  writeRegister,
  type Program,
} from '../../../processor/operations.js';
import { entryLo, Register } from '../../../processor/registers.js';
import type { Exception } from '../../../processor/software.js';
import { MAPPED_KERNEL, PAGE_SHIFT, PAGE_TABLES } from '../address-layout.js';
import type { Hints } from './hints.js';
import type { Profile } from '../profile.js';
import type { Thread } from '../processes/threads.js';
import type { Translations } from './translations.js';

/** What refills need. */
export interface RefillsOptions {
  readonly profile: Profile;
  readonly translations: Translations;
  readonly hints: Hints;
}

/** Refills. */
export class Refills {
  private readonly options: RefillsOptions;

  constructor(options: RefillsOptions) {
    this.options = options;
  }

  /** The fast refill: reads two entries of the page table through the array in which it lies. */
  *user(): Program {
    const { hints, profile } = this.options;
    // Context has 16 bytes for a pair of pages, our tables have 8 (as IRIX and Linux on 32-bit MIPS).
    const pair = (yield hints.read(Register.Context)) >> 1;
    const even = yield load(pair);
    const odd = yield load(pair + 4);
    yield compute(profile.refillCycles);
    yield hints.write(Register.EntryLo0, even);
    yield hints.write(Register.EntryLo1, odd);
    yield tlbWriteRandom();
    yield returnFromException();
  }

  /** The refill of the kernel's own segment, when it is mapped: virtual and physical pages differ by a constant. */
  *kernel(address: number): Program {
    const page = ((address - MAPPED_KERNEL) >>> PAGE_SHIFT) & ~1;
    yield readRegister(Register.BadVAddr);
    yield compute(this.options.profile.refillCycles);
    yield writeRegister(Register.EntryLo0, entryLo(page, true, true));
    yield writeRegister(Register.EntryLo1, entryLo(page + 1, true, true));
    yield tlbWriteRandom();
    yield returnFromException();
  }

  /** The page of page tables that the fast refill reads is not in the TLB: a short handler too, which saves nothing. */
  *doubleMiss(thread: Thread, { context }: Exception, table: number): Program {
    const { hints, translations, profile } = this.options;
    const { wiredTables, doubleMissCycles } = profile;
    const tables = thread.tables!;
    const pair = table & ~1;
    yield compute(doubleMissCycles);
    yield hints.write(Register.EntryHi, translations.entryHi(thread, (PAGE_TABLES >>> PAGE_SHIFT) + pair));
    yield tlbProbe();
    const index = yield readRegister(Register.Index);
    const wires = index < 0 && wiredTables > 0;
    // Wired entries in turn, so that random replacement does not take away what every refill of the process needs.
    if (wires) yield writeRegister(Register.Index, 1 + (thread.processor!.tablesWired++ % wiredTables));
    yield hints.write(Register.EntryLo0, translations.tableWordOf(tables, pair));
    yield hints.write(Register.EntryLo1, translations.tableWordOf(tables, pair + 1));
    yield index < 0 && !wires ? tlbWriteRandom() : tlbWriteIndexed();
    yield returnFromException(context);
  }
}
