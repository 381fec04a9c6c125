/** The daemons of the client of NFS (biod): read pages before somebody needs them, and write pages while nobody waits. */
import type { Channel, Code, KernelCore, KernelThread, Spinlock } from '../../../../system/code.js';
import type { NfsIo } from './nfs-io.js';
import type { NfsVnode } from './nfs-vnode.js';

/** What a daemon is told to do. */
export interface Request {
  readonly vnode: NfsVnode;
  readonly index: number;
  /** That of the vnode when it was told: in a later one the request is void. */
  readonly epoch: number;
  readonly write: boolean;
}

/** As many daemons as there are threads that execute `biod`. */
export class NfsDaemons {
  readonly stats = { aheads: 0, behinds: 0, untold: 0 };
  private readonly core: KernelCore;
  private readonly io: NfsIo;
  private readonly most: number;
  private readonly record: number;
  private readonly lock: Spinlock;
  private readonly told: Channel;
  /** All below is guarded by `lock`. */
  private readonly requests: Request[] = [];
  private running = 0;
  private stopped = false;

  /** `most`: requests that may wait. */
  constructor(core: KernelCore, io: NfsIo, most: number) {
    this.core = core;
    this.io = io;
    this.most = most;
    this.record = core.allocate('biod', 128);
    this.lock = core.spinlock('biod');
    this.told = core.channel('biod');
  }

  /** Daemons that run. */
  get length(): number {
    return this.running;
  }

  /** Body of a daemon; ends when they are stopped. */
  *biod(thread: KernelThread): Code {
    this.running++;
    for (;;) {
      yield* this.lock.acquire(thread);
      while (this.requests.length === 0 && !this.stopped) yield* this.told.sleep(thread, this.lock);
      const request = this.requests.shift();
      yield* this.lock.release(thread);
      if (request === undefined) break;
      yield* this.perform(thread, request);
    }
    this.running--;
  }

  /** Daemons end when they have done what they were told. */
  *stop(thread: KernelThread): Code {
    yield* this.lock.acquire(thread);
    this.stopped = true;
    yield* this.told.wakeAll();
    yield* this.lock.release(thread);
  }

  /** Tells a daemon to do something; false if there is none, or too much to do already. */
  *tell(thread: KernelThread, request: Request): Code<boolean> {
    yield* this.lock.acquire(thread);
    const heard = this.running > 0 && !this.stopped && this.requests.length < this.most;
    if (heard) {
      if (request.write) request.vnode.queued++;
      this.requests.push(request);
      yield* this.told.wakeOne();
    }
    yield* this.lock.release(thread);
    this.stats[heard ? (request.write ? 'behinds' : 'aheads') : 'untold']++;
    return heard;
  }

  private *perform(thread: KernelThread, { vnode, index, epoch, write }: Request): Code {
    yield* this.core.work('biod', this.record);
    if (!write) return yield* this.io.prefetch(thread, vnode, index, epoch);
    if (epoch === vnode.epoch) yield* this.io.writePage(thread, vnode, index);
    yield* vnode.unqueue(thread);
  }
}
