/**
 * Processes as the kernel makes and ends them: fork, sproc, execve, exit and wait. More than 250 lines, as these calls share
 * the tables of processes and threads and undo each other's steps.
 */
import { Context } from '../../../processor/context.js';
import { returnFromException, type Program } from '../../../processor/operations.js';
import { Register, Status } from '../../../processor/registers.js';
import { Activity } from '../../../processor/software.js';
import { LINE_BYTES } from '../address-layout.js';
import { isProgram } from './arguments.js';
import { ErrorNumber, type Channel, type Code, type KernelThread } from '../../../system/code.js';
import type { AddressSpace } from '../memory/address-space.js';
import type { AddressSpaces } from '../memory/address-spaces.js';
import type { KernelData } from '../memory/kernel-data.js';
import type { PhysicalPages } from '../memory/physical-pages.js';
import type { SpaceContents } from '../memory/space-contents.js';
import { KILLED, Process, type Executable } from './process.js';
import type { Scheduler } from './scheduler.js';
import { serviceNumber } from '../services.js';
import type { StepBlocks } from '../step-blocks.js';
import { Thread } from './threads.js';
import { exit as exitCall } from '../calls/system-calls.js';
import { USER_STATUS } from '../traps.js';
import type { Translations } from '../memory/translations.js';

/** Something that other parts of the kernel keep for each process. */
export interface ProcessPart {
  readonly name: string;
  /** A process is made; `parent` is null for the first ones. */
  made(thread: KernelThread | null, process: Process, parent: Process | null): Code;
  /** A process ends. */
  ended(thread: KernelThread, process: Process): Code;
}

/** What processes are made with. */
export interface ProcessesOptions {
  readonly scheduler: Scheduler;
  readonly physical: PhysicalPages;
  readonly translations: Translations;
  readonly contents: SpaceContents;
  readonly executables: ReadonlyMap<string, Executable>;
  /** The most processes at a time, and the most threads. */
  readonly most: number;
  readonly spaces: AddressSpaces;
  readonly data: KernelData;
  readonly blocks: StepBlocks;
}

/** All processes. */
export class Processes {
  readonly statistics = { made: 0, ended: 0, largest: 0 };
  readonly parts: ProcessPart[] = [];
  /** Where the kernel says what people should know; without it nowhere. */
  message: ((thread: Thread, text: string) => Code) | null = null;
  /** Woken whenever a process without a living parent ends. */
  readonly firstEnded: Channel;
  private readonly options: ProcessesOptions;
  // What is below has no lock of its own: it is looked at and changed between yields only.
  private readonly byThread = new Map<Thread, Process>();
  private readonly living = new Set<Process>();
  private readonly spareRecords: number[] = [];
  private nextProcess = 1;
  private nextThread = 1;

  constructor(options: ProcessesOptions) {
    this.options = options;
    this.firstEnded = options.scheduler.channel('processes without a parent');
  }

  /** The process of a thread. */
  of(thread: KernelThread): Process {
    const process = this.byThread.get(thread as Thread);
    if (process === undefined) throw new Error(`${thread.name} belongs to no process`);
    return process;
  }

  /** Threads of processes. */
  get threads(): Iterable<Thread> {
    return this.byThread.keys();
  }

  /** Processes that have not ended. */
  get count(): number {
    return this.living.size;
  }

  /** A thread with a stack; null if memory is exhausted. `by` is null before the kernel runs. */
  *makeThread(
    by: KernelThread | null,
    name: string,
    space: AddressSpace | null,
    code: (thread: Thread) => Code,
  ): Code<Thread | null> {
    const stack = by === null ? this.options.physical.reserve('stack') : yield* this.options.physical.take(by, 'stack');
    if (stack < 0) return null;
    return this.threadOn(stack, name, space, code);
  }

