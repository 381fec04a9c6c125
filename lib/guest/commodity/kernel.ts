/**
 * An SMP kernel in the manner of IRIX 5.3, as system software of a machine: it puts together memory, scheduler, processes
 * and traps. It knows processors by number only and acts on them by the operations that its programs yield, so it runs
 * unchanged whatever is below it.
 */
import { plainObject, wholeNumber, wholeNumbers } from '../../engine/checks.js';
import { Context } from '../../processor/context.js';
import {
  annotate,
  block,
  load,
  Op,
  readRegister,
  store,
  writeRegister,
  type Program,
} from '../../processor/operations.js';
import { ExceptionCode, Register } from '../../processor/registers.js';
import { Activity, type Cpu, type Exception } from '../../processor/software.js';
import { KernelLayout, PAGE_BYTES, PAGE_SHIFT } from './address-layout.js';
import {
  ErrorNumber,
  type Channel,
  type Code,
  type KernelCore,
  type KernelThread,
  type SharedSleepLock,
  type Spinlock,
} from '../../system/code.js';
import { Hints } from './hints.js';
import { GuestError } from '../../system/guest-error.js';
import { AddressSpace } from './memory/address-space.js';
import { Faults } from './memory/faults.js';
import { PageTables } from './memory/page-tables.js';
import { PhysicalPages } from './memory/physical-pages.js';
import { SharedText } from './memory/shared-text.js';
import { SpaceContents } from './memory/space-contents.js';
import type { Executable } from './process.js';
import { addProcessCalls, type CallHandler } from './process-calls.js';
import { Processes } from './processes.js';
import type { Profile } from './profile.js';
import { Scheduler } from './scheduler.js';
import { Semaphores } from './semaphores.js';
import { SERVICES, serviceNumber, type ServiceName } from './services.js';
import { KernelSpinlock, type LockStatistics } from './spinlock.js';
import { StallWatch } from './stall-watch.js';
import { StepBlocks } from './step-blocks.js';
import { switchesOf, type KernelSwitches } from './switches.js';
import type { SystemCall } from './system-calls.js';
import { KernelProcessor, Thread } from './threads.js';
import { IDLE_STATUS, KERNEL_STATUS, Traps } from './traps.js';
import { FORGET, Translations } from './translations.js';
import type { Vnode } from './vnode.js';

/** Physical pages are at most what the unmapped segments reach: half a gigabyte. */
const MOST_PAGES = 2 ** 17;

/** What a kernel is made with. */
export interface KernelOptions {
  readonly profile: Profile;
  /** Processors, and pages of physical memory, that it finds. */
  readonly processors: number;
  readonly pages: number;
  /** What Count counts from one tick of the timer to the next. */
  readonly countsPerTick: number;
  /** Nanoseconds from one tick to the next. */
  readonly tickNs: number;
  /** Ticks of a time slice. */
  readonly sliceTicks: number;
  /** The most processes at a time. */
  readonly mostProcesses: number;
  /** Programs by path. */
  readonly executables: ReadonlyMap<string, Executable>;
  /** Linked for the mapped supervisor segment instead of kseg0. */
  readonly mapped: boolean;
  /** Other changes that the authors of Disco made to IRIX; all off unless given. */
  readonly switches?: Partial<KernelSwitches>;
  /** Ticks without any process running after which the kernel is taken to be stuck; 6000, a minute, unless given. */
  readonly stallTicks?: number;
}

/** Kernel data that is handed out while the kernel runs: so many bytes, and so many for each page of memory. */
const ARENA_BYTES = 768 * 1024;
const ARENA_BYTES_PER_PAGE = 80;
const LINE = 128;
/** Spinlocks that guard the flags of all sleeping locks: enough that strangers hardly meet. */
const SLEEP_LOCK_GUARDS = 32;
const RECORD_BYTES = 2 * LINE;
const STALL_TICKS = 6000;
/** What Context says of the page tables: the refill handler halves it, sign and all, to get at PAGE_TABLES. */
const REFILL_BASE = 0x80000000 | 0;

/** Serves an interrupt with the two integers that it carries. */
export type InterruptHandler = (a: number, b: number, thread: Thread) => Code;

