/**
 * Synchronisation of recorded threads: barriers of all, locks, semaphores. The threads' own references to locks and
 * counters are replayed as recorded; this only makes them wait for each other. A waiter goes on one cycle after the
 * last one it waits for. Locks and semaphores are handed over in the order of waiting.
 */
import { wait, type Program } from '../processor/operations.js';
import type { Processor } from '../processor/processor.js';

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
  private readonly atBarrier = new Set<Processor>();
  private readonly locks = new Map<number, Lock>();
  private readonly semaphores = new Map<number, Semaphore>();
  private readonly alive: Set<Processor>;

  /** `threads` meet at barriers until they end. */
  constructor(threads: readonly Processor[]) {
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
        this.releaseBarrier();
        return null;
      case 'barrier-leave':
        this.left.set(thread, this.left.get(thread)! + 1);
        return this.open(thread) ? null : this.untilOpen(thread);
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
    this.releaseBarrier();
    // A recorded window may end before a post that others wait for: they would wait for ever.
    if (this.alive.size > 0 && [...this.alive].every(other => this.waitsForPost(other)))
      for (const semaphore of this.semaphores.values()) while (semaphore.waiters.length > 0) this.post(semaphore);
  }

  private waitsForPost(thread: Processor): boolean {
    for (const semaphore of this.semaphores.values()) if (semaphore.waiters.includes(thread)) return true;
    return false;
  }

  /** Whether everybody alive has entered the barrier that the thread wants to leave. */
  private open(thread: Processor): boolean {
    const number = this.left.get(thread)!;
    for (const other of this.alive) if (this.entered.get(other)! < number) return false;
    return true;
  }

  private *untilOpen(thread: Processor): Program {
    this.atBarrier.add(thread);
    while (!this.open(thread)) yield wait();
    this.atBarrier.delete(thread);
  }

  private releaseBarrier(): void {
    for (const thread of this.atBarrier) if (this.open(thread)) thread.wake();
  }

  private acquire(thread: Processor, lock: Lock): Program | null {
    if (lock.holder === null) {
      lock.holder = thread;
      return null;
    }
    lock.waiters.push(thread);
    return until(() => lock.holder === thread);
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
    return until(() => !semaphore.waiters.includes(thread));
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
}

function* until(condition: () => boolean): Program {
  while (!condition()) yield wait();
}
