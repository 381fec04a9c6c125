/**
 * The server of NFS: answers calls from any file system. What is read is sent from the page cache where it lies; nobody
 * copies it (Disco, section 4.2.5, counts on it).
 */
import { ErrorNumber, type Code, type KernelCore, type KernelThread } from '../../../../system/code.js';
import type { CachedPage, FileSystem, Vnode } from '../../files/vnode.js';
import { HandleTable, type Exported } from './nfs-handles.js';
import {
  attributeWords,
  HANDLE_WORDS,
  MOST_DATA_BYTES,
  MOST_FILE_BYTES,
  Nfs,
  NFS_PROGRAM,
  NFS_VERSION,
} from './nfs-protocol.js';
import { NfsNames } from './nfs-names.js';
import { attributesOf, failure, success } from './nfs-results.js';
import { wordsUp, type Piece } from '../pieces.js';
import { Accept } from '../rpc/rpc-message.js';
import { refusal, RpcServer, type RpcProgram, type RpcResult, type RpcServerOptions } from '../rpc/rpc-server.js';
import type { Transport } from '../sockets/transport.js';
import type { XdrReader } from '../rpc/xdr.js';

/** How a file system is exported. */
export interface NfsServerOptions extends RpcServerOptions {
  /** Number of the first file system, in its handles: 0 to 2^31 - 1. The others have the numbers after it. */
  readonly fsid: number;
  /** Whether changes are on the disk before a call is answered, as version 2 demands. */
  readonly synchronous: boolean;
}

/** A page that a reply refers to. */
interface Held {
  readonly index: number;
  readonly page: CachedPage;
}

/** A file system that is exported. */
interface Export {
  readonly files: FileSystem;
  readonly handles: HandleTable;
  readonly names: NfsNames;
}

/** Exports file systems, all at one port. Its threads execute `nfsd`, each for any of them. */
export class NfsServer {
  /** @internal */
  readonly rpc: RpcServer;
  readonly stats = { stale: 0, reads: 0, writes: 0, bytesRead: 0, bytesWritten: 0 };
  private readonly core: KernelCore;
  private readonly options: NfsServerOptions;
  private readonly record: number;
  /** In the order of their numbers. */
  private readonly exports: readonly Export[];

  constructor(core: KernelCore, transport: Transport, fileSystems: readonly FileSystem[], options: NfsServerOptions) {
    this.core = core;
    this.options = options;
    this.record = core.allocate('nfs server', 128);
    this.exports = fileSystems.map((files, number): Export => {
      const handles = new HandleTable(files, options.fsid + number);
      const names = new NfsNames(core, files, handles, later => this.settle(later, files, null));
      return { files, handles, names };
    });
    const program: RpcProgram = {
      program: NFS_PROGRAM,
      version: NFS_VERSION,
      // Reads may be executed again; a late duplicate of anything else would undo what came after.
      once: procedure => ![Nfs.NULL, Nfs.GETATTR, Nfs.LOOKUP, Nfs.READ].includes(procedure as 0),
      serve: (...call) => this.serve(...call),
    };
    this.rpc = new RpcServer(core, transport, program, options);
  }

  /** Files that clients have handles for. @internal */
  get handles(): number {
    return this.exports.reduce((sum, { handles }) => sum + handles.length, 0);
  }

  /** Body of a server thread; ends when `rpc` is stopped. */
  *nfsd(thread: KernelThread): Code {
    yield* this.rpc.serve(thread);
  }

  /** The handle of the root of a file system, as the mount service would give it out; a number is an error. */
  *mount(thread: KernelThread, number = 0): Code<readonly number[] | number> {
    const { handles } = this.exports[number];
    const root = yield* handles.root(thread);
    if (typeof root === 'number') return root;
    yield* handles.leave(thread, root);
    return root.handle;
  }

  private *serve(thread: KernelThread, procedure: number, reader: XdrReader): Code<RpcResult> {
    yield* this.core.work('nfs serve', this.record);
    if (procedure === Nfs.NULL) return success([]);
    if (!Object.values(Nfs).includes(procedure as 0)) return refusal(Accept.PROC_UNAVAIL);
    const handle = yield* reader.words(HANDLE_WORDS);
    if (reader.truncated) return garbage();
    const exported = this.exports[handle[0] - this.options.fsid] as Export | undefined;
    const file = exported?.handles.enter(handle) ?? null;
    if (exported === undefined || file === null) {
      this.stats.stale++;
      return failure(ErrorNumber.ESTALE);
    }
    const result = yield* this.serveFile(thread, procedure, exported, file, reader);
    yield* exported.handles.leave(thread, file);
    return result;
  }

