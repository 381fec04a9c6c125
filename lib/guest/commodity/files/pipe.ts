/** A pipe: a ring of one page between those who write and those who read. Both ends are vnodes; each is open once at first. */
import { compute, store } from '../../../processor/operations.js';
import { ErrorNumber } from '../../../system/code.js';
import type { Channel, Code, KernelCore, KernelThread, Spinlock } from '../../../system/code.js';
import type { CachedPage, Vnode } from './vnode.js';
import { copyBytes } from './byte-copy.js';

/** What a pipe needs of kernel data: made once, used again and again by `PipePool`. */
export interface PipeSlot {
  readonly record: number;
  readonly lock: Spinlock;
  readonly readers: Channel;
  readonly writers: Channel;
}

/** Makes pipes. */
export class PipePool {
  private readonly core: KernelCore;
  private readonly lock: Spinlock;
  /** Guarded by `lock`. */
  private readonly slots: PipeSlot[] = [];
  private made = 0;

  constructor(core: KernelCore) {
    this.core = core;
    this.lock = core.spinlock('pipes');
  }

  /** A pipe whose two ends are vnodes of these numbers (`PageCache.newOwner` has more of them); or ENOMEM. */
  *make(thread: KernelThread, readId: number, writeId: number): Code<Pipe | number> {
    yield* this.core.work('pipe');
    const page = yield* this.core.takePage(thread);
    if (page < 0) return ErrorNumber.ENOMEM;
    yield* this.lock.acquire(thread);
    const slot = this.slots.pop() ?? this.slot();
    yield* this.lock.release(thread);
    return new Pipe(this.core, slot, page, readId, writeId, (last, gone) => this.give(last, gone));
  }

  private *give(thread: KernelThread, pipe: Pipe): Code {
    yield* this.core.givePage(thread, pipe.page);
    yield* this.lock.acquire(thread);
    this.slots.push(pipe.slot);
    yield* this.lock.release(thread);
  }

  private slot(): PipeSlot {
    const name = `pipe ${this.made++}`;
    return {
      record: this.core.allocate(name, 128),
      lock: this.core.spinlock(name),
      readers: this.core.channel(`${name} readers`),
      writers: this.core.channel(`${name} writers`),
    };
  }
}

/**
 * A write is one piece, whatever its size: no other write comes in between. A read takes what is there. Data is copied
 * without a lock held: one reader and one writer at a time have claimed their end.
 */
export class Pipe {
  readonly readEnd: PipeEnd;
  readonly writeEnd: PipeEnd;
  readonly slot: PipeSlot;
  readonly page: number;
  private readonly core: KernelCore;
  private readonly capacity: number;
  private readonly gone: (thread: KernelThread, pipe: Pipe) => Code;
  /** Guarded by the lock of the slot. */
  private head = 0;
  private used = 0;
  private reading = false;
  private writing = false;

  /** For PipePool. */
  constructor(
    core: KernelCore,
    slot: PipeSlot,
    page: number,
    readId: number,
    writeId: number,
    gone: (thread: KernelThread, pipe: Pipe) => Code,
  ) {
    this.core = core;
    this.slot = slot;
    this.page = page;
    this.gone = gone;
    this.capacity = core.pageBytes;
    this.readEnd = new PipeEnd(this, readId, false);
    this.writeEnd = new PipeEnd(this, writeId, true);
  }

  /** Bytes in the pipe. */
  get size(): number {
    return this.used;
  }

  /** Waits for bytes, and takes up to `bytes` of them; 0 at the end, when nobody writes any more. */
  *read(thread: KernelThread, address: number, bytes: number): Code<number> {
    if (bytes === 0) return 0;
    const { lock, readers, writers } = this.slot;
    yield* this.core.work('pipe read', this.slot.record);
    yield* lock.acquire(thread);
    while (this.reading || (this.used === 0 && this.writeEnd.opens > 0)) yield* readers.sleep(thread, lock);
    this.reading = true;
    const part = Math.min(bytes, this.used);
    const from = this.head;
    yield* lock.release(thread);
    yield* this.move(from, part, (ring, done, piece) => copyBytes(ring, address + done, piece));
    yield* lock.acquire(thread);
    this.reading = false;
    this.head = (this.head + part) % this.capacity;
    this.used -= part;
    yield store(this.slot.record, this.used);
    yield* lock.release(thread);
    yield* writers.wakeAll();
    yield* readers.wakeAll();
    return part;
  }

