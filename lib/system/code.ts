/**
 * Code of kernels, of the monitor and of users, and what parts of the commodity kernel are to each other: threads, locks,
 * channels and frames. Each part is written against these and knows nothing of the machine below, or of the parts beside it.
 */
import type { Operation } from '../processor/operations.js';

/**
 * A piece of a program: yields operations to the processor it runs on, takes their results, and returns a value. Code of
 * system software runs at the present, so between two operations it may look at and change what the kernel or monitor knows;
 * no other processor is in between. Code of the monitor runs with interrupts off and is interrupted only where it yields `wait`.
 */
export type Code<T = void> = Generator<Operation, T, number>;

/** A kernel thread: who executes kernel code, on whichever processor it is at the moment. One per process. */
export interface KernelThread {
  /** Number, unique among those of a kernel, from 1. */
  readonly id: number;
  readonly name: string;
  /** Kernel virtual address of its process record (one line of the coherence protocol at least). */
  readonly record: number;
}

/** A lock that is spun on, at a real address: a load-linked and a store-conditional. Not recursive, not held over a sleep. */
export interface Spinlock {
  readonly name: string;
  readonly address: number;
  /** Acquires it; spins while somebody else holds it, with interrupts off. */
  acquire(thread: KernelThread): Code;
  /** Releases it. Throws unless the thread holds it. */
  release(thread: KernelThread): Code;
}

/** Where threads sleep until somebody wakes them. */
export interface Channel {
  readonly name: string;
  /**
   * Sleeps until a wake-up that comes after this call. Releases `lock` first, without letting a wake-up slip in between,
   * and acquires it again before it returns. Somebody else may have been faster: check the condition again.
   */
  sleep(thread: KernelThread, lock?: Spinlock): Code;
  /** Wakes the thread that has slept longest; false if none sleeps. */
  wakeOne(): Code<boolean>;
  /** Wakes all. */
  wakeAll(): Code;
}

/** A lock that is slept on. */
export interface SleepLock {
  readonly name: string;
  /** Acquires it; sleeps while somebody else holds it. */
  acquire(thread: KernelThread): Code;
  /** Releases it, and wakes one who waits. */
  release(thread: KernelThread): Code;
}

/** A lock that is slept on, held by one, or by many who share it. Whoever wants it alone may be overtaken by sharers. */
export interface SharedSleepLock extends SleepLock {
  /** Acquires it together with others; sleeps while somebody holds it alone. */
  acquireShared(thread: KernelThread): Code;
  /** Releases what was acquired so. */
  releaseShared(thread: KernelThread): Code;
}

/** Physical pages of memory that nobody uses, and what every part needs besides. */
export interface KernelCore {
  /** Bytes of a page, 4096. */
  readonly pageBytes: number;
  /** Makes a lock at an address of its own line. For set-up, before the kernel runs or when an object is made. */
  spinlock(name: string): Spinlock;
  /** Makes a channel. */
  channel(name: string): Channel;
  /** Makes a lock that is slept on. */
  sleepLock(name: string): SleepLock;
  /** Kernel virtual address of fresh kernel data that lives for ever: whole lines, aligned. For set-up. */
  allocate(name: string, bytes: number): number;
  /**
   * A physical page, its content whatever it was; -1 if memory is exhausted even after reclaiming. `use`, for the memory
   * report: 'file' unless given.
   */
  takePage(thread: KernelThread, use?: 'file' | 'network'): Code<number>;
  /** Gives a physical page back. */
  givePage(thread: KernelThread, page: number): Code;
  /** Kernel virtual address of a physical page. */
  addressOf(page: number): number;
  /** Kernel virtual address of those 40 bytes of a physical page's descriptor that belong to whoever uses the page. */
  userRecordOf(page: number): number;
  /**
   * Executes the instructions of a step of a service (names in profile.ts), with the data that it touches besides given
   * objects. Those are records of the kernel's own whose second word counts such steps, never data of somebody.
   */
  work(step: string, ...objects: readonly number[]): Code;
  /** Called when memory is short: frees up to `pages` pages that can be had without waiting, and says how many. */
  onPressure(reclaim: (thread: KernelThread, pages: number) => Code<number>): void;
  /** The present in nanoseconds of the kernel's own clock, as of the last tick of its timer. */
  readonly tickNs: number;
}

/** Results of system calls that failed: negative numbers. Numbers as in SVR4. */
export const ErrorNumber = {
  ENOENT: -2,
  EIO: -5,
  E2BIG: -7,
  EBADF: -9,
  ECHILD: -10,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EFAULT: -14,
  EEXIST: -17,
  ENOTDIR: -20,
  EISDIR: -21,
  EINVAL: -22,
  EMFILE: -24,
  EFBIG: -27,
  ENOSPC: -28,
  ESPIPE: -29,
  EROFS: -30,
  EPIPE: -32,
  ENAMETOOLONG: -78,
  ENOTEMPTY: -93,
  EMSGSIZE: -97,
  EADDRINUSE: -125,
  ENOBUFS: -132,
  ETIMEDOUT: -145,
  ESTALE: -151,
} as const;
