/** Semaphores that processes share: what user-level locks and barriers sleep on. */
import { load, store } from '../../processor/operations.js';
import { ErrorNumber, type Channel, type Code, type KernelCore, type KernelThread, type Spinlock } from './code.js';

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
  private readonly semaphores: Semaphore[] = [];

  constructor(core: KernelCore) {
    this.core = core;
  }

  /** The system call: make, wait or post. */
  *call(thread: KernelThread, [what, a, b]: readonly unknown[]): Code<number> {
    yield* this.core.work('semaphore');
    if (what === 'make') return yield* this.make(a as number);
    const semaphore = this.semaphores[a as number];
    if (semaphore === undefined) return ErrorNumber.EINVAL;
    yield* semaphore.lock.acquire(thread);
    const value = yield load(semaphore.address);
    if (what === 'post') yield* this.post(semaphore, value, b as number);
    else yield* this.wait(thread, semaphore, value);
    yield* semaphore.lock.release(thread);
    return 0;
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

  private *post({ address, channel }: Semaphore, value: number, count: number): Code {
    yield store(address, value + count);
    for (let i = 0; i < count; i++) if (!(yield* channel.wakeOne())) break;
  }

  private *wait(thread: KernelThread, { address, lock, channel }: Semaphore, found: number): Code {
    let value = found;
    while (value <= 0) {
      yield* channel.sleep(thread, lock);
      value = yield load(address);
    }
    yield store(address, value - 1);
  }
}
