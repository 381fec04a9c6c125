/**
 * Run queue and switches of threads, under one lock, as in IRIX 5.3. A thread that is made ready goes to the end of the
 * queue; a processor that has nothing to run prefers, among the first few, a thread that it ran last, but does not pass over the first
 * one for ever. One whose time slice ends gives way to a thread that ran here last, or to one that has got less time: System V
 * favours those that have used little, and IRIX those whose lines may still be in the cache.
 */
import { interrupt, resume } from '../../../processor/operations.js';
import { KernelChannel, KernelSleepLock } from '../locks/channels.js';
import type { Channel, Code, KernelThread, SharedSleepLock } from '../../../system/code.js';
import type { KernelLocks } from '../locks/kernel-locks.js';
import type { KernelSpinlock } from '../locks/spinlock.js';
import type { StepBlocks } from '../step-blocks.js';
import type { KernelProcessor, Thread } from './threads.js';
import type { Translations } from '../memory/translations.js';

/** How far into the queue a processor looks for a thread that it ran last. */
export const AFFINITY_WINDOW = 4;
/** How often the first thread of the queue is passed over. One with n before it is the (n + 1)(this + 1)th at the latest. */
export const MOST_PASSES = 4;
/**
 * Time slices that a thread may be ahead of those that wait, before it gives its processor to one that ran elsewhere. ESTIMATED, not
 * published: 0.4 s of IRIX's slices, within the second in which System V halves what it knows of used time (Bach 1986, section 8.1).
 */
export const MOST_AHEAD = 4;
/** The inter-processor interrupt that says that there is work. */
export const WORK = 1;

/** What a scheduler is made with. */
export interface SchedulerOptions {
  /** Its own lock is `runq`. */
  readonly locks: KernelLocks;
  readonly processors: readonly KernelProcessor[];
  /** Ticks of a time slice. */
  readonly sliceTicks: number;
  readonly blocks: StepBlocks;
  readonly translations: Translations;
  /** A thread that has ended does not need its stack any more. */
  readonly bury: (by: Thread, ended: Thread) => Code;
}

