/**
 * SPLASHOS: a library operating system after the Disco paper (SOSP 1997, section 4). It is linked with one parallel
 * program and shares its address space and mode: threads, locks, barriers, files over a network, and no virtual memory.
 * All pages of the program are mapped by a table that is made when it starts; page faults are left to whoever is below.
 *
 * On the bare machine library and program run in kernel mode. With `mapped` they use the segments only that supervisor
 * mode may use, and nothing but refills, interrupts, commands of devices and the start executes privileged operations.
 */
import { plainObject, wholeNumbers } from '../../engine/checks.js';
import { Context } from '../../processor/context.js';
import {
  annotate,
  compute,
  interrupt,
  load,
  readRegister,
  resume,
  returnFromException,
  spinWhile,
  store,
  tlbWriteRandom,
  waitForInterrupt,
  writeRegister,
  type Program,
} from '../../processor/operations.js';
import { EXCEPTION_NAMES, ExceptionCode, Register, Status, Vector, entryLo } from '../../processor/registers.js';
import { Activity, type Cpu, type Exception, type SystemSoftware } from '../../processor/software.js';
import { GuestError } from '../../system/guest-error.js';
import { refillMappedKernel } from '../../system/mapped-kernel.js';
import { MemoryFiles, type SplashFiles } from './files.js';
import { FIRST_PAGE, SplashMemory } from './memory.js';
import { SplashBarrier, SplashLock, SplashSemaphore } from './synchronisation.js';
import { SplashProcessor, SplashThread, type SchedulerOptions } from './threads.js';
import type { Code } from '../../system/code.js';

/** What SPLASHOS is made with. */
export interface SplashOptions {
  /** Processors that it finds, and threads of the program: thread n runs on processor n modulo processors. */
  readonly processors: number;
  readonly threads: number;
  /** Pages of the program's memory. */
  readonly programPages: number;
  /** Pages of the library's own data: a line for each thread and word of synchronisation. */
  readonly dataPages: number;
  /** Pages of physical memory that it finds. */
  readonly pages: number;
  /** Linked for the mapped supervisor segment instead of kseg0. */
  readonly mapped: boolean;
  readonly scheduler: SchedulerOptions;
}

/** Serves an interrupt with the two integers that it carries, on the processor that took it. */
export type InterruptService = (a: number, b: number, processor: SplashProcessor) => Code;

/** Services that time belongs to, by number. */
export const SPLASH_SERVICES = ['program', 'refill', 'interrupt', 'start'] as const;

/** In the library, and where an interrupt is served. */
const RUNNING = Status.IM | Status.IE;
const SERVING = Status.IM;
/** Instructions of the refill handler that are none of its operations: 14 in all, as IRIX takes (lib/guest/bare/costs.ts). */
const REFILL_COMPUTE = 7;
/** Interrupt that all threads have ended: nobody serves it. */
const ENDED = 1;
/** Instructions of a turn in which a processor waits for the first one to have set up memory. */
const START_CYCLES = 8;

/** The operating system and its program. */
export class SplashOS implements SystemSoftware {
  readonly services = SPLASH_SERVICES;
  readonly statistics = { refills: 0, libraryRefills: 0, interrupts: 0 };
  readonly memory: SplashMemory;
  readonly processors: readonly SplashProcessor[];
  readonly threads: readonly SplashThread[];
  /** Services of interrupts, by code: parts of the library add theirs before it starts. Others are ignored. */
  readonly interrupts = new Map<number, InterruptService>();
  /** Processors that devices interrupt: they stay until all threads have ended. For parts, before it starts. */
  readonly attending = new Set<number>();
  /** Replace it before the program starts to have files elsewhere. */
  files: SplashFiles;
  private readonly mapped: boolean;
  /** Words that are not 0 when the program starts. */
  private readonly words: (readonly [address: number, value: number])[] = [];
  private readonly started: number;
  /** Threads that have ended. No lock: counted between yields. */
  private gone = 0;

  /** Throws a RangeError if the program and the library do not fit into memory. */
  constructor(options: SplashOptions) {
    plainObject(options, 'the options of SPLASHOS');
    wholeNumbers(options, ['processors'], 'SPLASHOS', 1, 8192);
    wholeNumbers(options, ['threads', 'programPages'], 'SPLASHOS', 1, 2 ** 20);
    wholeNumbers(options, ['dataPages', 'pages'], 'SPLASHOS', 0, 2 ** 31);
    plainObject(options.scheduler, 'SPLASHOS: scheduler');
    wholeNumbers(options.scheduler, ['spinTurns'], 'SPLASHOS: scheduler', 0, 2 ** 40);
    wholeNumbers(options.scheduler, ['turnCycles'], 'SPLASHOS: scheduler', 1, 2 ** 40);
    const { processors, threads, pages, mapped } = options;
    this.memory = new SplashMemory(options);
    if (pages < this.memory.pages)
      throw new RangeError(
        `SPLASHOS and its program need ${this.memory.pages} pages of physical memory, but there are ${pages}; give the machine more memory`,
      );
    this.mapped = mapped;
    this.processors = Array.from({ length: processors }, (_, number) => new SplashProcessor(number, options.scheduler));
    this.threads = Array.from({ length: threads }, (_, number) => this.makeThread(number));
    this.started = this.memory.line();
    this.files = new MemoryFiles(this.lock());
  }

  /** Makes a lock. Before the program starts, as all that follow. */
  lock(): SplashLock {
    return new SplashLock(this.memory.line());
  }

