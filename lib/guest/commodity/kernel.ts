/**
 * An SMP kernel in the manner of IRIX 5.3, as system software of a machine. This file makes its parts (memory, scheduler,
 * processes, traps, clock) and hands them to each other; what they do is theirs. It knows processors by number only and acts on them by the operations that its programs yield, so it runs
 * unchanged whatever is below it.
 */
import type { Context } from '../../processor/context.js';
import type { References } from '../../processor/references.js';
import type { Cpu, Exception } from '../../processor/software.js';
import type { Channel, Code, KernelCore, KernelThread, SharedSleepLock } from '../../system/code.js';
import { KernelLayout, LINE_BYTES, PAGE_BYTES } from './address-layout.js';
import { Boot } from './boot.js';
import { KernelClock } from './clock.js';
import { Handlers } from './handlers.js';
import { Hints } from './memory/hints.js';
import { checkOptions, type KernelOptions } from './kernel-options.js';
import { KernelLocks } from './locks/kernel-locks.js';
import { AddressSpaces } from './memory/address-spaces.js';
import { Faults } from './memory/page-faults.js';
import { KernelData } from './memory/kernel-data.js';
import { PhysicalPages } from './memory/physical-pages.js';
import { SharedText } from './memory/shared-text.js';
import { SpaceContents } from './memory/space-contents.js';
import { addProcessCalls } from './processes/process-calls.js';
import { Processes } from './processes/processes.js';
import { Scheduler } from './processes/scheduler.js';
import { Semaphores } from './locks/semaphores.js';
import { SERVICES } from './services.js';
import type { KernelSpinlock, LockStatistics } from './locks/spinlock.js';
import { StallWatch } from './processes/stall-watch.js';
import { StepBlocks } from './step-blocks.js';
import { switchesOf, type KernelSwitches } from './switches.js';
import { makeProcessor, type KernelProcessor, type Thread } from './processes/threads.js';
import { Traps } from './traps.js';
import { FORGET, Translations } from './memory/translations.js';