/**
 * The kernel of one system. Make it, add what it is to have (`FileServices`), `boot` it, and load it into a machine that has
 * a physical layout. The constructor throws a RangeError if there are too few pages for its own text and data. Its state is
 * for reading; programs act on it by system calls, and kernel code by the methods that return `Code`. Not promised: the
 * addresses of its data, the order of its locks, and the lengths of its steps, which are those of the profile.
 */
export class CommodityKernel implements KernelCore {
  readonly services = SERVICES;
  readonly pageBytes = PAGE_BYTES;
  readonly options: KernelOptions;
  readonly switches: KernelSwitches;
  readonly hints: Hints;
  readonly physical: PhysicalPages;
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly processors: readonly KernelProcessor[];
  readonly translations: Translations;
  /** Handlers of system calls by name, and of interrupts by code: parts of the kernel add theirs before it runs. */
  readonly calls = new Map<string, CallHandler>();
  readonly interrupts = new Map<number, InterruptHandler>();
  /** Called at each tick of the first processor. */
  readonly onTick: ((thread: Thread) => Code)[] = [];
  /** Where the file of an executable is found; without it executables have none. */
  fileOf: ((thread: KernelThread, path: string) => Code<Vnode | number>) | null = null;
  /** Where the kernel says what people should know; without it nowhere. */
  message: ((thread: Thread, text: string) => Code) | null = null;
  /** Woken whenever a process without a parent ends. */
  readonly firstEnded: Channel;
  private readonly layout: KernelLayout;
  private readonly blocks: StepBlocks;
  private readonly locks: KernelSpinlock[] = [];
  private readonly schedulerLock: KernelSpinlock;
  private readonly sleepLockGuards: readonly Spinlock[];
  private sleepLocks = 0;
  private readonly traps: Traps;
  private readonly text: SharedText;
  private readonly faults: Faults;
  private readonly watch: StallWatch;
  private readonly profile: Profile;
  private first: ((thread: Thread) => Code) | null = null;
  /** Kernel data that is left to be handed out once the layout is fixed. */
  private arena = 0;
  private arenaEnd = 0;
  private spaces = 1;
  private halted = false;
  private ticks = 0;

  constructor(options: KernelOptions) {
    plainObject(options, 'the options of a kernel');
    plainObject(options.profile, 'a kernel: profile');
    wholeNumbers(options, ['processors'], 'a kernel', 1, 8192);
    wholeNumbers(options, ['pages'], 'a kernel', 1, MOST_PAGES);
    wholeNumbers(options, ['countsPerTick', 'tickNs', 'sliceTicks'], 'a kernel', 1, 2 ** 40);
    wholeNumbers(options, ['mostProcesses'], 'a kernel', 1, 65536);
    if (options.stallTicks !== undefined && options.stallTicks !== Infinity)
      wholeNumber(options.stallTicks, 'a kernel: stallTicks', 1);
    const { profile } = options;
    this.options = options;
    this.profile = profile;
    this.switches = switchesOf(options.switches);
    this.hints = new Hints(this.switches);
    this.layout = new KernelLayout(options.mapped);
    this.blocks = new StepBlocks(this.layout, profile);
    this.schedulerLock = this.spinlock('runq');
    this.sleepLockGuards = Array.from({ length: SLEEP_LOCK_GUARDS }, () => this.spinlock('sleep locks'));
    const memlock = this.spinlock('memlock');
    const arenaBytes = ARENA_BYTES + options.pages * ARENA_BYTES_PER_PAGE + options.mostProcesses * RECORD_BYTES;
    this.arena = this.layout.allocate(arenaBytes, PAGE_BYTES);
    this.arenaEnd = this.arena + arenaBytes;
    this.physical = new PhysicalPages({
      ...{ layout: this.layout, pages: options.pages, lock: memlock, work: this.work },
      freed: page => this.hints.freed(page),
    });
    this.processors = Array.from({ length: options.processors }, (_, number) => this.makeProcessor(number));
    this.translations = new Translations(this.processors, profile.spinCycles, this.hints);
    this.scheduler = new Scheduler({
      lock: this.schedulerLock,
      processors: this.processors,
      sliceTicks: options.sliceTicks,
      work: this.work,
      load: (processor, thread) => this.translations.load(processor, thread),
      bury: (by, ended) => this.processes.bury(by, ended),
    });
    this.text = new SharedText(this.physical, name => this.sleepLock(name));
    this.faults = new Faults({
      ...{ text: this.text, physical: this.physical, profile, hints: this.hints },
      addressOf: page => this.addressOf(page),
      work: this.work,
      entryHi: (thread, page) => this.translations.entryHi(thread, page),
      changed: (thread, space, page) => this.translations.changed(thread, space, page),
    });
    this.firstEnded = this.channel('processes without a parent');
    this.processes = this.makeProcesses();
    this.traps = this.makeTraps();
    this.watch = new StallWatch(this.scheduler, this.processes, options.stallTicks ?? STALL_TICKS);
    this.addCalls();
  }

