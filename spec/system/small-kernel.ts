/**
 * A small kernel for random machines: user programs in user mode, page tables in memory that its own handlers walk, locks
 * with load-linked and store-conditional, a timer that switches programs, interrupts between processors, a page of its
 * own in ksseg that may miss while it handles something else. 250 lines: each kind of exception answered in each way.
 */
import { Context } from '../../lib/processor/context.js';
import {
  annotate,
  block,
  compute,
  copy,
  interrupt,
  load,
  loadLinked,
  readRegister,
  resume,
  returnFromException,
  spinWhile,
  store,
  storeConditional,
  tlbProbe,
  tlbRead,
  tlbWriteIndexed,
  tlbWriteRandom,
  waitForInterrupt,
  writeRegister,
  zero,
  type Operation,
} from '../../lib/processor/operations.js';
import type { Processor } from '../../lib/processor/processor.js';
import type { References } from '../../lib/processor/references.js';
import { entryLo, ExceptionCode, Mode, PROBE_FAILED, Register, Status } from '../../lib/processor/registers.js';
import { KSEG0, KSSEG } from '../../lib/processor/segments.js';
import { Activity, type Exception, type SystemSoftware } from '../../lib/processor/software.js';

/** Code in kernel mode. */
export type Code = Generator<Operation, void, number>;

const PAGE = 4096;
/** Lines are of 512 bytes: lock, counters and each processor's word lie in lines of their own. */
const LOCK = KSEG0;
const TAKEN = KSEG0 + 512;
const COUNTS = KSEG0 + 1024;
const TABLE = KSEG0 + PAGE;
const OWN_PAGE = 2;
const FIRST_FREE = 4;
/** An entry of the page table: the even physical page, and whether it may be written. */
const DIRTY = 1;

const SERVICES = ['user', 'refill', 'modified', 'call', 'interrupt'];
const [, REFILL, MODIFIED, CALL, INTERRUPT] = SERVICES.map((_, service) => service);

/** Interrupts between processors. */
export const Ipi = { Ping: 1, Forget: 2, Disturb: 3 } as const;

/** What the random machine chooses of the kernel. */
export interface KernelOptions {
  /** Counts between two interrupts of the timer. */
  readonly slice: number;
  readonly refillCycles: number;
  /** Entries that random writes spare. */
  readonly wired: number;
  readonly physicalPages: number;
  /** What the kernel executes when it replays. */
  readonly replay: References;
}

/** The kernel of all processors. */
export class SmallKernel implements SystemSoftware {
  readonly services = SERVICES;
  /** What happened, in order. */
  readonly log: string[] = [];
  private readonly options: KernelOptions;
  private readonly ready: Context[][];

  /** `ready` has the programs of each processor. */
  constructor(options: KernelOptions, ready: Context[][]) {
    this.options = options;
    this.ready = ready;
  }

  /** What a processor executes first. */
  *boot(processor: Processor): Code {
    yield writeRegister(Register.Wired, this.options.wired);
    yield writeRegister(Register.Compare, (yield readRegister(Register.Count)) + this.options.slice);
    yield compute(processor.processor);
    yield writeRegister(Register.Status, (Mode.User << 3) | Status.IE | Status.IM | Status.EXL);
    yield* this.dispatch(processor);
  }

  exception(processor: Processor, exception: Exception): Context | null {
    const { code, address, context, vector, message } = exception;
    const { registers, simulation } = processor;
    const about = message === null ? address : `${message.code} ${message.a} from ${message.from}`;
    this.log.push(
      `${simulation.now} ${processor.processor} ${code} ${vector} ${about} ${registers.read(Register.Cause)}`,
    );
    switch (code) {
      case ExceptionCode.Interrupt:
        return new Context(this.interrupt(processor, exception), Activity.Interrupt);
      case ExceptionCode.TlbLoad:
      case ExceptionCode.TlbStore:
        return new Context(
          address >= KSSEG ? this.ownPage() : this.missing(processor, address >>> 13),
          Activity.TlbRefill,
        );
      case ExceptionCode.Modified:
        return new Context(this.modified(processor, address >>> 13), Activity.PageFault);
      case ExceptionCode.SystemCall:
        return this.call(processor, context!);
      default:
        // What is not permitted, or half a word: skipped, at once or after a while.
        context!.complete(code + (address & 0xff));
        return code % 2 === 0 ? null : new Context([compute(address & 15)].values(), Activity.Kernel);
    }
  }

