/** The procedures of NFS that take a directory and a name. */
import { ErrorNumber, type Code, type KernelCore, type KernelThread, type SleepLock } from '../../../../system/code.js';
import type { FileSystem, Vnode } from '../../files/vnode.js';
import type { Exported, HandleTable } from './nfs-handles.js';
import { attributeWords, MOST_NAME_BYTES, nameFault, Nfs, type Attributes } from './nfs-protocol.js';
import { attributesOf, failure, success } from './nfs-results.js';
import { Accept } from '../rpc/rpc-message.js';
import { refusal, type RpcResult } from '../rpc/rpc-server.js';
import type { XdrReader } from '../rpc/xdr.js';

/** Brings changes of names to the disk if they must be there before a call is answered. */
export type Settle = (thread: KernelThread) => Code<number>;

/** Looks up, makes and removes names for clients. */
export class NfsNames {
  private readonly files: FileSystem;
  private readonly handles: HandleTable;
  private readonly settle: Settle;
  /** Held while names are looked up and changed: a handle must not be made for what is just being removed. */
  private readonly lock: SleepLock;

  constructor(core: KernelCore, files: FileSystem, handles: HandleTable, settle: Settle) {
    this.files = files;
    this.handles = handles;
    this.settle = settle;
    this.lock = core.sleepLock('nfs names');
  }

  /** Serves a procedure on a name in a directory. */
  *serve(thread: KernelThread, procedure: number, file: Exported, reader: XdrReader): Code<RpcResult> {
    const name = yield* reader.text(MOST_NAME_BYTES);
    if (reader.truncated) return refusal(Accept.GARBAGE_ARGS);
    if (file.vnode.kind !== 'directory') return failure(ErrorNumber.ENOTDIR);
    const fault = nameFault(name);
    if (fault !== null) return failure(fault);
    yield* this.lock.acquire(thread);
    const result = yield* this.atName(thread, procedure, [...file.path, name]);
    yield* this.lock.release(thread);
    if (procedure === Nfs.LOOKUP || result.words[0] !== 0) return result;
    file.version++;
    const status = yield* this.settle(thread);
    return status < 0 ? failure(status) : result;
  }

  private *atName(thread: KernelThread, procedure: number, path: readonly string[]): Code<RpcResult> {
    switch (procedure) {
      case Nfs.LOOKUP:
        return yield* this.lookup(thread, path);
      case Nfs.REMOVE:
      case Nfs.RMDIR:
        return yield* this.remove(thread, path, procedure === Nfs.RMDIR);
      default:
        return yield* this.create(thread, path, procedure === Nfs.MKDIR ? 'directory' : 'file');
    }
  }

  private *lookup(thread: KernelThread, path: readonly string[]): Code<RpcResult> {
    const vnode = yield* this.files.lookup(thread, path);
    return typeof vnode === 'number' ? failure(vnode) : yield* this.describe(thread, vnode, path);
  }

  private *create(thread: KernelThread, path: readonly string[], kind: Attributes['kind']): Code<RpcResult> {
    const vnode = yield* this.files.create(thread, path, kind);
    if (typeof vnode === 'number') return failure(vnode);
    return yield* this.describe(thread, vnode, path);
  }

  private *remove(thread: KernelThread, path: readonly string[], directory: boolean): Code<RpcResult> {
    const vnode = yield* this.files.lookup(thread, path);
    if (typeof vnode === 'number') return failure(vnode);
    if ((vnode.kind === 'directory') !== directory)
      return failure(directory ? ErrorNumber.ENOTDIR : ErrorNumber.EISDIR);
    const error = yield* this.files.remove(thread, path);
    if (error < 0) return failure(error);
    yield* this.handles.remove(thread, vnode);
    return success([]);
  }

  /** Handle and attributes of a file. */
  private *describe(thread: KernelThread, vnode: Vnode, path: readonly string[]): Code<RpcResult> {
    const file = yield* this.handles.give(thread, vnode, path);
    const words = [...file.handle, ...attributeWords(attributesOf(file))];
    yield* this.handles.leave(thread, file);
    return success(words);
  }
}
