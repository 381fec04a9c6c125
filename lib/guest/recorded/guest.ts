/**
 * A recorded system as a guest: a Linux kernel with its user programs, executed from a recording. User references run in
 * user mode, those of the kernel in kernel mode; between them lie real exceptions and real returns, and the recorded
 * privileged instructions are executed where they stand. TLB refills arise from the TLB at hand.
 *
 * What the recording entered by a system call, a fault or an interrupt is entered by the same exception here, that of a
 * `call` at the recorded place: an honest trap, but Cause and BadVAddr do not tell the three apart.
 */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import { Context } from '../../processor/context.js';
import {
  block,
  call,
  compute,
  returnFromException,
  writeRegister,
  type Operation,
  type Program,
} from '../../processor/operations.js';
import {
  EXCEPTION_NAMES,
  ExceptionCode,
  InterruptLine,
  KSU_SHIFT,
  Mode,
  Register,
  Status,
  Vector,
} from '../../processor/registers.js';
import type { References } from '../../processor/references.js';
import { Activity, type Cpu, type Exception, type SystemSoftware } from '../../processor/software.js';
import { GuestError } from '../../system/guest-error.js';
import { refillMappedKernel } from '../../system/mapped-kernel.js';
import type { SystemImage, SystemStep } from './image.js';
import { PageTables } from './page-tables.js';
import { RecordedProcessor } from './processor.js';
import { refill, refillFetches, refillInvalid } from './refill.js';
import { ENTER, KERNEL_STATUS, RecordedSteps, type RecordedStatistics } from './steps.js';
import type { Code } from '../../system/code.js';

/** Services that time belongs to, by number. */
export const RECORDED_SERVICES = [
  'none',
  'system call',
  'thread pointer',
  'fault',
  'interrupt',
  'refill',
  'invalid entry',
  'boot',
] as const;

/** How a recorded system is run. */
export interface RecordedGuestOptions {
  readonly image: SystemImage;
  /** Pages of physical memory that it finds. */
  readonly pages: number;
  /**
   * Whether `di` and `ei` are two operations, a read and a write of Status, as on processors that do not have them, the
   * R10000 among them. One write unless this is set.
   */
  readonly statusPairs?: boolean;
}

const USER_STATUS = Mode.User << KSU_SHIFT;

/** The guest. One object serves all its processors. */
export class RecordedGuest implements SystemSoftware {
  readonly services = RECORDED_SERVICES;
  readonly statistics: RecordedStatistics = {
    refills: 0,
    kernelRefills: 0,
    invalidEntries: 0,
    entries: 0,
    returns: 0,
    privileged: 0,
    addedPrivileged: 0,
    addedStores: 0,
  };
  /** Pages of physical memory that it uses. */
  readonly pages: number;
  private readonly image: SystemImage;
  private readonly processors: readonly RecordedProcessor[];
  private readonly tables: PageTables;
  private readonly steps: RecordedSteps;
  private readonly refillFetches: References;

  /** Throws a RangeError if the image and its page tables do not fit into memory. */
  constructor(options: RecordedGuestOptions) {
    plainObject(options, 'the options of a recorded guest');
    const { image, pages, statusPairs = false } = options;
    plainObject(image, 'a recorded guest: image');
    wholeNumber(pages, 'a recorded guest: pages', 0, 2 ** 31);
    this.image = image;
    this.processors = image.streams.map((stream, number) => new RecordedProcessor(number, stream));
    this.tables = new PageTables(image, image.pages);
    this.pages = image.pages + this.tables.pages;
    if (pages < this.pages)
      throw new RangeError(`${image.name} needs ${this.pages} pages of physical memory, not ${pages}`);
    this.steps = new RecordedSteps(this.tables, this.statistics, statusPairs);
    this.refillFetches = refillFetches(image.refillVector, image.fetchLineBytes);
  }

  /** What each of its processors executes first. Call it once. */
  boot(): Context[] {
    return this.processors.map(processor => {
      processor.user = new Context(this.userMode(processor));
      return kernelContext(this.begin(processor), 'boot');
    });
  }

  exception(cpu: Cpu, { code, vector, address, context }: Exception): Context | null {
    const processor = this.processors[cpu.number];
    switch (code) {
      case ExceptionCode.SystemCall: {
        const interrupted = context!;
        interrupted.complete();
        return this.enter(processor, interrupted);
      }
      case ExceptionCode.TlbLoad:
      case ExceptionCode.TlbStore:
        return this.missing(processor, address, vector);
      default:
        throw new GuestError(
          `processor ${cpu.number} of a recorded system takes the exception ${EXCEPTION_NAMES[code]} at 0x${(address >>> 0).toString(16)}, which the recording does not serve`,
        );
    }
  }

