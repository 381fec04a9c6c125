/**
 * Entering and leaving the kernel. An exception runs a program: the fast refill handler, or the general handler, which
 * saves the registers, wires the kernel stack, serves, perhaps switches, and returns. Kernel code runs with interrupts
 * off; they are on in user mode and while a processor is idle.
 */
import { Context } from '../../processor/context.js';
import { Op, returnFromException, type Program } from '../../processor/operations.js';
import { ExceptionCode, InterruptLine, KSU_SHIFT, Mode, Register, Status, Vector } from '../../processor/registers.js';
import { SPECIAL_PAGE } from '../../system/monitor-calls.js';
import { USER_PROGRAM } from '../../processor/context.js';
import { KSEG0, unmapped } from '../../processor/segments.js';
import { Activity, type Cpu, type Exception } from '../../processor/software.js';
import { MAPPED_KERNEL, PAGE_BYTES, PAGE_SHIFT, PAGE_TABLES, TABLE_ENTRIES } from './address-layout.js';
import { GuestError } from '../../system/guest-error.js';
import { isSystemCall } from './processes/arguments.js';
import { ErrorNumber, type Code } from '../../system/code.js';
import { statusOf, statusOfException } from './processes/exit-status.js';
import type { KernelClock } from './clock.js';
import type { Handlers } from './handlers.js';
import type { Hints } from './memory/hints.js';
import type { Faults } from './memory/page-faults.js';
import type { Processes } from './processes/processes.js';
import type { Profile } from './profile.js';
import { Refills } from './memory/refills.js';
import type { Scheduler } from './processes/scheduler.js';
import { serviceNumber, type ServiceName } from './services.js';
import type { StepBlocks } from './step-blocks.js';
import type { SystemCall } from './calls/system-calls.js';
import type { KernelProcessor, Thread } from './processes/threads.js';
import type { Translations } from './memory/translations.js';

/** Status in the kernel, in user mode, and while a processor is idle. */
export const KERNEL_STATUS = Status.IM;
export const USER_STATUS = Status.IM | Status.IE | (Mode.User << KSU_SHIFT);
export const IDLE_STATUS = Status.IM | Status.IE;

const TABLES_END = PAGE_TABLES + TABLE_ENTRIES * PAGE_BYTES;

/** Activities of services; those that are not here are kernel time. */
const ACTIVITY: Partial<Record<ServiceName, number>> = {
  UTLB_MISS: Activity.TlbRefill,
  DOUBLE_MISS: Activity.TlbRefill,
  QUICK_FAULT: Activity.PageFault,
  DEMAND_ZERO: Activity.PageFault,
  COPY_FAULT: Activity.PageFault,
  FILE_FAULT: Activity.PageFault,
  'other fault': Activity.PageFault,
  clock: Activity.Interrupt,
  'device interrupt': Activity.Interrupt,
  'processor interrupt': Activity.Interrupt,
};

/** What traps are made with: they hand over to the other parts of the kernel. */
export interface TrapsOptions {
  readonly processors: readonly KernelProcessor[];
  readonly profile: Profile;
  readonly translations: Translations;
  readonly hints: Hints;
  /** The kernel is linked for the mapped segment. */
  readonly mapped: boolean;
  readonly blocks: StepBlocks;
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly faults: Faults;
  readonly clock: KernelClock;
  readonly handlers: Handlers;
}

/** The handlers. */
export class Traps {
  private readonly options: TrapsOptions;
  private readonly refills: Refills;

  constructor(options: TrapsOptions) {
    this.options = options;
    this.refills = new Refills(options);
  }

  /** What an exception runs. */
  exception(cpu: Cpu, exception: Exception): Context {
    const processor = this.options.processors[cpu.number];
    if (asksNobody(processor, exception)) throw this.options.hints.absent();
    const thread = processor.current;
    switch (exception.code) {
      case ExceptionCode.Interrupt:
        return this.general(thread, exception, this.interruptService(exception), t => this.interrupt(t, exception));
      case ExceptionCode.SystemCall: {
        const { request } = exception.context!.operation!;
        const asked = isSystemCall(request) && this.options.handlers.calls.has(request.call) ? request : NO_CALL;
        return this.general(thread, exception, asked.call, t => this.systemCall(t, exception, asked));
      }
      case ExceptionCode.TlbLoad:
      case ExceptionCode.TlbStore:
        return this.missing(thread, exception);
      case ExceptionCode.Modified:
        return this.pageFault(thread, exception);
      default:
        this.checkReach(thread, exception);
        return this.general(thread, exception, 'other fault', t => this.illegal(t, exception));
    }
  }

  /** A kernel that does not reach its own segment would fault for ever, in the handler of the fault again. */
  private checkReach({ name }: Thread, { context, address }: Exception): void {
    if (this.options.mapped || context === null || context.activity === USER_PROGRAM) return;
    if (unmapped(address >>> PAGE_SHIFT))
      throw new GuestError(
        `${name}: the kernel cannot reach its segment at 0x${address.toString(16)}, as it does not run in kernel mode; under a monitor it takes mapped: true`,
      );
  }