  private *serveFile(
    thread: KernelThread,
    procedure: number,
    exported: Export,
    file: Exported,
    reader: XdrReader,
  ): Code<RpcResult> {
    switch (procedure) {
      case Nfs.GETATTR:
        return success(attributeWords(attributesOf(file)));
      case Nfs.SETATTR:
        return yield* this.setAttributes(thread, exported, file, reader);
      case Nfs.READ:
        return yield* this.read(thread, exported, file, reader);
      case Nfs.WRITE:
        return yield* this.write(thread, exported, file, reader);
      default:
        return yield* exported.names.serve(thread, procedure, file, reader);
    }
  }

  private *setAttributes(thread: KernelThread, { files }: Export, file: Exported, reader: XdrReader): Code<RpcResult> {
    // Mode, owner and group before it, times behind it: -1 says that a word is not to be changed.
    const words = yield* reader.words(8);
    const size = words[3];
    if (reader.truncated) return garbage();
    if (size !== 0xffffffff) {
      if (file.vnode.kind === 'directory') return failure(ErrorNumber.EISDIR);
      if (size > MOST_FILE_BYTES) return failure(ErrorNumber.EFBIG);
      const error = yield* file.vnode.truncate(thread, size);
      file.version++;
      const status = error < 0 ? error : yield* this.settle(thread, files, file.vnode);
      if (status < 0) return failure(status);
    }
    return success(attributeWords(attributesOf(file)));
  }

  /** Reads up to 8 KB: the reply refers to pages of the cache, held until it is sent. */
  private *read(thread: KernelThread, { handles }: Export, file: Exported, reader: XdrReader): Code<RpcResult> {
    const [offset, count] = yield* reader.words(3);
    if (reader.truncated || offset % 4 !== 0 || count > MOST_DATA_BYTES) return garbage();
    const { vnode } = file;
    if (vnode.kind === 'directory') return failure(ErrorNumber.EISDIR);
    // Attributes of before the data: a change meanwhile shows as a newer version next time.
    const attributes = attributesOf(file);
    const bytes = Math.max(0, Math.min(count, attributes.size - offset));
    const held: Held[] = [];
    const data: Piece[] = [];
    for (let done = 0; done < bytes;) {
      const index = Math.floor((offset + done) / this.core.pageBytes);
      const start = (offset + done) % this.core.pageBytes;
      const page = yield* vnode.page(thread, index);
      if (typeof page === 'number') {
        yield* release(thread, vnode, held);
        return failure(page);
      }
      held.push({ index, page });
      const length = Math.min(bytes - done, this.core.pageBytes - start);
      data.push({
        page: page.page,
        offset: start,
        bytes: wordsUp(length),
        address: page.address + start,
        mbuf: null,
      });
      done += length;
    }
    this.stats.reads++;
    this.stats.bytesRead += bytes;
    const words = [0, ...attributeWords(attributes), bytes];
    // The file stays in use as long as its pages are.
    file.users++;
    const done = function* (later: KernelThread): Code {
      yield* release(later, vnode, held);
      yield* handles.leave(later, file);
    };
    return { accept: Accept.SUCCESS, words, data, done };
  }

  private *write(thread: KernelThread, { files }: Export, file: Exported, reader: XdrReader): Code<RpcResult> {
    const [, offset, , bytes] = yield* reader.words(4);
    const data = reader.truncated || bytes > MOST_DATA_BYTES ? null : reader.data(bytes);
    if (data === null || offset % 4 !== 0) return garbage();
    if (file.vnode.kind === 'directory') return failure(ErrorNumber.EISDIR);
    if (offset + bytes > MOST_FILE_BYTES) return failure(ErrorNumber.EFBIG);
    let done = 0;
    for (const piece of data) {
      const length = Math.min(piece.bytes, bytes - done);
      const written = yield* file.vnode.write(thread, offset + done, piece.address, length);
      file.version++;
      if (written < length) return failure(written < 0 ? written : ErrorNumber.ENOSPC);
      done += length;
    }
    this.stats.writes++;
    this.stats.bytesWritten += bytes;
    const status = yield* this.settle(thread, files, file.vnode);
    if (status < 0) return failure(status);
    return success(attributeWords(attributesOf(file)));
  }

  /** Brings changes to the disk: of a file, or of names (null). Returns a number from 0 up, or an error. */
  private *settle(thread: KernelThread, files: FileSystem, vnode: Vnode | null): Code<number> {
    if (!this.options.synchronous) return 0;
    return vnode?.sync === undefined ? yield* files.sync(thread) : yield* vnode.sync(thread);
  }
}

const garbage = (): RpcResult => refusal(Accept.GARBAGE_ARGS);

function* release(thread: KernelThread, vnode: Vnode, held: readonly Held[]): Code {
  for (const { index, page } of held) yield* vnode.release(thread, index, page, false);
}
