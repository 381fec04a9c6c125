/**
 * Synchronisation of recorded threads: barriers of all, locks, semaphores. The threads' own references to locks and
 * counters are replayed as recorded; this only makes them wait for each other. A waiter goes on one cycle after the
 * last one it waits for. Locks and semaphores are handed over in the order of waiting.
 */
import { list } from '../../engine/checks.js';
import { wait, type Program } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';

/** What a recorded thread reports. */
export type SyncRequest =
  | { readonly sync: 'barrier-enter' | 'barrier-leave' }
  | { readonly sync: 'acquire' | 'release'; readonly lock: number }
  | { readonly sync: 'post' | 'wait'; readonly semaphore: number };

interface Lock {
  holder: Processor | null;
  readonly waiters: Processor[];
}

interface Semaphore {
  count: number;
  readonly waiters: Processor[];
}

/** The synchronisation of one group of threads, a copy of a trace. */
export class ThreadGroup {
  private readonly entered = new Map<Processor, number>();
  private readonly left = new Map<Processor, number>();
  /** Who waits, and whether he may go on. */
  private readonly waiting = new Map<Processor, () => boolean>();
  private readonly locks = new Map<number, Lock>();
  private readonly semaphores = new Map<number, Semaphore>();
  private readonly alive: Set<Processor>;

  /** `threads` meet at barriers until they end. */
  constructor(threads: readonly Processor[]) {
    list(threads, 'a thread group: threads');
    this.alive = new Set(threads);
    for (const thread of threads) {
      this.entered.set(thread, 0);
      this.left.set(thread, 0);
    }
  }

  /** Answers a request: null if the thread may go on, else a program that waits. */
  request(thread: Processor, request: SyncRequest): Program | null {
    switch (request.sync) {
      case 'barrier-enter':
        this.entered.set(thread, this.entered.get(thread)! + 1);
        this.wakeWaiters();
        return null;
      case 'barrier-leave':
        return this.leave(thread);
      case 'acquire':
        return this.acquire(thread, this.lock(request.lock));
      case 'release':
        this.release(thread, this.lock(request.lock));
        return null;
      case 'post':
        this.post(this.semaphore(request.semaphore));
        return null;
      case 'wait':
        return this.down(thread, this.semaphore(request.semaphore));
    }
  }

  /** A thread has ended: it releases what it holds, and barriers no longer wait for it. */
  ended(thread: Processor): void {
    this.alive.delete(thread);
    for (const lock of this.locks.values()) if (lock.holder === thread) this.release(thread, lock);
    this.wakeWaiters();
    this.breakDeadlock();
  }

  private leave(thread: Processor): Program | null {
    const number = this.left.get(thread)! + 1;
    this.left.set(thread, number);
    if (this.entered.get(thread)! < number) {
      // A window that starts inside a barrier leaves what nobody entered.
      this.entered.set(thread, number);
      this.wakeWaiters();
    }
    return this.open(thread) ? null : this.until(thread, () => this.open(thread));
  }

  /** Whether everybody alive has entered the barrier that the thread wants to leave. */
  private open(thread: Processor): boolean {
    const number = this.left.get(thread)!;
    for (const other of this.alive) if (this.entered.get(other)! < number) return false;
    return true;
  }

  private wakeWaiters(): void {
    for (const [thread, mayGoOn] of this.waiting) if (mayGoOn()) thread.wake();
  }

  private acquire(thread: Processor, lock: Lock): Program | null {
    lock.holder ??= thread;
    if (lock.holder === thread) return null;
    lock.waiters.push(thread);
    return this.until(thread, () => lock.holder === thread);
  }

  private release(thread: Processor, lock: Lock): void {
    // A window that starts inside a critical section releases what nobody acquired.
    if (lock.holder !== thread) return;
    lock.holder = lock.waiters.shift() ?? null;
    lock.holder?.wake();
  }

  private post(semaphore: Semaphore): void {
    const next = semaphore.waiters.shift();
    if (next === undefined) semaphore.count++;
    else next.wake();
  }

  private down(thread: Processor, semaphore: Semaphore): Program | null {
    if (semaphore.count > 0) {
      semaphore.count--;
      return null;
    }
    semaphore.waiters.push(thread);
    return this.until(thread, () => !semaphore.waiters.includes(thread));
  }

  private lock(id: number): Lock {
    let lock = this.locks.get(id);
    if (lock === undefined) this.locks.set(id, (lock = { holder: null, waiters: [] }));
    return lock;
  }

  private semaphore(id: number): Semaphore {
    let semaphore = this.semaphores.get(id);
    if (semaphore === undefined) this.semaphores.set(id, (semaphore = { count: 0, waiters: [] }));
    return semaphore;
  }

  private *until(thread: Processor, mayGoOn: () => boolean): Program {
    this.waiting.set(thread, mayGoOn);
    this.breakDeadlock();
    while (!mayGoOn()) yield wait();
    this.waiting.delete(thread);
  }

  /** A recorded window may begin after a post that somebody waits for, or end before it: when nobody else can go on, they do. */
  private breakDeadlock(): void {
    for (const thread of this.alive) if (this.waiting.get(thread)?.() !== false) return;
    for (const semaphore of this.semaphores.values()) while (semaphore.waiters.length > 0) this.post(semaphore);
  }
}