  private missing(thread: Thread, exception: Exception): Context {
    const { address, vector } = exception;
    if (address >= PAGE_TABLES && address < TABLES_END && thread.space !== null) {
      const table = (address - PAGE_TABLES) >>> PAGE_SHIFT;
      if (thread.tables!.pages.has(table))
        return handler(this.refills.doubleMiss(thread, exception, table), 'DOUBLE_MISS');
      return this.general(thread, exception, 'other fault', t => this.makeTable(t, exception, table));
    }
    if (address < KSEG0) {
      if (vector === Vector.Refill) return handler(this.refills.user(), 'UTLB_MISS');
      return this.pageFault(thread, exception);
    }
    // A refill at exception level would lose the handler that it is nested in. So code at that level touches registers
    // and the array of page tables only, whose handler begins the user's access anew.
    if (!this.options.mapped || vector !== Vector.Refill || address < MAPPED_KERNEL || address >= SPECIAL_PAGE)
      throw new Error(`${thread.name}: the kernel touches 0x${address.toString(16)}, which it has not mapped`);
    return handler(this.refills.kernel(address), 'UTLB_MISS');
  }

  private pageFault(thread: Thread, exception: Exception): Context {
    const { address, code } = exception;
    const store = code !== ExceptionCode.TlbLoad;
    return this.general(thread, exception, this.options.faults.classify(thread, address, store), t =>
      this.fault(t, exception, store),
    );
  }

  /** A handler that enters the kernel as a thread does. */
  private general(thread: Thread, exception: Exception, service: string, serve: (thread: Thread) => Code): Context {
    const context: Context = handler(
      this.around(thread, exception, serve, () => context),
      service as ServiceName,
    );
    return context;
  }

  private *around(thread: Thread, exception: Exception, serve: (thread: Thread) => Code, self: () => Context): Program {
    const { blocks, hints, scheduler, translations } = this.options;
    const fromUser = thread.contexts.length === 0;
    const idle = thread === thread.processor!.idle;
    yield hints.read(Register.Cause);
    yield hints.read(Register.EPC);
    yield hints.read(Register.Status);
    if (fromUser) yield* translations.enterKernel(thread);
    yield hints.write(Register.Status, KERNEL_STATUS);
    thread.contexts.push(self());
    yield* blocks.work('entry');
    yield* serve(thread);
    if (fromUser && thread.processor!.reschedule) yield* scheduler.endSlice(thread);
    yield* blocks.work('exit');
    thread.contexts.pop();
    const status = fromUser ? USER_STATUS : idle && thread.contexts.length === 1 ? IDLE_STATUS : KERNEL_STATUS;
    yield hints.write(Register.Status, status | Status.EXL);
    if (fromUser) yield* translations.leaveKernel(thread);
    yield hints.write(Register.EPC, 0);
    yield returnFromException(exception.context);
  }

  private interruptService({ message }: Exception): ServiceName {
    if (message === null) return 'clock';
    return message.from < 0 || message.from >= this.options.processors.length
      ? 'device interrupt'
      : 'processor interrupt';
  }

  private *interrupt(thread: Thread, { message }: Exception): Code {
    if (message !== null) yield* this.options.handlers.interrupt(thread, message.code, message.a, message.b);
    const cause = yield this.options.hints.read(Register.Cause);
    if ((cause & InterruptLine.Timer) !== 0) yield* this.options.clock.tick(thread);
  }

  private *systemCall(thread: Thread, { context }: Exception, request: SystemCall): Code {
    const result = yield* this.options.handlers.call(thread, request);
    context!.complete(result);
  }

  /** A user's page has no page table: it gets an empty one, and the access that begins anew faults for its page. */
  private *makeTable(thread: Thread, exception: Exception, table: number): Code {
    const error = yield* this.options.faults.makeTable(thread, table);
    if (error !== 0) yield* this.fail(thread, exception, error);
  }

  private *fault(thread: Thread, exception: Exception, store: boolean): Code {
    const error = yield* this.options.faults.serve(thread, exception.address, store);
    if (error !== 0) yield* this.fail(thread, exception, error);
  }

  /** What cannot be served ends the process, unless the kernel itself touched a user's address: then that returns the error. */
  private *fail(thread: Thread, exception: Exception, error: number): Code {
    if (thread.contexts.length > 1) exception.context!.complete(error);
    else yield* this.options.processes.kill(thread, statusOf(error));
  }

  /** Addresses that are not aligned or not the user's, memory that is not there, instructions that are not the user's. */
  private *illegal(thread: Thread, { code, address, context, fault }: Exception): Code {
    if (thread.contexts.length === 1)
      yield* this.options.processes.kill(thread, statusOfException(code, address), fault?.message);
    if (address < 0 || address >= KSEG0)
      throw new Error(
        `${thread.name}: the kernel takes exception ${code} at 0x${(address >>> 0).toString(16)}${fault ? `: ${fault.message}` : ''}`,
      );
    context!.complete(ErrorNumber.EFAULT);
  }
}

/** A call of the kernel's first program on a processor to the monitor was a reserved instruction: there is no monitor. */
function asksNobody({ idle }: KernelProcessor, { code, context }: Exception): boolean {
  const own = context !== null && context === idle.contexts[0];
  return own && code === ExceptionCode.ReservedInstruction && context.operation?.kind === Op.MonitorCall;
}

/** The answer to a call that is not known. */
const NO_CALL: SystemCall = { call: '', args: [] };

function handler(program: Program, service: ServiceName): Context {
  const context = new Context(program, ACTIVITY[service] ?? Activity.Kernel);
  context.service = serviceNumber(service);
  context.counted = true;
  return context;
}