  /** A thread on a stack that is there. It begins in the kernel, holding the scheduler's lock, which it releases. */
  threadOn(stack: number, name: string, space: AddressSpace | null, code: (thread: Thread) => Code): Thread {
    const record = this.spareRecords.pop() ?? this.options.data.allocate(2 * LINE_BYTES);
    const thread = new Thread(this.nextThread++, name, record, stack, space);
    const { scheduler } = this.options;
    const context = new Context(
      (function* (): Program {
        yield* scheduler.release(thread);
        yield* code(thread);
      })(),
      Activity.Kernel,
    );
    context.service = serviceNumber('daemon');
    thread.contexts.push(context);
    return thread;
  }

  /** A process without a parent, whose only thread begins with `program`. For a thread of the kernel. */
  *spawn(by: KernelThread, path: string, args: readonly string[]): Code<Process | number> {
    const executable = this.options.executables.get(path);
    if (executable === undefined) return ErrorNumber.ENOENT;
    if (this.full) return ErrorNumber.EAGAIN;
    const space = this.options.spaces.make();
    const process = this.makeProcess(path, null, space);
    const thread = yield* this.makeThread(by, path, space, t => this.begin(t, executable, args));
    if (thread === null) {
      this.living.delete(process);
      return ErrorNumber.ENOMEM;
    }
    yield* this.launch(by, process, thread, null);
    return process;
  }

  /** The first steps of a thread that begins with a program. */
  private *begin(thread: Thread, executable: Executable, args: readonly string[]): Code {
    const error = yield* this.options.contents.lay(thread, this.of(thread).space, executable);
    if (error !== 0) yield* this.exit(thread, 127);
    yield* this.toUser(thread, executable.program(args));
  }

  /** `fork`: a child that executes another program in a copy of the space. */
  *fork(thread: Thread, program: () => Program): Code<number> {
    const { options } = this;
    const parent = this.of(thread);
    yield* options.blocks.work('fork', thread.record);
    if (this.full) return ErrorNumber.EAGAIN;
    const space = options.spaces.make();
    const child = this.makeProcess(parent.name, parent, space);
    const copied = yield* this.options.contents.copy(thread, parent.space, space);
    const made = copied ? yield* this.makeThread(thread, child.name, space, t => this.toUser(t, program())) : null;
    if (made === null) {
      yield* this.options.contents.empty(thread, space);
      this.living.delete(child);
      parent.children.delete(child);
      return ErrorNumber.ENOMEM;
    }
    yield* this.launch(thread, child, made, parent);
    return child.id;
  }

  /** `sproc`: another thread in the same space. */
  *sproc(thread: Thread, program: () => Program): Code<number> {
    const process = this.of(thread);
    yield* this.options.blocks.work('sproc', thread.record);
    if (this.full) return ErrorNumber.EAGAIN;
    const made = yield* this.makeThread(thread, process.name, process.space, t => this.toUser(t, program()));
    if (made === null) return ErrorNumber.ENOMEM;
    this.adopt(process, made);
    yield* this.options.scheduler.start(thread, made);
    return made.id;
  }

  /** `execve`: another program in place of the one at hand. Returns only if that fails. */
  *execve(thread: Thread, path: string, args: readonly string[]): Code<number> {
    const { options } = this;
    const executable = options.executables.get(path);
    if (executable === undefined) return ErrorNumber.ENOENT;
    const process = this.of(thread);
    if (process.threads.size > 1) return ErrorNumber.EINVAL;
    yield* options.blocks.work('execve', thread.record);
    const space = options.spaces.make();
    const error = yield* this.options.contents.lay(thread, space, executable);
    if (error !== 0) {
      yield* this.options.contents.empty(thread, space);
      return error;
    }
    const old = process.space;
    process.space = space;
    process.name = path;
    thread.space = space;
    thread.tables = space.join();
    yield* this.options.contents.empty(thread, old);
    thread.contexts.length = 0;
    yield* this.leave(thread, executable.program(args));
    throw new Error(`${thread.name}: what execve has replaced goes on`);
  }

