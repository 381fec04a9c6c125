/** The driver of one disk: a queue of requests, commands to the device, and the interrupts that end them. */
import { store } from '../../../../processor/operations.js';
import { ErrorNumber } from '../../../../system/code.js';
import type { Channel, Code, KernelCore, KernelThread, Spinlock } from '../../../../system/code.js';
import { SECTORS_PER_BLOCK } from './disk-layout.js';
import type { Completion, PageStore } from '../cache/page-store.js';

/** What a disk is told: whole pages of 4096 bytes, consecutive on the disk and anywhere in memory. */
export interface DiskRequest {
  readonly op: 'read' | 'write';
  /** First sector of 512 bytes, and how many. */
  readonly sector: number;
  readonly sectors: number;
  /** Physical pages, one for every eight sectors. */
  readonly pages: readonly number[];
  /** Comes back with the interrupt. */
  readonly tag: number;
}

/** The way down to the device. */
export interface DiskPort {
  /** Tells the disk; its interrupt comes later, even if it fails. Must not sleep. */
  start(command: DiskRequest): Code;
}

/** How the driver treats its queue. */
export interface DiskDriverOptions {
  /** Commands that the device may have at a time, 1 or more. */
  readonly depth: number;
  /** Requests in the order they came, or the next one upwards from where the last one began, then from the start again. */
  readonly order: 'arrival' | 'elevator';
}

interface Waiting {
  readonly request: DiskRequest;
  readonly done: Completion;
}

/** A disk as the kernel sees it. */
export class DiskDriver implements PageStore {
  readonly name: string;
  /** Commands that were sent, pages read and written, commands that failed, and the longest queue. */
  readonly stats = { commands: 0, pagesRead: 0, pagesWritten: 0, failed: 0, longestQueue: 0 };
  private readonly core: KernelCore;
  private readonly port: DiskPort;
  private readonly options: DiskDriverOptions;
  private readonly lock: Spinlock;
  private readonly over: Channel;
  private readonly record: number;
  /** All below is guarded by `lock`. */
  private readonly queue: Waiting[] = [];
  private readonly active = new Map<number, Waiting>();
  private position = 0;
  private lastTag = 0;

  /** The core hands the device's interrupts to `interrupt`. */
  constructor(core: KernelCore, name: string, port: DiskPort, options: DiskDriverOptions) {
    if (!Number.isSafeInteger(options.depth) || options.depth < 1)
      throw new RangeError(`a disk takes at least one command at a time, not ${options.depth}`);
    this.core = core;
    this.name = name;
    this.port = port;
    this.options = options;
    this.lock = core.spinlock(`${name} queue`);
    this.over = core.channel(`${name} transfer`);
    this.record = core.allocate(`${name} queue`, 128);
  }

  *start(thread: KernelThread, op: 'read' | 'write', block: number, pages: readonly number[], done: Completion): Code {
    yield* this.core.work('strategy', this.record);
    yield* this.lock.acquire(thread);
    const tag = (this.lastTag = (this.lastTag + 1) & 0xfffff);
    const sectors = pages.length * SECTORS_PER_BLOCK;
    this.queue.push({ request: { op, sector: block * SECTORS_PER_BLOCK, sectors, pages, tag }, done });
    this.stats.longestQueue = Math.max(this.stats.longestQueue, this.queue.length);
    yield* this.sendNext(thread);
  }

  /** Transfers and waits for the end: 0, or an ErrorNumber. */
  *transfer(thread: KernelThread, op: 'read' | 'write', block: number, pages: readonly number[]): Code<number> {
    let result: number | null = null;
    const { lock, over } = this;
    yield* this.start(thread, op, block, pages, function* (interrupted, error) {
      yield* lock.acquire(interrupted);
      result = error;
      yield* lock.release(interrupted);
      yield* over.wakeAll();
    });
    yield* lock.acquire(thread);
    while (result === null) yield* over.sleep(thread, lock);
    yield* lock.release(thread);
    return result;
  }

  /**
   * The end of the command with this tag, in interrupt context. `thread`: who was interrupted, or whoever stands for the
   * processor. `status`: 0 if all went well. Throws an Error if no such command is under way.
   */
  *interrupt(thread: KernelThread, tag: number, status: number): Code {
    yield* this.core.work('disk interrupt', this.record);
    yield* this.lock.acquire(thread);
    const over = this.active.get(tag);
    if (over === undefined) throw new Error(`${this.name} interrupts for command ${tag}, which is not under way`);
    this.active.delete(tag);
    if (status !== 0) this.stats.failed++;
    else if (over.request.op === 'read') this.stats.pagesRead += over.request.pages.length;
    else this.stats.pagesWritten += over.request.pages.length;
    yield* this.sendNext(thread);
    yield* over.done(thread, status === 0 ? 0 : ErrorNumber.EIO);
  }

  /** Sends the next request if the device takes it. Called with the lock held, which it releases. */
  private *sendNext(thread: KernelThread): Code {
    const next = this.active.size < this.options.depth ? this.takeNext() : null;
    if (next !== null) {
      this.active.set(next.request.tag, next);
      this.position = next.request.sector;
      this.stats.commands++;
    }
    yield store(this.record, this.queue.length);
    yield* this.lock.release(thread);
    if (next !== null) yield* this.port.start(next.request);
  }

  private takeNext(): Waiting | null {
    if (this.queue.length === 0) return null;
    let best = 0;
    if (this.options.order === 'elevator')
      for (let k = 1; k < this.queue.length; k++) if (this.distance(k) < this.distance(best)) best = k;
    return this.queue.splice(best, 1)[0];
  }

  /** How far a request is from where the last one began; those behind come after all those ahead. */
  private distance(k: number): number {
    const sectors = this.queue[k].request.sector - this.position;
    return sectors >= 0 ? sectors : sectors + 2 ** 40;
  }
}
