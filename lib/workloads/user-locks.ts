/**
 * Locks, semaphores and barriers of user programs in the manner of IRIX's arenas: words in shared memory, changed with load-linked
 * and store-conditional. Who must wait spins for a while, and then gives its processor away: to others with `sginap`, or in
 * a semaphore of the kernel.
 */
import { semaphorePost, semaphoreWait, sginap } from '../guest/commodity/calls/system-calls.js';
import { compute, load, loadLinked, store, storeConditional } from '../processor/operations.js';
import type { Code } from '../system/code.js';

/**
 * Instructions between two looks of a waiter: they double up to a limit, so that many waiters do not fall upon one line
 * together (Anderson, 1990). After `PATIENCE` instructions in all, 25 us at 400 MHz, it gives up its processor.
 */
const FIRST_WAIT = 32;
const LONGEST_WAIT = 1024;
const PATIENCE = 10_000;
/**
 * Instructions after a store-conditional that failed, doubled so often at most: 40 us. Threads that try again at once take the line
 * from each other between load-linked and store-conditional for ever, where the home is so busy that a store-conditional is
 * on its way for longer than it takes the others to try.
 */
const FIRST_BACK_OFF = 32;
const MOST_DOUBLINGS = 9;

/** Bytes between words that are used by themselves: a line of the second level. */
export const LOCK_BYTES = 128;

/** Takes the lock at an address: 0 is free. */
export function* acquireLock(address: number): Code {
  for (let failures = 0; ;) {
    if ((yield loadLinked(address)) === 0) {
      if ((yield storeConditional(address, 1)) === 1) return;
      yield* backOff(failures++);
    }
    if (!(yield* spin(address, value => value === 0))) yield sginap();
  }
}

/** Gives it back. */
export function* releaseLock(address: number): Code {
  yield store(address, 0);
}

/** A counting semaphore: its count at an address, below 0 by the number of those who sleep in a semaphore of the kernel, of value 0. */
export class UserSemaphore {
  private readonly address: number;
  private readonly sleepers: number;

  constructor(address: number, sleepers: number) {
    this.address = address;
    this.sleepers = sleepers;
  }

  *wait(): Code {
    yield* spin(this.address, value => value > 0);
    if ((yield* add(this.address, -1)) <= 0) yield semaphoreWait(this.sleepers);
  }

  *post(): Code {
    if ((yield* add(this.address, 1)) < 0) yield semaphorePost(this.sleepers);
  }
}

/**
 * A barrier on two lines from an address on. Those who sleep do so in two semaphores of the kernel, of value 0, in turn: nobody
 * can reach the next barrier but one before all have left this one.
 */
export class UserBarrier {
  /** Bytes that it takes. */
  static readonly bytes = 2 * LOCK_BYTES;
  private readonly address: number;
  private readonly threads: number;
  private readonly sleepers: readonly [number, number];

  constructor(address: number, threads: number, sleepers: readonly [number, number]) {
    this.address = address;
    this.threads = threads;
    this.sleepers = sleepers;
  }

  /** Waits until all threads have called it. */
  *meet(): Code {
    const { address, threads } = this;
    const generation = address + LOCK_BYTES;
    yield* acquireLock(address);
    const number = yield load(generation);
    const arrived = (yield load(address + 4)) + 1;
    if (arrived === threads) return yield* this.open(number);
    yield store(address + 4, arrived);
    yield* releaseLock(address);
    if (yield* spin(generation, value => value !== number)) return;
    yield* acquireLock(address);
    const late = (yield load(generation)) !== number;
    if (!late) yield store(address + 8, (yield load(address + 8)) + 1);
    yield* releaseLock(address);
    if (!late) yield semaphoreWait(this.sleepers[number & 1]);
  }

  /** The last one lets all go on. */
  private *open(number: number): Code {
    const { address } = this;
    const asleep = yield load(address + 8);
    yield store(address + 4, 0);
    yield store(address + 8, 0);
    yield store(address + LOCK_BYTES, number + 1);
    yield* releaseLock(address);
    if (asleep > 0) yield semaphorePost(this.sleepers[number & 1], asleep);
  }
}

/** Looks until the word is as wished, or the patience of a waiter ends: whether it is. */
function* spin(address: number, wished: (value: number) => boolean): Code<boolean> {
  let wait = FIRST_WAIT;
  for (let waited = 0; waited < PATIENCE; waited += wait) {
    if (wished(yield load(address))) return true;
    yield compute(wait);
    wait = Math.min(2 * wait, LONGEST_WAIT);
  }
  return false;
}

/** Adds to a word in one step: what was there before. */
function* add(address: number, count: number): Code<number> {
  for (let failures = 0; ; failures++) {
    const value = yield loadLinked(address);
    if ((yield storeConditional(address, value + count)) === 1) return value;
    yield* backOff(failures);
  }
}

/** Waits after so many failures before this one. */
function* backOff(failures: number): Code {
  yield compute(FIRST_BACK_OFF << Math.min(failures, MOST_DOUBLINGS));
}
