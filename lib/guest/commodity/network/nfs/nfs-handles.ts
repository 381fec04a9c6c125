/** Which files a server has given handles for. A file stays open at the server from its first handle until it is removed. */
import type { Code, KernelThread } from '../../../../system/code.js';
import type { FileSystem, Vnode } from '../../files/vnode.js';
import { HANDLE_WORDS, type Handle } from './nfs-protocol.js';

/** A file that a handle names. */
export interface Exported {
  readonly vnode: Vnode;
  readonly path: readonly string[];
  readonly handle: Handle;
  /** Changes through the server so far. */
  version: number;
  /** Server threads that use it now. */
  users: number;
  stale: boolean;
}

/** The handles of an exported file system. */
export class HandleTable {
  private readonly files: FileSystem;
  private readonly fsid: number;
  /** No lock: what is below is looked at and changed between yields only. */
  private readonly byNumber = new Map<number, Exported>();
  private readonly byVnode = new Map<number, Exported>();
  private nextNumber = 1;

  /** `fsid`: in all handles; a handle with another is stale. */
  constructor(files: FileSystem, fsid: number) {
    this.files = files;
    this.fsid = fsid;
  }

  /** Handles that are not stale. */
  get length(): number {
    return this.byNumber.size;
  }

  /** The file of a handle, in use until `leave`; null if it is stale. */
  enter(handle: Handle): Exported | null {
    const exported = handle[0] === this.fsid ? this.byNumber.get(handle[1]) : undefined;
    if (exported === undefined || handle.slice(2).some(word => word !== 0)) return null;
    exported.users++;
    return exported;
  }

  /** Ends the use of a file; closes it if it was removed meanwhile. */
  *leave(thread: KernelThread, exported: Exported): Code {
    exported.users--;
    if (exported.stale && exported.users === 0) yield* exported.vnode.closed(thread);
  }

  /** The handle of the root directory; a number is an error. */
  *root(thread: KernelThread): Code<Exported | number> {
    const vnode = yield* this.files.lookup(thread, []);
    return typeof vnode === 'number' ? vnode : yield* this.give(thread, vnode, []);
  }

  /** The handle of a file, made if there is none. In use until `leave`. */
  *give(thread: KernelThread, vnode: Vnode, path: readonly string[]): Code<Exported> {
    let exported = this.byVnode.get(vnode.id);
    // A number that is used again for another file shows in the object: the old one was removed without the server.
    if (exported !== undefined && exported.vnode !== vnode) yield* this.retire(thread, exported);
    exported = this.byVnode.get(vnode.id);
    if (exported !== undefined) {
      exported.users++;
      return exported;
    }
    exported = { vnode, path, handle: this.newHandle(), version: 1, users: 1, stale: false };
    this.byNumber.set(exported.handle[1], exported);
    this.byVnode.set(vnode.id, exported);
    yield* vnode.opened(thread);
    return exported;
  }

  /** The file was removed: its handle is stale from now on. */
  *remove(thread: KernelThread, vnode: Vnode): Code {
    const exported = this.byVnode.get(vnode.id);
    if (exported !== undefined) yield* this.retire(thread, exported);
  }

  private *retire(thread: KernelThread, exported: Exported): Code {
    if (exported.stale) return;
    exported.stale = true;
    exported.users++;
    this.byNumber.delete(exported.handle[1]);
    if (this.byVnode.get(exported.vnode.id) === exported) this.byVnode.delete(exported.vnode.id);
    yield* this.leave(thread, exported);
  }

  private newHandle(): Handle {
    const handle = new Array<number>(HANDLE_WORDS).fill(0);
    handle[0] = this.fsid;
    handle[1] = this.nextNumber++;
    return handle;
  }
}