/** The scheduler. */
export class Scheduler {
  readonly statistics = { switches: 0, migrations: 0, wakeUps: 0 };
  /** Of the run queue, and of what channels know. */
  readonly lock: KernelSpinlock;
  /** How often a thread of a process was given a processor. Guarded by runq. */
  dispatched = 0;
  /** The slices of the thread whose time was up last. Guarded by runq. */
  private slices = 0;
  /** Guarded by runq; its length is also looked at without it. */
  private readonly queue: Thread[] = [];
  private readonly options: SchedulerOptions;

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.lock = options.locks.runq;
  }

  /** Processors that threads run on. */
  get processors(): readonly KernelProcessor[] {
    return this.options.processors;
  }

  /** Threads that are ready and wait for a processor. */
  get ready(): number {
    return this.queue.length;
  }

  /** Makes a new thread ready, and interrupts a processor that is idle. `by` is who does so. */
  *start(by: KernelThread, thread: Thread): Code {
    yield* this.lock.acquire(by);
    yield* this.makeReady(thread);
    yield* this.lock.release(by);
  }

  /** Gives the processor to others, for a thread that asks to. */
  *yieldProcessor(thread: Thread): Code {
    yield* this.lock.acquire(thread);
    yield* this.giveWay(thread, this.take(thread.processor!));
  }

  /** The time of a thread is up: it goes on unless another one should run here. */
  *endSlice(thread: Thread): Code {
    yield* this.lock.acquire(thread);
    this.slices = ++thread.slices;
    yield* this.giveWay(thread, this.successor(thread));
  }

  /** Ends a thread: it never goes on. */
  *end(thread: Thread): Code {
    yield* this.lock.acquire(thread);
    const processor = thread.processor!;
    thread.state = 'ended';
    processor.departed = thread;
    yield* this.switchTo(thread, this.take(processor) ?? processor.idle);
  }

  /** For the idle thread: runs others as long as there are any. */
  *runOthers(idle: Thread): Code {
    const processor = idle.processor!;
    processor.awake = true;
    while (this.queue.length > 0) {
      yield* this.lock.acquire(idle);
      const next = this.take(processor);
      if (next !== undefined) yield* this.switchTo(idle, next);
      yield* this.release(idle);
    }
    // In one step with the last look at the queue: who puts a thread there from now on interrupts.
    processor.awake = false;
  }

  /** A channel. */
  channel(name: string): Channel {
    return new KernelChannel(name, this);
  }

  /** A lock that is slept on. */
  sleepLock(name: string): SharedSleepLock {
    return new KernelSleepLock(name, this.channel(name), this.options.locks.nextGuard());
  }

  /** For channels: puts a thread to sleep. The lock of the scheduler is held before and after. */
  *sleepOn(thread: Thread, channel: string): Code {
    const processor = thread.processor!;
    thread.state = 'sleeping';
    thread.sleepsOn = channel;
    yield* this.switchTo(thread, this.take(processor) ?? processor.idle);
    thread.sleepsOn = null;
  }

  /** For channels. The lock of the scheduler is held. */
  *makeReady(thread: Thread): Code {
    yield* this.options.blocks.work('setrun', thread.record);
    this.statistics.wakeUps++;
    // Who has slept, or is new, has not saved up time.
    thread.slices = Math.max(thread.slices, this.slices - MOST_AHEAD);
    this.enqueue(thread);
    const idle = this.idleProcessor(thread);
    if (idle === undefined) return;
    idle.awake = true;
    yield interrupt(idle.number, WORK, 0);
  }

  /** Releases the scheduler's lock on behalf of a thread that was switched to, and buries the one that ended before it. */
  *release(thread: Thread): Code {
    const processor = thread.processor!;
    const { departed } = processor;
    processor.departed = null;
    yield* this.lock.release(thread);
    if (departed !== null) yield* this.options.bury(thread, departed);
  }

  /** Runs another thread in place of one that is queued, or goes on if there is none. Releases the lock of the scheduler. */
  private *giveWay(thread: Thread, next: Thread | undefined): Code {
    thread.processor!.reschedule = false;
    if (next === undefined) thread.slice = this.options.sliceTicks;
    else {
      this.enqueue(thread);
      yield* this.switchTo(thread, next);
    }
    yield* this.release(thread);
  }

  private enqueue(thread: Thread): void {
    thread.state = 'ready';
    this.queue.push(thread);
  }

  /** A processor that has nothing to do and does not look at the queue anyway, the one that the thread ran on last if possible. */
  private idleProcessor(thread: Thread): KernelProcessor | undefined {
    const { processors } = this.options;
    const last = processors[thread.lastProcessor];
    return last !== undefined && waits(last) ? last : processors.find(waits);
  }

  /** Runs another thread in place of one that is queued, asleep or ended. The lock passes on to it, and comes back. */
  private *switchTo(thread: Thread, next: Thread): Code {
    const processor = thread.processor!;
    yield* this.options.blocks.work('switch', thread.record);
    this.statistics.switches++;
    if (next.space !== null) this.dispatched++;
    if (next.lastProcessor >= 0 && next.lastProcessor !== processor.number) this.statistics.migrations++;
    thread.processor = null;
    thread.lastProcessor = processor.number;
    processor.current = next;
    processor.reschedule = false;
    next.processor = processor;
    next.state = 'running';
    next.slice = this.options.sliceTicks;
    yield* this.options.translations.load(processor, next);
    this.lock.handOver(thread, next);
    yield resume(next.contexts[next.contexts.length - 1]);
  }

  /** Takes the thread that is to run after one whose time is up: one that is far behind, else one with no more time that has its lines here or nowhere. */
  private successor({ processor, slices }: Thread): Thread | undefined {
    const { queue } = this;
    let chosen = -1;
    for (let i = 0; i < queue.length; i++) {
      const behind = queue[i].slices + MOST_AHEAD <= slices;
      if (behind && (chosen < 0 || queue[i].slices < queue[chosen].slices)) chosen = i;
    }
    if (chosen < 0)
      chosen = queue.findIndex(
        other => other.slices <= slices && (other.lastProcessor === processor!.number || other.lastProcessor < 0),
      );
    return chosen < 0 ? undefined : queue.splice(chosen, 1)[0];
  }

  private take(processor: KernelProcessor): Thread | undefined {
    const { queue } = this;
    const [first] = queue;
    if (first === undefined) return undefined;
    const known = queue.findIndex(({ lastProcessor }) => lastProcessor === processor.number);
    const passes = known > 0 && known < AFFINITY_WINDOW && first.passed < MOST_PASSES;
    if (passes) first.passed++;
    const [thread] = queue.splice(passes ? known : 0, 1);
    thread.passed = 0;
    return thread;
  }
}

function waits({ current, idle, awake }: KernelProcessor): boolean {
  return current === idle && !awake;
}