  ended(): void {
    // Nobody waits for it.
  }

  private missing(processor: RecordedProcessor, address: number, vector: number): Context {
    const { statistics, image } = this;
    processor.refills++;
    if (image.mapped && address >= image.base) {
      statistics.kernelRefills++;
      return handler(refillMappedKernel(image.base), 'refill');
    }
    const pointer = this.tables.pointerOf(processor.number);
    if (vector === Vector.Refill) {
      statistics.refills++;
      return handler(refill(pointer, this.refillFetches), 'refill');
    }
    statistics.invalidEntries++;
    return handler(refillInvalid(pointer), 'invalid entry');
  }

  /** The step at hand is an entry of the kernel: the kernel goes on behind it. */
  private enter(processor: RecordedProcessor, interrupted: Context): Context {
    const step = processor.step!;
    if (step.kind !== 'enter')
      throw new Error(`processor ${processor.number} calls where its recording has a ${step.kind}`);
    if (interrupted !== processor.user) processor.kernel.push(interrupted);
    const context = kernelContext(this.kernelMode(processor), step.cause);
    context.counted = true;
    return context;
  }

  /** The program in user mode. */
  private *userMode(processor: RecordedProcessor): Program {
    for (;;) {
      const { step } = processor;
      if (step === undefined) return;
      if (step.kind === 'enter') yield call(ENTER);
      else {
        processor.next++;
        yield this.executeUser(step, processor);
      }
    }
  }

  private executeUser(step: SystemStep, { stream, number }: RecordedProcessor): Operation {
    if (step.kind === 'run') return block(stream, step.from, step.to);
    if (step.kind === 'compute') return compute(step.instructions);
    throw new Error(`the recording of processor ${number} has a ${step.kind} in user mode`);
  }

  /** Sets the processor up, then goes on with the recording, in the mode in which it begins. */
  private *begin(processor: RecordedProcessor): Program {
    yield writeRegister(Register.Status, KERNEL_STATUS);
    // Recorded interrupts are replayed, so a recorded wait is over at once: an interrupt is pending that is never enabled.
    yield writeRegister(Register.Cause, InterruptLine.Software0);
    yield writeRegister(Register.Wired, 0);
    yield* this.steps.runTask(processor, 0);
    this.statistics.addedPrivileged += 3;
    const { steps } = processor.stream;
    const first = steps.find(({ kind }) => kind === 'run' || kind === 'compute');
    while (processor.step?.kind === 'map' || processor.step?.kind === 'task')
      yield* this.steps.execute(processor, processor.step);
    if (first === undefined || !('user' in first) || !first.user) yield* this.goOn(processor);
    else {
      this.statistics.addedPrivileged += 2;
      yield writeRegister(Register.Status, USER_STATUS | Status.EXL);
      yield returnFromException(processor.user);
    }
  }

  /** The kernel, entered by an exception. */
  private *kernelMode(processor: RecordedProcessor): Program {
    const step = processor.step as Extract<SystemStep, { readonly kind: 'enter' }>;
    processor.next++;
    this.statistics.entries++;
    this.steps.count(step.status);
    yield writeRegister(Register.Status, KERNEL_STATUS);
    yield* this.goOn(processor);
  }

  /** The kernel up to the next return. */
  private *goOn(processor: RecordedProcessor): Code {
    for (;;) {
      const { step } = processor;
      if (step === undefined) return;
      if (step.kind === 'return') {
        processor.next++;
        yield* this.leave(processor, step.to, step.status);
        return;
      }
      yield* this.steps.execute(processor, step);
    }
  }

  /** Returns from an exception: to user mode, or to the part of the kernel that goes on. */
  private *leave(processor: RecordedProcessor, to: 'user' | 'kernel', status: boolean): Code {
    this.statistics.returns++;
    this.steps.count(status);
    this.steps.count(true);
    yield writeRegister(Register.Status, (to === 'user' ? USER_STATUS : KERNEL_STATUS) | Status.EXL);
    if (to === 'user') processor.kernel.length = 0;
    const target =
      to === 'user' ? processor.user! : (processor.kernel.pop() ?? kernelContext(this.goOn(processor), 'boot'));
    yield returnFromException(target);
  }
}

function kernelContext(program: Program, service: (typeof RECORDED_SERVICES)[number]): Context {
  const context = new Context(program, Activity.Kernel);
  context.service = RECORDED_SERVICES.indexOf(service);
  return context;
}

function handler(program: Program, service: (typeof RECORDED_SERVICES)[number]): Context {
  const context = kernelContext(program, service);
  context.activity = Activity.TlbRefill;
  context.counted = true;
  return context;
}