  /** `exit`: ends the thread, and with its last thread the process. Does not return. */
  *exit(thread: Thread, status: number): Code {
    const process = this.of(thread);
    process.threads.delete(thread);
    yield* this.options.blocks.work(process.threads.size === 0 ? 'exit process' : 'exit thread', thread.record);
    if (process.threads.size === 0) yield* this.endProcess(thread, process, status);
    else yield* this.options.contents.leave(thread, process.space);
    this.byThread.delete(thread);
    yield* this.options.scheduler.end(thread);
  }

  /** Ends a thread that did what it must not, with a status of KILLED; says why if that is known. Does not return. */
  *kill(thread: Thread, status: number, why?: string): Code {
    const { name, id } = this.of(thread);
    const text = `${name} (process ${id}) was ended: status ${status}${why === undefined ? '' : `, ${why}`}\n`;
    if (this.message !== null) yield* this.message(thread, text);
    yield* this.exit(thread, status);
  }

  /** What a thread leaves behind that has ended and does not run any more. */
  *bury(by: KernelThread, ended: Thread): Code {
    this.spareRecords.push(ended.record);
    yield* this.options.physical.give(by, ended.stackPage);
  }

  /** `wait`: the oldest child among those that have ended. */
  *wait(thread: Thread): Code<number> {
    const process = this.of(thread);
    yield* this.options.blocks.work('wait', thread.record);
    for (;;) {
      for (const child of process.children)
        if (child.ended) {
          process.children.delete(child);
          return child.id * 256 + (child.status & 255);
        }
      if (process.children.size === 0) return ErrorNumber.ECHILD;
      yield* process.childEnded.sleep(thread);
    }
  }

  /** `brk`: see SpaceContents.moveEnd. */
  *brk(thread: Thread, page: number): Code<number> {
    yield* this.options.blocks.work('brk', thread.record);
    return yield* this.options.contents.moveEnd(thread, this.of(thread).space, page);
  }

  private makeProcess(name: string, parent: Process | null, space: AddressSpace): Process {
    const id = this.nextProcess++;
    const process = new Process(id, name, parent, space, this.options.scheduler.channel(`children of process ${id}`));
    this.living.add(process);
    this.statistics.largest = Math.max(this.statistics.largest, this.living.size);
    return process;
  }

  /** Neither a process nor a thread can be added. */
  private get full(): boolean {
    return Math.max(this.living.size, this.byThread.size) >= this.options.most;
  }

  /** Starts the first thread of a process. */
  private *launch(by: KernelThread, process: Process, thread: Thread, parent: Process | null): Code {
    for (const part of this.parts) yield* part.made(by, process, parent);
    this.statistics.made++;
    this.adopt(process, thread);
    yield* this.options.scheduler.start(by, thread);
  }

  private adopt(process: Process, thread: Thread): void {
    process.threads.add(thread);
    this.byThread.set(thread, process);
  }

  private *endProcess(thread: Thread, process: Process, status: number): Code {
    for (const part of this.parts) yield* part.ended(thread, process);
    yield* this.options.contents.empty(thread, process.space);
    thread.space = null;
    thread.tables = null;
    this.living.delete(process);
    this.statistics.ended++;
    process.status = status;
    const { parent } = process;
    yield* (parent !== null && !parent.ended ? parent.childEnded : this.firstEnded).wakeAll();
  }

  /** Goes on with a user's program, for a thread that has just begun. */
  private *toUser(thread: Thread, program: Program): Code {
    yield* this.options.blocks.work('exit path');
    yield* this.leave(thread, program);
  }

  private *leave(thread: Thread, program: Program): Code {
    if (!isProgram(program)) yield* this.exit(thread, KILLED.illegal);
    const user = new Context(withExit(program));
    thread.contexts.length = 0;
    yield this.options.translations.hints.write(Register.Status, USER_STATUS | Status.EXL);
    yield* this.options.translations.leaveKernel(thread);
    yield returnFromException(user);
  }
}

/** A program that ends calls `exit`. */
function* withExit(program: Program): Program {
  let result = 0;
  for (;;) {
    const next = program.next(result);
    if (next.done === true) break;
    result = yield next.value;
  }
  yield exitCall(0);
}