  /** Makes a barrier of some threads; of all unless given. */
  barrier(threads: readonly SplashThread[] = this.threads): SplashBarrier {
    const barrier = new SplashBarrier(this.memory.line(), this.memory.line(), threads);
    this.words.push([barrier.address, barrier.initial]);
    return barrier;
  }

  /** Makes a semaphore. */
  semaphore(initial: number): SplashSemaphore {
    const semaphore = new SplashSemaphore(this.memory.line(), initial);
    this.words.push([semaphore.address, semaphore.initial]);
    return semaphore;
  }

  /** Virtual address of fresh memory of the program: whole lines. */
  allocate(bytes: number): number {
    return this.memory.allocate(bytes);
  }

  /** What each processor executes first: null for one without threads. A thread exits when its body returns. Call it once. */
  boot(body: (thread: SplashThread) => Code): (Context | null)[] {
    for (const thread of this.threads) thread.context = new Context(this.execute(thread, body));
    return this.processors.map(processor => {
      if (processor.threads.length === 0) return null;
      const context = new Context(this.start(processor), Activity.Kernel);
      context.service = SPLASH_SERVICES.indexOf('start');
      return context;
    });
  }

  exception(cpu: Cpu, exception: Exception): Context | null {
    const { code, address, vector, fault = null } = exception;
    switch (code) {
      case ExceptionCode.Interrupt:
        return this.interrupt(cpu, exception);
      case ExceptionCode.TlbLoad:
      case ExceptionCode.TlbStore:
        if (this.mapped && address >= this.memory.base) {
          this.statistics.libraryRefills++;
          return handler(refillMappedKernel(this.memory.base), 'refill', Activity.TlbRefill);
        }
        if (vector === Vector.Refill) {
          this.statistics.refills++;
          return handler(this.readTable(this.memory.wordOf((address >>> 12) & ~1)), 'refill', Activity.TlbRefill);
        }
    }
    throw new GuestError(
      `processor ${cpu.number} takes the exception ${EXCEPTION_NAMES[code]} at 0x${(address >>> 0).toString(16)}, which SPLASHOS leaves to the software below it${fault === null ? '' : `: ${fault.message}`}`,
    );
  }

  ended(): void {
    // Threads tell each other through barriers that they have ended.
  }

  private makeThread(number: number): SplashThread {
    const processor = this.processors[number % this.processors.length];
    const thread = new SplashThread(number, processor, this.memory.line());
    processor.threads.push(thread);
    return thread;
  }

  private *execute(thread: SplashThread, body: (thread: SplashThread) => Code): Program {
    yield* body(thread);
    if (this.attending.size > 0) yield annotate(-1, Activity.Kernel); // at the present: others look at it
    this.gone++;
    yield* thread.processor.end(thread);
    yield* this.leave(thread.processor);
  }

  /** The last thread of a processor has ended. */
  private *leave({ number }: SplashProcessor): Code {
    const { attending, threads } = this;
    if (this.gone === threads.length) for (const other of attending) yield interrupt(other, ENDED, 0);
    else if (attending.has(number)) {
      yield annotate(-1, Activity.Idle);
      for (yield writeRegister(Register.Status, SERVING); this.gone < threads.length;) {
        yield waitForInterrupt();
        yield writeRegister(Register.Status, RUNNING);
        yield writeRegister(Register.Status, SERVING);
      }
    }
  }

  /** The first processor makes the table and sets words; the others wait until it has. */
  private *start(processor: SplashProcessor): Program {
    yield writeRegister(Register.Wired, 0);
    yield writeRegister(Register.EntryHi, 0);
    yield writeRegister(Register.Status, RUNNING);
    if (processor.number === 0) {
      const { memory } = this;
      for (let page = 0; page < memory.programPages; page++)
        yield store(memory.wordOf(FIRST_PAGE + page), entryLo(memory.firstPhysical + page, true, true));
      for (const [address, value] of this.words) yield store(address, value);
      yield store(this.started, 1);
    } else yield spinWhile(this.started, 0, START_CYCLES);
    yield resume(processor.threads[0].context!);
  }

  /** The refill: two words of the table. */
  private *readTable(word: number): Program {
    yield readRegister(Register.BadVAddr);
    yield compute(REFILL_COMPUTE);
    const even = yield load(word);
    const odd = yield load(word + 4);
    yield writeRegister(Register.EntryLo0, even);
    yield writeRegister(Register.EntryLo1, odd);
    yield tlbWriteRandom();
    yield returnFromException();
  }

  private interrupt(cpu: Cpu, { message, context }: Exception): Context | null {
    const service = message === null ? undefined : this.interrupts.get(message.code);
    if (message === null || service === undefined) return null;
    this.statistics.interrupts++;
    return handler(
      this.serve(service(message.a, message.b, this.processors[cpu.number]), context),
      'interrupt',
      Activity.Interrupt,
    );
  }

  /** Leaves exception level, so that the service may miss in the TLB. */
  private *serve(service: Code, interrupted: Context | null): Program {
    yield writeRegister(Register.Status, SERVING);
    yield* service;
    yield writeRegister(Register.Status, RUNNING | Status.EXL);
    if (interrupted !== null) yield returnFromException(interrupted);
  }
}

function handler(program: Program, service: (typeof SPLASH_SERVICES)[number], activity: number): Context {
  const context = new Context(program, activity);
  context.service = SPLASH_SERVICES.indexOf(service);
  context.counted = true;
  return context;
}