  /** Has the first thread execute this, before the kernel runs. When it returns, the kernel stops. */
  boot(first: (thread: Thread) => Code): Context[] {
    this.first = first;
    return this.processors.map(processor => {
      const context = new Context(this.begin(processor), Activity.Kernel);
      context.service = serviceNumber('boot');
      processor.idle.contexts.push(context);
      return context;
    });
  }

  /** For the processors: answers an exception. */
  exception(cpu: Cpu, exception: Exception): Context {
    if (this.asksNobody(cpu, exception)) throw this.hints.absent();
    return this.traps.exception(cpu, exception);
  }

  /** For the processors: nothing is left to do. */
  ended(): void {}

  /** Locks with what was counted of them. */
  lockStatistics(): readonly { readonly name: string; readonly statistics: LockStatistics }[] {
    return this.locks.map(({ name, statistics }) => ({ name, statistics }));
  }

  /** Nanoseconds since the kernel began, as of the last tick. */
  get tickNs(): number {
    return this.ticks * this.options.tickNs;
  }

  /** Ticks of the first processor's timer so far. */
  get tickCount(): number {
    return this.ticks;
  }

  spinlock(name: string): Spinlock & KernelSpinlock {
    const lock = new KernelSpinlock(name, this.allocateLines(LINE), this.profile.spinCycles);
    this.locks.push(lock);
    return lock;
  }

  /** See KernelCore. */
  channel(name: string): Channel {
    return this.scheduler.channel(name);
  }

  /** See KernelCore. */
  sleepLock(name: string): SharedSleepLock {
    return this.scheduler.sleepLock(name, this.sleepLockGuards[this.sleepLocks++ % SLEEP_LOCK_GUARDS]!);
  }

  allocate(_name: string, bytes: number): number {
    return this.allocateLines(bytes);
  }

  takePage(thread: KernelThread, use: 'file' | 'network' = 'file'): Code<number> {
    return this.physical.take(thread, use);
  }

  givePage(thread: KernelThread, page: number): Code {
    return this.physical.give(thread, page);
  }

  addressOf(page: number): number {
    return this.layout.addressOf(page);
  }

  /** Physical pages of the kernel's text, from page 0 on; nothing else is in them. */
  get textPages(): number {
    return this.blocks.textPages;
  }

  /** The physical page at a kernel virtual address; -1 for an address that is none. */
  pageOf(address: number): number {
    return this.layout.pageOf(address);
  }

  onPressure(reclaim: (thread: KernelThread, pages: number) => Code<number>): void {
    this.physical.onPressure(reclaim);
  }

  /** Executes a step of the profile, and reads and writes a line of each object given. */
  readonly work = function* (this: CommodityKernel, step: string, ...objects: readonly number[]): Code {
    const references = this.blocks.next(step);
    if (references !== undefined) yield block(references, 0, references.words.length);
    for (const object of objects) yield store(object + 4, (yield load(object + 4)) + 1);
  }.bind(this);

  /** A call of the kernel's first program on a processor to the monitor was a reserved instruction. */
  private asksNobody({ number }: Cpu, { code, context }: Exception): boolean {
    const own = context !== null && context === this.processors[number]!.idle.contexts[0];
    return own && code === ExceptionCode.ReservedInstruction && context.operation?.kind === Op.MonitorCall;
  }