  ended(processor: Processor): void {
    this.log.push(`${processor.simulation.now} ${processor.processor} ended`);
  }

  /** Goes on with the next program of a processor. */
  private *dispatch({ processor }: Processor): Code {
    const next = this.ready[processor].shift()!;
    yield writeRegister(Register.EntryHi, 1 + (this.ready[processor].length % 3));
    yield returnFromException(next);
  }

  private *interrupt(processor: Processor, { context, message }: Exception): Code {
    yield annotate(INTERRUPT, -1, true);
    if (message !== null) {
      yield* this.served(processor, message.code, message.a);
      return;
    }
    yield* this.count(processor);
    const user = (processor.registers.status & Status.KSU) >> 3 === Mode.User;
    if (((yield readRegister(Register.Cause)) & 0x8000) === 0) {
      yield writeRegister(Register.Cause, 0);
      return;
    }
    yield writeRegister(Register.Compare, (yield readRegister(Register.Count)) + this.options.slice);
    const others = this.ready[processor.processor];
    if (context === null || processor.ended || !user || others.length === 0) {
      if (processor.ended || context === null) yield writeRegister(Register.Compare, 0);
      return;
    }
    others.push(context);
    yield* this.dispatch(processor);
  }

  private *served(processor: Processor, code: number, a: number): Code {
    switch (code) {
      case Ipi.Forget: {
        // Another processor has asked to forget a page: an entry that is not valid takes its place.
        const space = (yield readRegister(Register.EntryHi)) & 0xff;
        yield writeRegister(Register.EntryHi, ((a & 3) << 13) | space);
        yield tlbProbe();
        if ((yield readRegister(Register.Index)) === PROBE_FAILED) return;
        yield tlbRead();
        yield writeRegister(Register.EntryLo0, (yield readRegister(Register.EntryLo0)) & ~2);
        yield tlbWriteIndexed();
        return;
      }
      case Ipi.Disturb:
        yield block(this.options.replay, a % 5, this.options.replay.words.length);
        yield copy(KSEG0 + 3 * PAGE, KSEG0 + 3 * PAGE + 1024 + 4 * (a & 1), 512, a & 7);
        return;
      default:
        yield* this.count(processor);
    }
  }

  /** Loads and stores to the page of its own. */
  private *count({ processor, simulation }: Processor): Code {
    const word = KSSEG + 64 * processor;
    const count = yield load(word);
    this.log.push(`${simulation.now} ${processor} count ${count}`); // handlers are executed at the present
    yield store(word, count + 1);
  }

  private *ownPage(): Code {
    yield writeRegister(Register.EntryLo0, entryLo(OWN_PAGE, true, true));
    yield writeRegister(Register.EntryLo1, entryLo(OWN_PAGE + 1, false, true));
    yield* this.place();
  }

  /** Writes an entry in the place of what there is for the page, or at random. */
  private *place(): Code {
    yield tlbProbe();
    yield (yield readRegister(Register.Index)) === PROBE_FAILED ? tlbWriteRandom() : tlbWriteIndexed();
  }

  private *missing(processor: Processor, pair: number): Code {
    yield annotate(REFILL, -1, true);
    yield compute(this.options.refillCycles);
    let entry = yield load(TABLE + 4 * pair);
    if (entry === 0) entry = yield* this.allocate(processor, pair);
    yield* this.write(entry);
  }

  private *write(entry: number): Code {
    const page = entry >> 1;
    yield writeRegister(Register.EntryLo0, entryLo(page, (entry & DIRTY) !== 0, false));
    yield writeRegister(Register.EntryLo1, entryLo(page + 1, true, false));
    yield* this.place();
  }