/** Kernel data that is handed out while the kernel runs: so many bytes, and so many for each page of memory. */
const ARENA_BYTES = 768 * 1024;
const ARENA_BYTES_PER_PAGE = 16;
const RECORD_BYTES = 2 * LINE_BYTES;
const STALL_TICKS = 6000;

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
  /** @internal */
  readonly contents: SpaceContents;
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly processors: readonly KernelProcessor[];
  readonly translations: Translations;
  /** Handlers of system calls by name, and of interrupts by code: parts of the kernel add theirs before it runs. */
  readonly calls: Handlers['calls'];
  readonly interrupts: Handlers['interrupts'];
  /** Called at each tick of the first processor. */
  readonly onTick: KernelClock['onTick'];
  /** Woken whenever a process without a parent ends. */
  readonly firstEnded: Channel;
  private readonly layout: KernelLayout;
  private readonly blocks: StepBlocks;
  private readonly data: KernelData;
  private readonly locks: KernelLocks;
  private readonly clock: KernelClock;
  private readonly traps: Traps;
  private readonly starter: Boot;

  constructor(options: KernelOptions) {
    checkOptions(options);
    const { profile, pages, mostProcesses } = options;
    this.options = options;
    this.switches = switchesOf(options.switches);
    const hints = new Hints(this.switches);
    // The order of what allocates memory is the order in which it lies there.
    const layout = new KernelLayout(options.mapped);
    const blocks = new StepBlocks(layout, profile);
    const data = new KernelData(layout);
    const locks = new KernelLocks(data, profile.spinCycles);
    data.openArena(ARENA_BYTES + pages * ARENA_BYTES_PER_PAGE + mostProcesses * RECORD_BYTES);
    const physical = new PhysicalPages({ layout, pages, lock: locks.memlock, blocks, hints });
    const processors = Array.from({ length: options.processors }, (_, number) => makeProcessor(number, physical, data));
    const translations = new Translations(processors, profile.spinCycles, hints);
    const scheduler = new Scheduler({
      locks,
      processors,
      sliceTicks: options.sliceTicks,
      blocks,
      translations,
      bury: (by, ended) => processes.bury(by, ended),
    });
    const text = new SharedText(physical, scheduler);
    const faults = new Faults({ physical, profile, text, hints, layout, translations, blocks });
    const contents = new SpaceContents({ physical, text, translations, profile, blocks });
    const spaces = new AddressSpaces({ layout, physical, scheduler, hints, profile, processors: processors.length });
    const processes: Processes = new Processes({
      scheduler,
      physical,
      translations,
      contents,
      executables: options.executables,
      most: mostProcesses,
      spaces,
      data,
      blocks,
    });
    const clock = new KernelClock({
      countsPerTick: options.countsPerTick,
      processors: processors.length,
      blocks,
      scheduler,
      watch: new StallWatch(scheduler, processes, options.stallTicks ?? STALL_TICKS),
    });
    const handlers = new Handlers(blocks);
    this.traps = new Traps({
      processors,
      profile,
      translations,
      hints,
      mapped: options.mapped,
      blocks,
      scheduler,
      processes,
      faults,
      clock,
      handlers,
    });
    const { wiredTables } = profile;
    this.starter = new Boot({ clock, hints, physical, processes, scheduler, translations, wiredTables });
    this.hints = hints;
    this.layout = layout;
    this.blocks = blocks;
    this.data = data;
    this.locks = locks;
    this.physical = physical;
    this.contents = contents;
    this.processors = processors;
    this.translations = translations;
    this.scheduler = scheduler;
    this.processes = processes;
    this.clock = clock;
    this.calls = handlers.calls;
    this.interrupts = handlers.interrupts;
    this.onTick = clock.onTick;
    this.firstEnded = processes.firstEnded;
    this.addCalls();
  }

  /** Has the first thread execute this, before the kernel runs. When it returns, the kernel stops. */
  boot(first: (thread: Thread) => Code): Context[] {
    return this.processors.map(processor => this.starter.context(processor, first));
  }

  /** For the processors: answers an exception. */
  exception(cpu: Cpu, exception: Exception): Context {
    return this.traps.exception(cpu, exception);
  }

  /** For the processors: nothing is left to do. */
  ended(): void {}

  /** Locks with what was counted of them. */
  lockStatistics(): readonly { readonly name: string; readonly statistics: LockStatistics }[] {
    return this.locks.statistics();
  }

  /** Nanoseconds since the kernel began, as of the last tick. */
  get tickNs(): number {
    return this.clock.ticks * this.options.tickNs;
  }

  /** Ticks of the first processor's timer so far. */
  get tickCount(): number {
    return this.clock.ticks;
  }

  spinlock(name: string): KernelSpinlock {
    return this.locks.spinlock(name);
  }

  /** See KernelCore. */
  channel(name: string): Channel {
    return this.scheduler.channel(name);
  }

  /** See KernelCore. */
  sleepLock(name: string): SharedSleepLock {
    return this.scheduler.sleepLock(name);
  }

  allocate(_name: string, bytes: number): number {
    return this.data.allocate(bytes);
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

  userRecordOf(page: number): number {
    return this.physical.userRecordOf(page);
  }

  /** Physical pages of the kernel's text, from page 0 on; nothing else is in them. */
  get textPages(): number {
    return this.blocks.textPages;
  }

  /** Pages laid out for kernel data of which nothing is in use yet. */
  get unusedDataPages(): number {
    return this.data.unusedPages;
  }

  /** The physical page at a kernel virtual address; -1 for an address that is none. */
  pageOf(address: number): number {
    return this.layout.pageOf(address);
  }

  onPressure(reclaim: (thread: KernelThread, pages: number) => Code<number>): void {
    this.physical.onPressure(reclaim);
  }

  /** Executes a step of the profile, and reads and writes a line of each object given. */
  work(step: string, ...objects: readonly number[]): Code {
    return this.blocks.work(step, ...objects);
  }

  /** The step of the profile that references belong to, for an observer; null if they belong to none. */
  stepOf(references: References): string | null {
    return this.blocks.stepOf(references);
  }

  private addCalls(): void {
    const { blocks, calls, processes, scheduler, translations } = this;
    const semaphores = new Semaphores(this);
    addProcessCalls(calls, processes, blocks);
    calls.set('sginap', function* (thread) {
      yield* blocks.work('sginap');
      yield* scheduler.yieldProcessor(thread);
      return 0;
    });
    calls.set('semaphore', (thread, args) => semaphores.call(thread, args));
    this.interrupts.set(FORGET, (_a, _b, thread) => translations.forget(thread));
  }
}