  private allocateLines(bytes: number): number {
    const size = Math.ceil(bytes / LINE) * LINE;
    if (this.arenaEnd === 0) return this.layout.allocate(size);
    if (this.arena + size > this.arenaEnd)
      throw new GuestError('the memory for kernel data is used up; run fewer processes');
    this.arena += size;
    return this.arena - size;
  }

  private makeProcessor(number: number): KernelProcessor {
    const idle = new Thread(
      -2 - number,
      `idle thread of processor ${number}`,
      this.allocateLines(2 * LINE),
      this.physical.reserve('stack'),
      null,
    );
    return new KernelProcessor(number, idle, this.physical.reserve('kernel'), this.allocateLines(LINE));
  }

  private makeProcesses(): Processes {
    return new Processes(
      {
        scheduler: this.scheduler,
        physical: this.physical,
        translations: this.translations,
        contents: this.makeContents(),
        executables: this.options.executables,
        most: this.options.mostProcesses,
        makeSpace: () => this.makeSpace(),
        makeChannel: name => this.channel(name),
        allocate: bytes => this.allocateLines(bytes),
        work: this.work,
        orphans: this.firstEnded,
      },
      1,
    );
  }

  private makeContents(): SpaceContents {
    return new SpaceContents({
      physical: this.physical,
      text: this.text,
      translations: this.translations,
      lazyTables: this.profile.lazyTables,
      work: this.work,
      openExecutable: (thread, path) => this.openExecutable(thread, path),
      closeExecutable: (thread, file) => file.closed(thread),
    });
  }

  private *openExecutable(thread: KernelThread, path: string): Code<Vnode | number> {
    return this.fileOf === null ? ErrorNumber.ENOENT : yield* this.fileOf(thread, path);
  }

  private makeSpace(): AddressSpace {
    const id = this.spaces++;
    return new AddressSpace(id, this.sleepLock(`space ${id}`), {
      lazyTables: this.profile.lazyTables,
      makeTables: () => new PageTables(this.options.processors),
      addressOf: page => this.addressOf(page),
      tablePage: thread => this.tablePage(thread),
    });
  }

  private *tablePage(thread: KernelThread): Code<number> {
    const page = yield* this.physical.take(thread, 'table');
    if (page >= 0) yield* this.hints.clear(page, this.addressOf(page), this.profile.zeroLineCycles);
    return page;
  }

  private makeTraps(): Traps {
    const { scheduler, translations, processors, profile, work, hints } = this;
    return new Traps({
      ...{ translations, processors, profile, work, hints, mapped: this.options.mapped },
      serves: name => this.calls.has(name),
      reschedule: thread => scheduler.yieldProcessor(thread),
      classify: (thread, address, store) => this.classify(thread, address, store),
      fault: (thread, address, store, modified) => this.serveFault(thread, address, store, modified),
      table: (thread, table) => this.makeTable(thread, table),
      kill: (thread, status, why) => this.kill(thread, status, why),
      call: (thread, request) => this.serveCall(thread, request),
      tick: thread => this.tick(thread),
      interrupted: (thread, code, a, b) => this.serveInterrupt(thread, code, a, b),
    });
  }

  private classify({ space, tables }: Thread, address: number, store: boolean): ServiceName {
    if (space === null || tables === null) return 'other fault';
    return this.faults.classify({ space, tables, page: address >>> PAGE_SHIFT, store, modified: false });
  }

  private *serveFault(thread: Thread, address: number, store: boolean, modified: boolean): Code<number> {
    const { space, tables } = thread;
    if (space === null || tables === null)
      throw new Error(`${thread.name} touches 0x${address.toString(16)}, but has no address space`);
    return yield* this.faults.serve(thread, { space, tables, page: address >>> PAGE_SHIFT, store, modified });
  }

  private *kill(thread: Thread, status: number, why?: string): Code {
    const { name, id } = this.processes.of(thread);
    const text = `${name} (process ${id}) was ended: status ${status}${why === undefined ? '' : `, ${why}`}\n`;
    if (this.message !== null) yield* this.message(thread, text);
    yield* this.processes.exit(thread, status);
  }

