/** What the steps of a recorded kernel execute: references, privileged instructions, switches of tasks, mappings. */
import {
  block,
  call,
  compute,
  readRegister,
  tlbRead,
  waitForInterrupt,
  writeRegister,
} from '../../processor/operations.js';
import { KSU_SHIFT, Mode, Register } from '../../processor/registers.js';
import type { Code } from '../../system/code.js';
import type { Privileged, SystemStep } from './image.js';
import { USER_PAGES, type PageTables } from './page-tables.js';
import type { RecordedProcessor } from './processor.js';
import { TlbSequences } from './tlb-sequences.js';

/** What the guest has executed besides, and instead of, what was recorded. */
export interface RecordedStatistics {
  refills: number;
  /** Refills of a mapped kernel's own segment. */
  kernelRefills: number;
  /** Entries that were in the TLB before their page was mapped. */
  invalidEntries: number;
  /** Exceptions and returns. */
  entries: number;
  returns: number;
  /** Privileged operations that were executed for recorded instructions, returns included. */
  privileged: number;
  /** Privileged operations, and stores to page tables, that the recording does not have. */
  addedPrivileged: number;
  addedStores: number;
}

/** Status of the recorded kernel. */
export const KERNEL_STATUS = Mode.Kernel << KSU_SHIFT;
/** What a call asks for: to enter the recorded kernel. */
export const ENTER = 'enter';

/** Executes steps. */
export class RecordedSteps {
  private readonly tables: PageTables;
  private readonly statistics: RecordedStatistics;
  /** See RecordedGuestOptions. */
  private readonly statusPairs: boolean;
  private readonly sequences: TlbSequences;

  constructor(tables: PageTables, statistics: RecordedStatistics, statusPairs: boolean) {
    this.tables = tables;
    this.statistics = statistics;
    this.statusPairs = statusPairs;
    this.sequences = new TlbSequences(tables, operations => (statistics.addedPrivileged += operations));
  }

  /** Executes a step of the kernel. */
  *execute(processor: RecordedProcessor, step: Exclude<SystemStep, { readonly kind: 'return' }>): Code {
    if (step.kind !== 'enter') processor.next++;
    switch (step.kind) {
      case 'enter':
        yield call(ENTER);
        return;
      case 'run':
        yield block(processor.stream, step.from, step.to);
        return;
      case 'compute':
        yield compute(step.instructions);
        return;
      case 'privileged':
        this.count(true);
        yield* this.perform(processor, step.operation, step.page);
        return;
      case 'task':
        yield* this.runTask(processor, step.task);
        return;
      case 'map':
        yield* this.map(processor, step.page, step.physical);
    }
  }

  /** A recorded privileged instruction: with its own operand where that is known, else one that changes nothing. */
  private *perform(processor: RecordedProcessor, operation: Privileged, page: number): Code {
    switch (operation) {
      case 'mfc0':
        yield readRegister(Register.Cause);
        return;
      case 'cache':
        yield readRegister(Register.Config);
        return;
      case 'mtc0':
        yield writeRegister(Register.Context, 0);
        return;
      case 'di':
      case 'ei':
      case 'mt':
        if (this.statusPairs && operation !== 'mt') {
          this.statistics.addedPrivileged++;
          yield readRegister(Register.Status);
        }
        yield writeRegister(Register.Status, KERNEL_STATUS);
        return;
      case 'wait':
        yield waitForInterrupt();
        return;
      case 'tlbr':
        processor.sequence = null;
        yield tlbRead();
        return;
      default:
        yield* this.sequences.execute(processor, operation, page);
    }
  }

  /** Goes on with a task: its page tables and its identifier. */
  *runTask(processor: RecordedProcessor, task: number): Code {
    processor.task = task;
    processor.sequence = null;
    if (processor.lastPage < USER_PAGES) processor.lastPage = -1;
    if (processor.identify()) yield* this.sequences.flush();
    yield* this.stores(this.tables.use(processor.number, task, processor.firstUse()));
    this.statistics.addedPrivileged++;
    yield writeRegister(Register.EntryHi, processor.identifier);
  }

  private *map(processor: RecordedProcessor, page: number, physical: number): Code {
    const replaces = processor.learn(page, physical);
    yield* this.stores(this.tables.map(processor.task, page, physical));
    processor.lastPage = page;
    if (!replaces) return;
    processor.sequence = null;
    yield* this.sequences.refresh(processor, page);
  }

  private *stores(code: Code): Code {
    for (let next = code.next(); next.done !== true; next = code.next()) {
      this.statistics.addedStores++;
      yield next.value;
    }
  }

  /** Counts a privileged operation: of a recorded instruction, or one that the recording does not have. */
  count(recorded: boolean): void {
    if (recorded) this.statistics.privileged++;
    else this.statistics.addedPrivileged++;
  }
}