  /** Puts all bytes into the pipe, waiting for room. EPIPE if nobody reads any more; what was put is lost then. */
  *write(thread: KernelThread, address: number, bytes: number): Code<number> {
    const { lock, readers, writers } = this.slot;
    yield* this.core.work('pipe write', this.slot.record);
    yield* lock.acquire(thread);
    while (this.writing) yield* writers.sleep(thread, lock);
    this.writing = true;
    let done = 0;
    while (done < bytes && this.readEnd.opens > 0) {
      // In one piece if it can be: as much as that needs, or anything.
      const room = this.capacity - this.used;
      const part = Math.min(bytes - done, room);
      if (part === 0) {
        yield* writers.sleep(thread, lock);
        continue;
      }
      const to = (this.head + this.used) % this.capacity;
      yield* lock.release(thread);
      yield* this.move(to, part, (ring, moved, piece) => copyBytes(address + done + moved, ring, piece));
      yield* lock.acquire(thread);
      this.used += part;
      done += part;
      yield store(this.slot.record, this.used);
      yield* readers.wakeAll();
    }
    this.writing = false;
    const broken = this.readEnd.opens === 0;
    yield* lock.release(thread);
    yield* writers.wakeAll();
    return broken && done < bytes ? ErrorNumber.EPIPE : done;
  }

  /** An end is opened once more (1) or closed (-1). */
  *open(thread: KernelThread, end: PipeEnd, change: number): Code {
    const { lock, readers, writers, record } = this.slot;
    yield* lock.acquire(thread);
    if (end.opens === 0) throw new Error(`${lock.name}: an end is used that nobody has open`);
    end.opens += change;
    const left = this.readEnd.opens + this.writeEnd.opens;
    yield store(record + 4, left);
    yield* lock.release(thread);
    if (left === 0) yield* this.gone(thread, this);
    else if (end.opens === 0) {
      yield* readers.wakeAll();
      yield* writers.wakeAll();
    }
  }

  /** Copies between the ring and elsewhere, in two pieces around its end. */
  private *move(from: number, bytes: number, copyPiece: (ring: number, done: number, bytes: number) => Code): Code {
    const ring = this.core.addressOf(this.page);
    const first = Math.min(bytes, this.capacity - from);
    if (first > 0) yield* copyPiece(ring + from, 0, first);
    if (bytes > first) yield* copyPiece(ring, first, bytes - first);
  }
}

/** One end of a pipe. */
export class PipeEnd implements Vnode {
  readonly kind = 'pipe';
  readonly id: number;
  /** How often it is open; guarded by the lock of the pipe. */
  opens = 1;
  private readonly pipe: Pipe;
  private readonly writes: boolean;

  /** For Pipe. */
  constructor(pipe: Pipe, id: number, writes: boolean) {
    this.pipe = pipe;
    this.id = id;
    this.writes = writes;
  }

  get size(): number {
    return this.pipe.size;
  }

  *page(): Code<CachedPage | number> {
    yield compute(1);
    return ErrorNumber.EINVAL;
  }

  *release(): Code {}

  *read(thread: KernelThread, _offset: number, address: number, bytes: number): Code<number> {
    return this.writes ? ErrorNumber.EBADF : yield* this.pipe.read(thread, address, bytes);
  }

  *write(thread: KernelThread, _offset: number, address: number, bytes: number): Code<number> {
    return this.writes ? yield* this.pipe.write(thread, address, bytes) : ErrorNumber.EBADF;
  }

  *truncate(): Code<number> {
    yield compute(1);
    return ErrorNumber.EINVAL;
  }

  *opened(thread: KernelThread): Code {
    yield* this.pipe.open(thread, this, 1);
  }

  *closed(thread: KernelThread): Code {
    yield* this.pipe.open(thread, this, -1);
  }
}
