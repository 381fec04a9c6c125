/** What threads sleep on: channels, and locks made of a flag and a channel. */
import type { Channel, Code, KernelThread, SharedSleepLock, Spinlock } from '../../../system/code.js';
import type { Scheduler } from '../processes/scheduler.js';
import { NOBODY } from './spinlock.js';
import type { Thread } from '../processes/threads.js';

/** A channel: a queue of sleepers, under the scheduler's lock. */
export class KernelChannel implements Channel {
  readonly name: string;
  private readonly scheduler: Scheduler;
  /** Guarded by runq for who is woken; a sleeper enters itself before it takes that, in one event. */
  private readonly sleepers: Thread[] = [];

  constructor(name: string, scheduler: Scheduler) {
    this.name = name;
    this.scheduler = scheduler;
  }

  *sleep(by: KernelThread, lock?: Spinlock): Code {
    const { scheduler } = this;
    const thread = by as Thread;
    // From here on a wake-up finds it, even before it sleeps.
    this.sleepers.push(thread);
    yield* scheduler.lock.acquire(thread);
    if (lock !== undefined) yield* lock.release(thread);
    if (this.sleepers.includes(thread)) yield* scheduler.sleepOn(thread, this.name);
    yield* scheduler.release(thread);
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
    yield* scheduler.lock.acquire(NOBODY);
    const woken = sleepers.splice(0, Math.min(most, sleepers.length));
    // Who still runs was about to sleep, and looks again.
    for (const thread of woken) if (thread.state === 'sleeping') yield* scheduler.makeReady(thread);
    yield* scheduler.lock.release(NOBODY);
    return woken.length;
  }
}

/** A lock that is slept on. What it knows of holders is under a spinlock that some such locks share. */
export class KernelSleepLock implements SharedSleepLock {
  readonly name: string;
  private readonly channel: Channel;
  private readonly guard: Spinlock;
  /** Guarded by the guard, as the two below. */
  private holder: KernelThread | null = null;
  private sharers = 0;
  /** Some who sleep on it want to share it. */
  private sharersWait = false;

  constructor(name: string, channel: Channel, guard: Spinlock) {
    this.name = name;
    this.channel = channel;
    this.guard = guard;
  }

  get held(): boolean {
    return this.holder !== null || this.sharers > 0;
  }

  *acquire(thread: KernelThread): Code {
    if (this.holder === thread) throw new Error(`${thread.name} acquires ${this.name}, which it holds already`);
    yield* this.guard.acquire(thread);
    while (this.held) yield* this.channel.sleep(thread, this.guard);
    this.holder = thread;
    yield* this.guard.release(thread);
  }

  *release(thread: KernelThread): Code {
    if (this.holder !== thread)
      throw new Error(`${thread.name} releases ${this.name}, which ${this.holder?.name ?? 'nobody'} holds`);
    yield* this.guard.acquire(thread);
    this.holder = null;
    yield* this.sharersWait ? this.channel.wakeAll() : this.channel.wakeOne();
    this.sharersWait = false;
    yield* this.guard.release(thread);
  }

  *acquireShared(thread: KernelThread): Code {
    yield* this.guard.acquire(thread);
    while (this.holder !== null) {
      this.sharersWait = true;
      yield* this.channel.sleep(thread, this.guard);
    }
    this.sharers++;
    yield* this.guard.release(thread);
  }

  *releaseShared(thread: KernelThread): Code {
    yield* this.guard.acquire(thread);
    if (this.sharers === 0) throw new Error(`${thread.name} releases ${this.name}, which nobody shares`);
    this.sharers--;
    if (this.sharers === 0) yield* this.channel.wakeOne();
    yield* this.guard.release(thread);
  }
}
