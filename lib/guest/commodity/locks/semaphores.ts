/** Semaphores that processes share: what user-level locks and barriers sleep on. */
import { load, store } from '../../../processor/operations.js';
import { isInteger } from '../processes/arguments.js';
import {
  ErrorNumber,
  type Channel,
  type Code,
  type KernelCore,
  type KernelThread,
  type Spinlock,
} from '../../../system/code.js';

interface Semaphore {
  readonly address: number;
  readonly lock: Spinlock;
  readonly channel: Channel;
}

/** The most semaphores of a kernel. */
const MOST = 512;

/** All semaphores. Their values stand in kernel memory. */
export class Semaphores {
  private readonly core: KernelCore;
  /** No lock: grows between yields only. */
  private readonly semaphores: Semaphore[] = [];

  constructor(core: KernelCore) {
    this.core = core;
  }

  /** The system call: make, wait or post. */
  *call(thread: KernelThread, [what, a, b]: readonly unknown[]): Code<number> {
    yield* this.core.work('semaphore');
    if (!isInteger(a)) return ErrorNumber.EINVAL;
    if (what === 'make') return yield* this.make(a);
    const semaphore = this.semaphores[a];
    if (semaphore === undefined) return ErrorNumber.EINVAL;
    if (what === 'wait') return yield* this.wait(thread, semaphore);
    return what === 'post' && isInteger(b) ? yield* this.post(thread, semaphore, b) : ErrorNumber.EINVAL;
  }

  private *make(value: number): Code<number> {
    if (this.semaphores.length === MOST) return ErrorNumber.EAGAIN;
    const number = this.semaphores.length;
    const address = this.core.allocate('semaphore', 4);
    const semaphore = {
      address,
      lock: this.core.spinlock(`semaphore ${number}`),
      channel: this.core.channel(`semaphore ${number}`),
    };
    this.semaphores.push(semaphore);
    yield store(address, value);
    return number;
  }

  private *post(thread: KernelThread, { address, lock, channel }: Semaphore, count: number): Code<number> {
    yield* lock.acquire(thread);
    const value = yield load(address);
    const fits = isInteger(value + count);
    if (fits) {
      yield store(address, value + count);
      for (let i = 0; i < count; i++) if (!(yield* channel.wakeOne())) break;
    }
    yield* lock.release(thread);
    return fits ? 0 : ErrorNumber.EINVAL;
  }

  private *wait(thread: KernelThread, { address, lock, channel }: Semaphore): Code<number> {
    yield* lock.acquire(thread);
    let value = yield load(address);
    while (value <= 0) {
      yield* channel.sleep(thread, lock);
      value = yield load(address);
    }
    yield store(address, value - 1);
    yield* lock.release(thread);
    return 0;
  }
}
