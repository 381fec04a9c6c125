/**
 * Recorded threads as threads of a process of a guest: their references as recorded, their synchronisation through user-level
 * locks in memory that they share. Who waits for whom is as the machine has it.
 */
import { semaphore, sproc } from '../guest/commodity/calls/system-calls.js';
import { block, type Program } from '../processor/operations.js';
import type { RecordedStream } from '../traces/trace.js';
import { userSteps, type UserRequest } from './user-steps.js';
import { acquireLock, LOCK_BYTES, releaseLock, UserBarrier, UserSemaphore } from './user-locks.js';
import type { Code } from '../system/code.js';

/** Where the words of locks are: below the pages of packed programs, so that they need no page table of their own. */
export const ARENA = 0x3c0000;
const PAGE_BYTES = 4096;

/** The lock that recorded threads acquire most often; -1 if they have none. */
export function busiestLock(streams: readonly RecordedStream[]): number {
  const counts = new Map<number, number>();
  for (const { marks } of streams)
    for (const mark of marks)
      if (mark.kind === 'lock-acquired') counts.set(mark.lock, (counts.get(mark.lock) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [-1, 0] as const)[0];
}

/** What threads share: the places of barrier, locks and semaphores. */
export class SharedWords {
  /** Pages of them, from ARENA on. */
  readonly pages: number;
  readonly locks: ReadonlyMap<number, number>;
  readonly semaphores: ReadonlyMap<number, number>;
  readonly barrier = ARENA;

  constructor(streams: readonly RecordedStream[]) {
    const locks = new Map<number, number>();
    const semaphores = new Map<number, number>();
    let next = ARENA + UserBarrier.bytes;
    const place = (words: Map<number, number>, id: number): void => {
      if (words.has(id)) return;
      words.set(id, next);
      next += LOCK_BYTES;
    };
    for (const { marks } of streams)
      for (const mark of marks) {
        if ('lock' in mark) place(locks, mark.lock);
        else if ('semaphore' in mark) place(semaphores, mark.semaphore);
      }
    this.locks = locks;
    this.semaphores = semaphores;
    this.pages = Math.ceil((next - ARENA) / PAGE_BYTES);
  }
}

/** A lock of which a thread takes only each `every`th, the first included; what it did under the others is left out with them. */
export interface ThinnedLock {
  /** Its recorded address. */
  readonly lock: number;
  readonly every: number;
}

/** The synchronisation of one process. Made by its first thread, before there are others. */
export class ThreadSynchronisation {
  readonly barrier: UserBarrier;
  private readonly locks: ReadonlyMap<number, number>;
  private readonly semaphores: ReadonlyMap<number, UserSemaphore>;

  private constructor(words: SharedWords, barrier: UserBarrier, semaphores: ReadonlyMap<number, UserSemaphore>) {
    this.locks = words.locks;
    this.barrier = barrier;
    this.semaphores = semaphores;
  }

  /** Asks the kernel for its semaphores. */
  static *make(words: SharedWords, threads: number): Code<ThreadSynchronisation> {
    const sleepers = [yield semaphore(0), yield semaphore(0)] as const;
    const semaphores = new Map<number, UserSemaphore>();
    for (const [id, address] of words.semaphores) semaphores.set(id, new UserSemaphore(address, yield semaphore(0)));
    return new ThreadSynchronisation(words, new UserBarrier(words.barrier, threads, sleepers), semaphores);
  }

  /**
   * Executes a recorded thread: of the references between two operations of synchronisation the first `fraction`. It ends
   * with no lock held, and releases none that it has not acquired: a recorded window may begin or end inside.
   */
  *replay(stream: RecordedStream, fraction: number, thinned?: ThinnedLock): Code {
    const held = new Set<number>();
    let acquisitions = 0;
    let left = false;
    for (const { from, to, request } of userSteps(stream)) {
      const end = from + Math.ceil((to - from) * fraction);
      if (end > from && !left) yield block(stream, from, end);
      left = request?.sync === 'acquire' && request.lock === thinned?.lock && acquisitions++ % thinned.every !== 0;
      if (request !== null && !left) yield* this.serve(request, held);
    }
    for (const address of held) yield* releaseLock(address);
  }

  private *serve(request: UserRequest, held: Set<number>): Code {
    switch (request.sync) {
      case 'meet':
        return yield* this.barrier.meet();
      case 'acquire':
        return yield* this.acquire(this.locks.get(request.lock)!, held);
      case 'release':
        if (held.delete(this.locks.get(request.lock)!)) yield* releaseLock(this.locks.get(request.lock)!);
        return;
      case 'post':
        return yield* this.semaphores.get(request.semaphore)!.post();
      case 'wait':
        return yield* this.semaphores.get(request.semaphore)!.wait();
    }
  }

  private *acquire(address: number, held: Set<number>): Code {
    if (held.has(address)) return;
    yield* acquireLock(address);
    held.add(address);
  }
}

/** Has as many threads execute `thread`, each with its number: the calling one is number 0. Throws an Error if the kernel has none. */
export function* withThreads(threads: number, thread: (number: number) => Program): Code {
  for (let number = 1; number < threads; number++) {
    const made = yield sproc(() => thread(number));
    if (made < 0) throw new Error(`thread ${number} of ${threads} cannot be made: error ${made}`);
  }
  yield* all(thread(0));
}

function* all(program: Program): Code {
  let result = 0;
  for (;;) {
    const next = program.next(result);
    if (next.done === true) return;
    result = yield next.value;
  }
}