  private *makeTable(thread: Thread, table: number): Code<number> {
    const space = thread.space!;
    yield* space.lock.acquire(thread);
    const page = yield* space.tableFor(thread, thread.tables!, table << 10);
    yield* space.lock.release(thread);
    return page < 0 ? ErrorNumber.ENOMEM : 0;
  }

  private *serveCall(thread: Thread, { call, args }: SystemCall): Code<number> {
    const serve = this.calls.get(call);
    yield* this.work('system call', thread.record);
    return serve === undefined ? ErrorNumber.EINVAL : yield* serve(thread, args);
  }

  private *serveInterrupt(thread: Thread, code: number, a: number, b: number): Code {
    const serve = this.interrupts.get(code);
    if (serve !== undefined) yield* serve(a, b, thread);
  }

  private *tick(thread: Thread): Code {
    const processor = thread.processor!;
    if (this.halted) {
      yield writeRegister(Register.Compare, processor.compare);
      return;
    }
    const passed = yield* this.nextTick(processor);
    yield* this.work('clock');
    if (processor.number === 0) {
      this.ticks += passed;
      for (const act of this.onTick) yield* act(thread);
      this.watch.tick(this.ticks);
    }
    thread.slice -= passed;
    if (thread !== processor.idle && thread.slice <= 0 && this.scheduler.ready > 0) processor.reschedule = true;
  }

  /** Sets the timer to the next tick, and says how many have passed: more than one if interrupts were off for long. */
  private *nextTick(processor: KernelProcessor): Code<number> {
    const { countsPerTick } = this.options;
    for (let passed = 1; ; passed++) {
      processor.compare = (processor.compare + countsPerTick) | 0;
      yield writeRegister(Register.Compare, processor.compare);
      // A time that Count has reached already would come when it has gone round.
      const ahead = (processor.compare - (yield readRegister(Register.Count))) | 0;
      if (ahead > 0) {
        processor.ticks += passed;
        return passed;
      }
    }
  }

  /** What each processor executes first, and goes on with while it is idle. */
  private *begin(processor: KernelProcessor): Program {
    const { idle } = processor;
    const { countsPerTick, processors } = this.options;
    yield* this.hints.begin();
    yield writeRegister(Register.Wired, 1 + this.profile.wiredTables);
    yield writeRegister(Register.Context, REFILL_BASE);
    yield writeRegister(Register.Status, KERNEL_STATUS);
    yield* this.translations.enterKernel(idle);
    // Processors tick one after the other, so that they do not all want the same lines at once.
    const phase = Math.floor((countsPerTick * processor.number) / processors);
    processor.compare = ((yield readRegister(Register.Count)) + countsPerTick + phase) | 0;
    yield writeRegister(Register.Compare, processor.compare);
    if (processor.number === 0) yield* this.startFirst(idle);
    yield* this.idle(processor);
  }

  private *startFirst(idle: Thread): Code {
    const thread = yield* this.processes.makeThread(null, 'first thread', null, t => this.runFirst(t));
    yield* this.scheduler.start(idle, thread!);
  }

  private *runFirst(thread: Thread): Code {
    yield* this.first!(thread);
    this.halted = true;
    yield* this.scheduler.end(thread);
  }

  private *idle(processor: KernelProcessor): Code {
    for (;;) {
      yield* this.scheduler.runOthers(processor.idle);
      yield annotate(serviceNumber('idle'), Activity.Idle);
      if (this.halted) {
        yield writeRegister(Register.Compare, processor.compare);
        return;
      }
      yield this.hints.idle();
      yield annotate(serviceNumber('switch'), Activity.Kernel);
      yield writeRegister(Register.Status, IDLE_STATUS);
      yield writeRegister(Register.Status, KERNEL_STATUS);
    }
  }

  private addCalls(): void {
    const semaphores = new Semaphores(this);
    addProcessCalls(this.calls, this.processes, this.work);
    this.calls.set('sginap', thread => this.sginap(thread));
    this.calls.set('semaphore', (thread, args) => semaphores.call(thread, args));
    this.interrupts.set(FORGET, (_a, _b, thread) => this.translations.forget(thread));
  }

  private *sginap(thread: Thread): Code<number> {
    yield* this.work('sginap');
    yield* this.scheduler.yieldProcessor(thread);
    return 0;
  }
}
