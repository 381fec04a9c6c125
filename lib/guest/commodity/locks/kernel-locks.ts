/** The spinlocks of a kernel: those that it begins with, those that its parts ask for, and what was counted of them. */
import { LINE_BYTES } from '../address-layout.js';
import type { KernelData } from '../memory/kernel-data.js';
import { KernelSpinlock, type LockStatistics } from './spinlock.js';

/** Spinlocks that guard the flags of all sleeping locks: enough that strangers hardly meet. */
const SLEEP_LOCK_GUARDS = 32;

/** Makes spinlocks, each on a line of its own. */
export class KernelLocks {
  /** Of the scheduler. */
  readonly runq: KernelSpinlock;
  /** Of physical memory. */
  readonly memlock: KernelSpinlock;
  private readonly data: KernelData;
  private readonly spinCycles: number;
  /** No lock: changed between yields only, as `guarded`. */
  private readonly made: KernelSpinlock[] = [];
  private readonly guards: readonly KernelSpinlock[];
  private guarded = 0;

  /** `spinCycles` are those of a turn of the loop that waits for a lock. */
  constructor(data: KernelData, spinCycles: number) {
    this.data = data;
    this.spinCycles = spinCycles;
    this.runq = this.spinlock('runq');
    this.guards = Array.from({ length: SLEEP_LOCK_GUARDS }, () => this.spinlock('sleep locks'));
    this.memlock = this.spinlock('memlock');
  }

  /** A lock of its own line. */
  spinlock(name: string): KernelSpinlock {
    const lock = new KernelSpinlock(name, this.data.allocate(LINE_BYTES), this.spinCycles);
    this.made.push(lock);
    return lock;
  }

  /** The spinlock that guards the next lock that is slept on: each in turn. */
  nextGuard(): KernelSpinlock {
    return this.guards[this.guarded++ % SLEEP_LOCK_GUARDS];
  }

  /** Locks with what was counted of them, in the order in which they were made. */
  statistics(): readonly { readonly name: string; readonly statistics: LockStatistics }[] {
    return this.made.map(({ name, statistics }) => ({ name, statistics }));
  }
}
