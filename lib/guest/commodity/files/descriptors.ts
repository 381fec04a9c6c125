/** Descriptors: small numbers by which a process knows its open files. */
import { ErrorNumber } from '../../../system/code.js';
import type { Code, KernelCore, KernelThread } from '../../../system/code.js';
import type { Vnode } from './vnode.js';
import type { OpenFile, OpenFileTable, OpenMode } from './open-file.js';

/** The descriptors of one process; only its own thread uses them. Every method but `fork` returns 0 or more, or an ErrorNumber. */
export class DescriptorTable {
  private readonly core: KernelCore;
  private readonly files: OpenFileTable;
  private readonly limit: number;
  /** Kernel virtual address of the process's table; its words are touched. */
  private readonly record: number;
  /** By descriptor. No lock: looked at and changed between yields only. */
  private readonly slots: (OpenFile | undefined)[] = [];

  /** `limit`: descriptors that a process may have; `record`: where the kernel keeps that of this process. */
  constructor(core: KernelCore, files: OpenFileTable, limit: number, record: number) {
    this.core = core;
    this.files = files;
    this.limit = limit;
    this.record = record;
  }

  /** Descriptors that are in use. */
  get count(): number {
    return this.slots.filter(file => file !== undefined).length;
  }

  /** The lowest free descriptor for a vnode, whose reference it takes over; EMFILE closes it. */
  *open(thread: KernelThread, vnode: Vnode, mode: OpenMode): Code<number> {
    yield* this.core.work('open', this.record);
    const file = yield* this.files.open(thread, vnode, mode);
    const descriptor = this.free();
    if (descriptor >= 0) {
      this.slots[descriptor] = file;
      return descriptor;
    }
    yield* this.files.close(thread, file);
    return ErrorNumber.EMFILE;
  }

  /** Reads from a descriptor's file. */
  *read(thread: KernelThread, descriptor: number, address: number, bytes: number): Code<number> {
    const file = this.slots[descriptor];
    if (file === undefined) return ErrorNumber.EBADF;
    return yield* file.read(thread, address, bytes);
  }

  /** Writes to a descriptor's file. */
  *write(thread: KernelThread, descriptor: number, address: number, bytes: number): Code<number> {
    const file = this.slots[descriptor];
    if (file === undefined) return ErrorNumber.EBADF;
    return yield* file.write(thread, address, bytes);
  }

  /** Moves the offset of a descriptor's file (see Whence). */
  *seek(thread: KernelThread, descriptor: number, offset: number, whence: number): Code<number> {
    const file = this.slots[descriptor];
    return file === undefined ? ErrorNumber.EBADF : yield* file.seek(thread, offset, whence);
  }

  /** Another descriptor for the same open file: the lowest from `from` on. */
  *duplicate(thread: KernelThread, descriptor: number, from = 0): Code<number> {
    yield* this.core.work('dup', this.record);
    const file = this.slots[descriptor];
    if (file === undefined) return ErrorNumber.EBADF;
    const to = this.free(from);
    if (to < 0) return ErrorNumber.EMFILE;
    this.slots[to] = file;
    yield* this.files.share(thread, file);
    return to;
  }

  /** Gives a descriptor up. */
  *close(thread: KernelThread, descriptor: number): Code<number> {
    yield* this.core.work('close', this.record);
    const file = this.slots[descriptor];
    if (file === undefined) return ErrorNumber.EBADF;
    this.slots[descriptor] = undefined;
    yield* this.files.close(thread, file);
    return 0;
  }

  /** Gives all descriptors up, as a process does that ends. */
  *closeAll(thread: KernelThread): Code {
    for (let descriptor = 0; descriptor < this.slots.length; descriptor++)
      if (this.slots[descriptor] !== undefined) yield* this.close(thread, descriptor);
  }

  /** The table of a child: the same open files, with the same offsets. `record`: that of the child. */
  *fork(thread: KernelThread, record: number): Code<DescriptorTable> {
    const child = new DescriptorTable(this.core, this.files, this.limit, record);
    for (let descriptor = 0; descriptor < this.slots.length; descriptor++) {
      const file = this.slots[descriptor];
      child.slots[descriptor] = file;
      if (file !== undefined) yield* this.files.share(thread, file);
    }
    yield* this.core.work('fdup', this.record, record);
    return child;
  }

  /** The vnode of a descriptor, for mapping; undefined if there is none. The descriptor keeps its reference. */
  vnodeOf(descriptor: number): Vnode | undefined {
    return this.slots[descriptor]?.vnode;
  }

  private free(from = 0): number {
    for (let descriptor = from; descriptor < this.limit; descriptor++)
      if (this.slots[descriptor] === undefined) return descriptor;
    return -1;
  }
}
