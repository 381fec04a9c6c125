/** What each processor executes first, and again and again while it is idle. */
import { Context } from '../../processor/context.js';
import { annotate, writeRegister, type Program } from '../../processor/operations.js';
import { Register } from '../../processor/registers.js';
import { Activity } from '../../processor/software.js';
import type { Code } from '../../system/code.js';
import type { KernelClock } from './clock.js';
import type { Hints } from './memory/hints.js';
import type { PhysicalPages } from './memory/physical-pages.js';
import type { Processes } from './processes/processes.js';
import type { Scheduler } from './processes/scheduler.js';
import { serviceNumber } from './services.js';
import type { KernelProcessor, Thread } from './processes/threads.js';
import { IDLE_STATUS, KERNEL_STATUS } from './traps.js';
import type { Translations } from './memory/translations.js';

/** What Context says of the page tables: the refill handler halves it, sign and all, to get at PAGE_TABLES. */
const REFILL_BASE = 0x80000000 | 0;

/** The parts of a kernel that it starts. */
export interface BootParts {
  readonly clock: KernelClock;
  readonly hints: Hints;
  readonly physical: PhysicalPages;
  readonly processes: Processes;
  readonly scheduler: Scheduler;
  readonly translations: Translations;
  /** See Profile. */
  readonly wiredTables: number;
}

/** Starts a kernel. */
export class Boot {
  private readonly parts: BootParts;

  constructor(parts: BootParts) {
    this.parts = parts;
  }

  /** The first program of a processor. Processor 0 starts a thread that executes `first`; when that returns, the kernel stops. */
  context(processor: KernelProcessor, first: (thread: Thread) => Code): Context {
    const context = new Context(this.begin(processor, first), Activity.Kernel);
    context.service = serviceNumber('boot');
    processor.idle.contexts.push(context);
    return context;
  }

  private *begin(processor: KernelProcessor, first: (thread: Thread) => Code): Program {
    const { clock, hints, translations, wiredTables } = this.parts;
    yield* hints.begin();
    yield writeRegister(Register.Wired, 1 + wiredTables);
    yield writeRegister(Register.Context, REFILL_BASE);
    yield writeRegister(Register.Status, KERNEL_STATUS);
    yield* translations.enterKernel(processor.idle);
    yield* clock.start(processor);
    if (processor.number === 0) yield* this.startFirst(processor.idle, first);
    yield* this.idle(processor);
  }

  private *startFirst(idle: Thread, first: (thread: Thread) => Code): Code {
    const { processes, scheduler } = this.parts;
    const thread = yield* processes.makeThread(null, 'first thread', null, t => this.runFirst(t, first));
    yield* scheduler.start(idle, thread!);
  }

  private *runFirst(thread: Thread, first: (thread: Thread) => Code): Code {
    yield* this.parts.physical.initialise();
    yield* first(thread);
    this.parts.clock.stopped = true;
    yield* this.parts.scheduler.end(thread);
  }

  private *idle(processor: KernelProcessor): Code {
    const { clock, hints, scheduler } = this.parts;
    for (;;) {
      yield* scheduler.runOthers(processor.idle);
      yield annotate(serviceNumber('idle'), Activity.Idle);
      if (clock.stopped) return yield* clock.silence(processor);
      yield hints.idle();
      yield annotate(serviceNumber('switch'), Activity.Kernel);
      yield writeRegister(Register.Status, IDLE_STATUS);
      yield writeRegister(Register.Status, KERNEL_STATUS);
    }
  }
}
