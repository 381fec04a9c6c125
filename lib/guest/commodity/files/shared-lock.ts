/** A lock that is slept on: held by one who changes something, or by many who look at it. */
import { store } from '../../../processor/operations.js';
import type { Channel, Code, KernelCore, KernelThread, Spinlock } from '../../../system/code.js';

/** Not recursive. Whoever asks while others look may be overtaken by more who look. */
export class SharedLock {
  private readonly lock: Spinlock;
  private readonly free: Channel;
  /** Guarded by `lock`: how many look; -1 if somebody changes. Also in the word of the lock's line behind the lock. */
  private holders = 0;

  constructor(core: KernelCore, name: string) {
    this.lock = core.spinlock(name);
    this.free = core.channel(name);
  }

  /** Acquires it to look. */
  *acquireShared(thread: KernelThread): Code {
    yield* this.lock.acquire(thread);
    while (this.holders < 0) yield* this.free.sleep(thread, this.lock);
    yield* this.set(thread, this.holders + 1);
  }

  /** Acquires it to change. */
  *acquire(thread: KernelThread): Code {
    yield* this.lock.acquire(thread);
    while (this.holders !== 0) yield* this.free.sleep(thread, this.lock);
    yield* this.set(thread, -1);
  }

  /** Releases it, however it was acquired. Throws an Error if nobody holds it. */
  *release(thread: KernelThread): Code {
    yield* this.lock.acquire(thread);
    if (this.holders === 0) throw new Error(`${this.lock.name} is released, but nobody holds it`);
    const left = this.holders < 0 ? 0 : this.holders - 1;
    yield* this.set(thread, left);
    if (left === 0) yield* this.free.wakeAll();
  }

  private *set(thread: KernelThread, holders: number): Code {
    this.holders = holders;
    yield store(this.lock.address + 4, holders);
    yield* this.lock.release(thread);
  }
}
