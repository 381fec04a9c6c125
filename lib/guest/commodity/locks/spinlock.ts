/** A spinning lock at a real address: load-linked and store-conditional, and between tries a loop on a copy of the line. */
import { Activity } from '../../../processor/software.js';
import {
  annotate,
  compute,
  loadLinked,
  presentNs,
  spinWhile,
  store,
  storeConditional,
} from '../../../processor/operations.js';
import type { Code, KernelThread, Spinlock } from '../../../system/code.js';

/** What is counted of a lock. */
export interface LockStatistics {
  acquisitions: number;
  /** Acquisitions that found the lock held. */
  contended: number;
  /** Simulated nanoseconds from the first try to the last of acquisitions that took more than one. */
  waitedNs: number;
}

/** Whoever holds a lock without being a thread: a wake-up, which may come from an interrupt. */
export const NOBODY: KernelThread = { id: -1, name: 'a wake-up', record: 0 };

/** A lock. Its word is 0 when it is free, else the number of the thread that holds it. */
export class KernelSpinlock implements Spinlock {
  readonly name: string;
  readonly address: number;
  readonly statistics: LockStatistics = { acquisitions: 0, contended: 0, waitedNs: 0 };
  private readonly spinCycles: number;
  /** Changed by who has just taken the word, or is about to give it back. */
  private holder = 0;

  constructor(name: string, address: number, spinCycles: number) {
    this.name = name;
    this.address = address;
    this.spinCycles = spinCycles;
  }

  *acquire(thread: KernelThread): Code {
    if (this.holder === thread.id && thread !== NOBODY)
      throw new Error(`${thread.name} acquires ${this.name}, which it holds already`);
    this.statistics.acquisitions++;
    let contended = false;
    let failures = 0;
    let from = -1;
    for (;;) {
      const found = yield loadLinked(this.address);
      if (found === 0) {
        if ((yield storeConditional(this.address, thread.id)) === 1) break;
        if (from < 0) from = yield presentNs();
        const activity = yield annotate(-1, Activity.Synchronisation);
        yield compute(backOff(thread.id, failures++));
        yield annotate(-1, activity);
      } else {
        if (!contended) this.statistics.contended++;
        contended = true;
        if (from < 0) from = yield presentNs();
        const activity = yield annotate(-1, Activity.Synchronisation);
        yield spinWhile(this.address, found, this.spinCycles);
        yield annotate(-1, activity);
      }
    }
    this.holder = thread.id;
    if (from >= 0) this.statistics.waitedNs += (yield presentNs()) - from;
  }

  *release(thread: KernelThread): Code {
    if (this.holder !== thread.id)
      throw new Error(
        `${thread.name} releases ${this.name}, which ${this.holder === 0 ? 'is free' : `thread ${this.holder} holds`}`,
      );
    this.holder = 0;
    yield store(this.address, 0);
  }

  /** Passes the lock on to another thread without releasing it, as a switch of threads does. */
  handOver(from: KernelThread, to: KernelThread): void {
    if (this.holder !== from.id) throw new Error(`${from.name} hands over ${this.name}, which it does not hold`);
    this.holder = to.id;
  }
}

/**
 * Cycles until the next try, after so many that lost the line: processors in step that all try again at once take the line
 * from each other for ever, and none of them stores. They double up to 40 us, since a home with many waiters takes that long to
 * serve all of them.
 */
function backOff(id: number, failures: number): number {
  return (1 + ((id * 13 + failures * 29) & 63)) << Math.min(failures, 8);
}
