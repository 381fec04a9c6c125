/**
 * Run queue, channels and switches of threads, under one lock, as in IRIX 5.3. A thread that is made ready goes to the
 * end of the queue; a processor prefers, among the first few, a thread that it ran last.
 */
import { interrupt, resume } from '../../processor/operations.js';
import type { Channel, Code, KernelThread, SleepLock, Spinlock } from './code.js';
import { NOBODY, type KernelSpinlock } from './spinlock.js';
import type { KernelProcessor, Thread } from './threads.js';

/** How far into the queue a processor looks for a thread that it ran last. */
const AFFINITY_WINDOW = 4;
/** The inter-processor interrupt that says that there is work. */
export const WORK = 1;

/** What the scheduler needs of the kernel. */
export interface SchedulerPort {
  readonly lock: KernelSpinlock;
  readonly processors: readonly KernelProcessor[];
  /** Ticks of a time slice. */
  readonly sliceTicks: number;
  /** See KernelCore. */
  work(step: string, ...objects: readonly number[]): Code;
  /** Makes the processor's registers those of a thread: kernel stack, address space. */
  load(processor: KernelProcessor, thread: Thread): Code;
}

/** The scheduler. */
export class Scheduler {
  readonly statistics = { switches: 0, migrations: 0, wakeUps: 0 };
  /** For channels. */
  readonly port: SchedulerPort;
  private readonly queue: Thread[] = [];

  constructor(port: SchedulerPort) {
    this.port = port;
  }

  /** Threads that are ready and wait for a processor. */
  get ready(): number {
    return this.queue.length;
  }

  /** Puts a new thread into the queue before the kernel runs. */
  enqueue(thread: Thread): void {
    thread.state = 'ready';
    this.queue.push(thread);
  }

  /** Makes a thread ready, and interrupts a processor that is idle. `by` is who does so. */
  *start(by: KernelThread, thread: Thread): Code {
    yield* this.port.lock.acquire(by);
    yield* this.makeReady(thread);
    yield* this.port.lock.release(by);
  }

  /** Gives the processor to others, for a thread whose time is up. */
  *yieldProcessor(thread: Thread): Code {
    yield* this.port.lock.acquire(thread);
    if (this.queue.length > 0) {
      this.enqueue(thread);
      yield* this.switchFrom(thread);
    }
    yield* this.port.lock.release(thread);
  }

  /** Ends a thread: it never goes on. */
  *end(thread: Thread): Code {
    yield* this.port.lock.acquire(thread);
    thread.state = 'ended';
    yield* this.switchFrom(thread);
  }

  /** For the idle thread: runs others as long as there are any. False if there was none. */
  *runOthers(idle: Thread): Code<boolean> {
    if (this.queue.length === 0) return false;
    yield* this.port.lock.acquire(idle);
    if (this.queue.length === 0) {
      yield* this.port.lock.release(idle);
      return false;
    }
    yield* this.switchFrom(idle);
    yield* this.port.lock.release(idle);
    return true;
  }

  /** A channel. */
  channel(name: string): Channel {
    return new KernelChannel(name, this);
  }

  /** A lock that is slept on. */
  sleepLock(name: string, guard: Spinlock): SleepLock {
    return new KernelSleepLock(name, this.channel(name), guard);
  }

  /** For channels: puts a thread to sleep. The lock of the scheduler is held before and after. */
  *sleepOn(thread: Thread, channel: string): Code {
    thread.state = 'sleeping';
    thread.sleepsOn = channel;
    yield* this.switchFrom(thread);
    thread.sleepsOn = null;
  }

  /** For channels. The lock of the scheduler is held. */
  *makeReady(thread: Thread): Code {
    yield* this.port.work('setrun', thread.record);
    this.statistics.wakeUps++;
    this.enqueue(thread);
    const idle = this.idleProcessor(thread);
    if (idle !== null) yield interrupt(idle.number, WORK, 0);
  }

  private idleProcessor(thread: Thread): KernelProcessor | null {
    const { processors } = this.port;
    const last = processors[thread.lastProcessor];
    if (last !== undefined && last.current === last.idle) return last;
    return processors.find(processor => processor.current === processor.idle) ?? null;
  }

  /** Runs the next thread in place of one that is queued, asleep or ended. The lock passes on to it, and comes back. */
  private *switchFrom(thread: Thread): Code {
    const processor = thread.processor!;
    yield* this.port.work('switch', thread.record);
    const next = this.take(processor) ?? processor.idle;
    if (next === thread) {
      thread.state = 'running';
      return;
    }
    this.statistics.switches++;
    if (next.lastProcessor >= 0 && next.lastProcessor !== processor.number) this.statistics.migrations++;
    thread.processor = null;
    thread.lastProcessor = processor.number;
    processor.current = next;
    next.processor = processor;
    next.state = 'running';
    next.slice = this.port.sliceTicks;
    processor.reschedule = false;
    yield* this.port.load(processor, next);
    this.port.lock.handOver(thread, next);
    yield resume(next.contexts[next.contexts.length - 1]!);
  }

  private take(processor: KernelProcessor): Thread | undefined {
    const { queue } = this;
    const window = Math.min(AFFINITY_WINDOW, queue.length);
    for (let i = 0; i < window; i++) if (queue[i]!.lastProcessor === processor.number) return queue.splice(i, 1)[0];
    return queue.shift();
  }
}

class KernelChannel implements Channel {
  readonly name: string;
  private readonly scheduler: Scheduler;
  private readonly sleepers: Thread[] = [];

  constructor(name: string, scheduler: Scheduler) {
    this.name = name;
    this.scheduler = scheduler;
  }

  *sleep(thread: KernelThread, lock?: Spinlock): Code {
    const { scheduler } = this;
    const guard = scheduler.port.lock;
    // From here on a wake-up finds it, even before it sleeps.
    this.sleepers.push(thread as Thread);
    yield* guard.acquire(thread);
    if (lock !== undefined) yield* lock.release(thread);
    if (this.sleepers.includes(thread as Thread)) yield* scheduler.sleepOn(thread as Thread, this.name);
    yield* guard.release(thread);
    if (lock !== undefined) yield* lock.acquire(thread);
  }

  *wakeOne(): Code<boolean> {
    return (yield* this.wake(1)) > 0;
  }

  *wakeAll(): Code {
    yield* this.wake(Infinity);
  }

  private *wake(most: number): Code<number> {
    const { scheduler, sleepers } = this;
    if (sleepers.length === 0) return 0;
    yield* scheduler.port.lock.acquire(NOBODY);
    const woken = sleepers.splice(0, Math.min(most, sleepers.length));
    // Who still runs was about to sleep, and looks again.
    for (const thread of woken) if (thread.state === 'sleeping') yield* scheduler.makeReady(thread);
    yield* scheduler.port.lock.release(NOBODY);
    return woken.length;
  }
}

class KernelSleepLock implements SleepLock {
  readonly name: string;
  private readonly channel: Channel;
  private readonly guard: Spinlock;
  private held = false;

  constructor(name: string, channel: Channel, guard: Spinlock) {
    this.name = name;
    this.channel = channel;
    this.guard = guard;
  }

  *acquire(thread: KernelThread): Code {
    yield* this.guard.acquire(thread);
    while (this.held) yield* this.channel.sleep(thread, this.guard);
    this.held = true;
    yield* this.guard.release(thread);
  }

  *release(thread: KernelThread): Code {
    yield* this.guard.acquire(thread);
    this.held = false;
    yield* this.channel.wakeOne();
    yield* this.guard.release(thread);
  }
}