  private *modified(processor: Processor, pair: number): Code {
    yield annotate(MODIFIED, -1, true);
    yield* this.acquire(processor);
    const entry = (yield load(TABLE + 4 * pair)) | DIRTY;
    yield store(TABLE + 4 * pair, entry);
    yield store(LOCK, 0);
    yield* this.write(entry);
  }

  private *acquire({ processor }: Processor): Code {
    for (;;) {
      if ((yield loadLinked(LOCK)) === 0 && (yield storeConditional(LOCK, 1)) === 1) return;
      yield spinWhile(LOCK, 1, 2 + processor);
      yield compute(3 * processor);
    }
  }

  /** Takes two physical pages, unless another processor was faster. */
  private *allocate(processor: Processor, pair: number): Generator<Operation, number, number> {
    yield* this.acquire(processor);
    let entry = yield load(TABLE + 4 * pair);
    if (entry === 0) {
      const taken = yield load(TAKEN);
      yield store(TAKEN, taken + 2);
      const page = FIRST_FREE + taken;
      if (page + 1 >= this.options.physicalPages) throw new Error('the kernel is out of memory');
      yield zero(KSEG0 + page * PAGE + 4 * (pair & 3), 2048, 5);
      entry = 2 * page;
      yield store(TABLE + 4 * pair, entry);
    }
    yield store(LOCK, 0);
    return entry;
  }

  private call(processor: Processor, caller: Context): Context | null {
    const { processor: self } = processor;
    const service = caller.operation!.request as Service;
    caller.complete(this.log.length);
    switch (service) {
      case 'at once':
        return null;
      case 'exit':
        if (this.ready[self].length > 0) return new Context(this.dispatch(processor), Activity.Kernel);
        return new Context([writeRegister(Register.Compare, 0)].values(), Activity.Kernel);
      case 'yield':
        if (this.ready[self].length === 0) return null;
        this.ready[self].push(caller);
        return new Context(this.dispatch(processor), Activity.Kernel);
      case 'turns':
        return this.turns(processor);
      default:
        return new Context(this.serve(processor, service), Activity.Kernel);
    }
  }

  /** Two stacks that take turns. */
  private turns(processor: Processor): Context {
    const counting = this.count(processor);
    const stacks: Context[] = [];
    const second = new Context(
      (function* (): Code {
        for (;;) {
          yield zero(KSEG0 + 3 * PAGE + 2048, 512, 1);
          yield resume(stacks[0]);
        }
      })(),
      Activity.PageMoving,
    );
    const first = new Context(
      (function* (): Code {
        yield* counting;
        yield resume(second);
        yield compute(5);
        yield resume(second);
      })(),
      Activity.Kernel,
    );
    stacks.push(first);
    return first;
  }

  private *serve(processor: Processor, service: Service): Code {
    const { processor: self } = processor;
    yield annotate(CALL, -1, true);
    if (service === 'open') {
      // With interrupts on, in kernel mode: what it needs to return it has from the exception.
      yield writeRegister(Register.Status, Status.IE | Status.IM);
      yield compute(100);
      yield* this.count(processor);
      yield load(COUNTS + 4 * self);
      yield writeRegister(Register.Status, (Mode.User << 3) | Status.IE | Status.IM | Status.EXL);
    } else if (service === 'nap') {
      yield interrupt(self, Ipi.Ping, 0);
      yield waitForInterrupt();
    } else yield writeRegister(Register.Cause, 0x100 << (self & 1));
    yield store(COUNTS + 4 * self, (yield load(COUNTS + 4 * self)) + 1);
  }
}

/** Services that programs may ask for. */
export type Service = 'at once' | 'yield' | 'turns' | 'open' | 'nap' | 'software' | 'exit';
export const CALLS: readonly Service[] = ['at once', 'yield', 'turns', 'open', 'nap', 'software'];
