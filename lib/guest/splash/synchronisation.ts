/**
 * Locks, barriers and semaphores of SPLASHOS: load-linked and store-conditional on words in memory, each in a line of its
 * own. What a program sees of each other's data is ordered by them and by nothing else.
 */
import { loadLinked, store, storeConditional } from '../../processor/operations.js';
import { GuestError } from '../../system/guest-error.js';
import type { SplashThread } from './threads.js';
import type { Code } from '../../system/code.js';

/** Cycles that the first thread waits after its first failure, and how often the wait doubles at most. */
const BACK_OFF_CYCLES = 8;
const MOST_DOUBLINGS = 9;
/** Threads of which no two wait equally long. */
const DIFFERENT = 16;

/**
 * Waits after a store-conditional that failed. Threads that try in step take the line from each other between load-linked
 * and store-conditional for ever, even when each fails: so each waits longer than before, and none as long as another.
 */
function* backOff(thread: SplashThread, failures: number): Code {
  const turns = (thread.number % DIFFERENT) + 1;
  yield* thread.pause((BACK_OFF_CYCLES * turns) << Math.min(failures, MOST_DOUBLINGS));
}

/** A lock: the word is 0, or 1 more than the number of the thread that holds it. Not recursive. */
export class SplashLock {
  readonly address: number;

  constructor(address: number) {
    this.address = address;
  }

  /** Acquires it; waits while another thread holds it. Throws a GuestError if this one does. */
  *acquire(thread: SplashThread): Code {
    const own = thread.number + 1;
    for (let failures = 0; ;) {
      const found = yield loadLinked(this.address);
      if (found === own) throw new GuestError(`thread ${thread.number} acquires a lock that it holds`);
      if (found !== 0) yield* thread.waitWhile(this.address, found);
      else if ((yield storeConditional(this.address, own)) === 1) return;
      else yield* backOff(thread, failures++);
    }
  }

  /** Releases it. Whoever holds it may. */
  *release(): Code {
    yield store(this.address, 0);
  }
}

/** Where the parties stand among the bits of a barrier's word; below is how many have arrived. */
const PARTIES_SHIFT = 16;
const ARRIVED = 0xffff;

/** A barrier: nobody leaves before everybody has arrived. Always the same threads, of which some may resign. */
export class SplashBarrier {
  /** Word of parties and arrivals, and the number of times that all have arrived. */
  readonly address: number;
  readonly rounds: number;
  readonly parties: number;
  /** Arrivals of each thread: the rounds that have been completed before its last. An entry is its thread's own. */
  private readonly arrivals = new Map<SplashThread, number>();

  /** `threads` are those that meet. */
  constructor(address: number, rounds: number, threads: readonly SplashThread[]) {
    this.address = address;
    this.rounds = rounds;
    this.parties = threads.length;
    for (const thread of threads) this.arrivals.set(thread, 0);
  }

  /** What the word is before anybody has come. */
  get initial(): number {
    return this.parties << PARTIES_SHIFT;
  }

  /** Arrives and leaves. */
  *meet(thread: SplashThread): Code {
    yield* this.arrive(thread);
    yield* this.leave(thread);
  }

  /** Says that a thread has come. */
  *arrive(thread: SplashThread): Code {
    const round = this.arrivalsOf(thread);
    this.arrivals.set(thread, round + 1);
    for (let failures = 0; ; failures++) {
      const word = yield loadLinked(this.address);
      const parties = word >>> PARTIES_SHIFT;
      const last = (word & ARRIVED) + 1 === parties;
      if ((yield storeConditional(this.address, last ? parties << PARTIES_SHIFT : word + 1)) === 1) {
        if (last) yield store(this.rounds, round + 1);
        return;
      }
      yield* backOff(thread, failures);
    }
  }

  /** Waits for the others of the round that the thread has arrived in. */
  *leave(thread: SplashThread): Code {
    yield* thread.waitWhile(this.rounds, this.arrivalsOf(thread) - 1);
  }

  /** A thread comes no more. */
  *resign(thread: SplashThread): Code {
    const round = this.arrivalsOf(thread);
    for (let failures = 0; ; failures++) {
      const word = yield loadLinked(this.address);
      const parties = (word >>> PARTIES_SHIFT) - 1;
      const last = parties > 0 && (word & ARRIVED) === parties;
      const rest = last ? 0 : word & ARRIVED;
      if ((yield storeConditional(this.address, (parties << PARTIES_SHIFT) | rest)) === 1) {
        if (last) yield store(this.rounds, round + 1);
        return;
      }
      yield* backOff(thread, failures);
    }
  }

  private arrivalsOf(thread: SplashThread): number {
    const arrivals = this.arrivals.get(thread);
    if (arrivals === undefined) throw new GuestError(`thread ${thread.number} comes to a barrier of others`);
    return arrivals;
  }
}

/** A counting semaphore. */
export class SplashSemaphore {
  readonly address: number;
  readonly initial: number;

  constructor(address: number, initial: number) {
    this.address = address;
    this.initial = initial;
  }

  /** Raises it by one. */
  *post(thread: SplashThread): Code {
    for (let failures = 0; ; failures++) {
      const count = yield loadLinked(this.address);
      if ((yield storeConditional(this.address, count + 1)) === 1) return;
      yield* backOff(thread, failures);
    }
  }

  /** Lowers it by one; waits while it is 0. */
  *wait(thread: SplashThread): Code {
    for (let failures = 0; ;) {
      const count = yield loadLinked(this.address);
      if (count === 0) yield* thread.waitWhile(this.address, 0);
      else if ((yield storeConditional(this.address, count - 1)) === 1) return;
      else yield* backOff(thread, failures++);
    }
  }
}
