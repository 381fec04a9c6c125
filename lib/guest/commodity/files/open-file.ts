/** Open files: a vnode, how it was opened, and the offset that all share who got it from each other. */
import { store } from '../../../processor/operations.js';
import { ErrorNumber } from '../../../system/code.js';
import type { Code, KernelCore, KernelThread, SleepLock, Spinlock } from '../../../system/code.js';
import type { Vnode } from './vnode.js';

/** How a file is opened. */
export interface OpenMode {
  readonly read: boolean;
  readonly write: boolean;
  /** Every write goes to the end of the file. */
  readonly append?: boolean;
}

/** Where an offset is counted from. */
export const Whence = { Set: 0, Current: 1, End: 2 } as const;

interface OpenFileSlot {
  readonly record: number;
  readonly offsetLock: SleepLock;
}

/** The open files of a kernel. */
export class OpenFileTable {
  private readonly core: KernelCore;
  private readonly lock: Spinlock;
  /** Guarded by `lock`, as are the counts of the files. */
  private readonly slots: OpenFileSlot[] = [];
  private made = 0;

  constructor(core: KernelCore) {
    this.core = core;
    this.lock = core.spinlock('open files');
  }

  /** A file opened once, from its beginning. Takes over the caller's reference to the vnode. */
  *open(thread: KernelThread, vnode: Vnode, mode: OpenMode): Code<OpenFile> {
    yield* this.lock.acquire(thread);
    const slot = this.slots.pop() ?? this.slot();
    yield* this.core.work('falloc', slot.record);
    yield* this.lock.release(thread);
    return new OpenFile(this.core, vnode, mode, slot);
  }

  /** Somebody has it once more. */
  *share(thread: KernelThread, file: OpenFile): Code {
    yield* this.lock.acquire(thread);
    file.count++;
    yield store(file.slot.record, file.count);
    yield* this.lock.release(thread);
  }

  /** Somebody has it no more; the last closes the vnode. */
  *close(thread: KernelThread, file: OpenFile): Code {
    yield* this.lock.acquire(thread);
    if (file.count === 0) throw new Error('a file is closed once more than it was opened');
    file.count--;
    yield store(file.slot.record, file.count);
    const last = file.count === 0;
    if (last) this.slots.push(file.slot);
    yield* this.lock.release(thread);
    if (last) yield* file.vnode.closed(thread);
  }

  private slot(): OpenFileSlot {
    const name = `open file ${this.made++}`;
    return { record: this.core.allocate(name, 64), offsetLock: this.core.sleepLock(name) };
  }
}

/** An open file. */
export class OpenFile {
  readonly vnode: Vnode;
  readonly mode: OpenMode;
  readonly slot: OpenFileSlot;
  /** Guarded by the table. */
  count = 1;
  private readonly core: KernelCore;
  /** In bytes; guarded by the slot's lock. */
  private offset = 0;

  /** For OpenFileTable. */
  constructor(core: KernelCore, vnode: Vnode, mode: OpenMode, slot: OpenFileSlot) {
    this.core = core;
    this.vnode = vnode;
    this.mode = mode;
    this.slot = slot;
  }

  /** Reads from the offset on, which moves. Those who share it never read the same bytes. */
  *read(thread: KernelThread, address: number, bytes: number): Code<number> {
    if (!this.mode.read) return ErrorNumber.EBADF;
    if (this.vnode.kind === 'pipe') return yield* this.vnode.read(thread, 0, address, bytes);
    yield* this.slot.offsetLock.acquire(thread);
    const done = yield* this.vnode.read(thread, this.offset, address, bytes);
    return yield* this.move(thread, this.offset, done);
  }

  /** Writes from the offset on, which moves. Appends at the end. */
  *write(thread: KernelThread, address: number, bytes: number): Code<number> {
    if (!this.mode.write) return ErrorNumber.EBADF;
    if (this.vnode.kind === 'pipe') return yield* this.vnode.write(thread, 0, address, bytes);
    yield* this.slot.offsetLock.acquire(thread);
    const from = this.mode.append === true ? this.vnode.size : this.offset;
    const done = yield* this.vnode.write(thread, from, address, bytes);
    return yield* this.move(thread, from, done);
  }

  /** Moves the offset, and returns it. EINVAL for one below 0, ESPIPE for pipes. */
  *seek(thread: KernelThread, offset: number, whence: number): Code<number> {
    if (this.vnode.kind === 'pipe') return ErrorNumber.ESPIPE;
    if (whence < Whence.Set || whence > Whence.End) return ErrorNumber.EINVAL;
    yield* this.core.work('lseek', this.slot.record);
    yield* this.slot.offsetLock.acquire(thread);
    const from = whence === Whence.Set ? 0 : whence === Whence.Current ? this.offset : this.vnode.size;
    const to = from + offset;
    if (to >= 0) this.offset = to;
    yield store(this.slot.record + 8, this.offset);
    yield* this.slot.offsetLock.release(thread);
    return to >= 0 ? to : ErrorNumber.EINVAL;
  }

  private *move(thread: KernelThread, from: number, done: number): Code<number> {
    if (done >= 0) this.offset = from + done;
    yield store(this.slot.record + 8, this.offset);
    yield* this.slot.offsetLock.release(thread);
    return done;
  }
}
