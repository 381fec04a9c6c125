/**
 * The client of NFS: files of a server as a file system of this kernel. Pages are kept in memory, attributes are believed
 * for a while, and what is written goes to the server when a file is closed, or by daemons before.
 */
import { ErrorNumber, type Code, type KernelCore, type KernelThread, type Spinlock } from '../../../../system/code.js';
import type { FileSystem, Vnode } from '../../files/vnode.js';
import type { ClientPages, Remap } from './client-pages.js';
import { NfsDaemons } from './nfs-daemons.js';
import { NfsIo } from './nfs-io.js';
import {
  errorOf,
  HANDLE_WORDS,
  MOST_FILE_BYTES,
  nameFault,
  Nfs,
  NFS_PROGRAM,
  NFS_VERSION,
  readAttributes,
  type Attributes,
  type Handle,
} from './nfs-protocol.js';
import { NfsVnode } from './nfs-vnode.js';
import type { Piece } from '../pieces.js';
import type { RpcClient, RpcReply } from '../rpc/rpc-client.js';
import type { Endpoint } from '../sockets/transport.js';
import { textWords } from '../rpc/xdr.js';

/** How a file system of a server is mounted. */
export interface NfsClientOptions {
  readonly name: string;
  readonly server: Endpoint;
  /** Nanoseconds that attributes and names are believed; 3 s is usual. 0: they are asked for each time. */
  readonly attributeNs: number;
  /** Whether opening a file asks for its attributes however fresh they are. */
  readonly checkOnOpen: boolean;
  /** Pages that daemons read ahead of a sequential reader, from 0. */
  readonly readAhead: number;
  /** Whether daemons write a page as soon as its last byte is written. */
  readonly writeBehind: boolean;
  /** Requests that may wait for the daemons, from 0; more are not made. */
  readonly requests: number;
  /** Instructions per line that copying takes. */
  readonly cyclesPerLine: number;
  /** In place of copying a page from a network buffer into the page cache; null: copies. */
  readonly remap: Remap | null;
  /** Gives out numbers of vnodes, unique among those of the kernel. */
  readonly vnodeId: () => number;
}

/** A mounted file system of a server. */
export class NfsClient implements FileSystem {
  readonly name: string;
  readonly options: NfsClientOptions;
  /** @internal */
  readonly pages: ClientPages;
  /** @internal */
  readonly io: NfsIo;
  /** @internal */
  readonly daemons: NfsDaemons;
  readonly mostFileBytes = MOST_FILE_BYTES;
  readonly stats = { calls: 0, errors: 0 };
  private readonly core: KernelCore;
  private readonly rpc: RpcClient;
  private readonly record: number;
  private readonly state: Spinlock;
  /** No lock: looked at and changed between yields only, as is the root. */
  private readonly vnodes = new Map<string, NfsVnode>();
  private root: NfsVnode | null = null;

  constructor(core: KernelCore, rpc: RpcClient, pages: ClientPages, options: NfsClientOptions) {
    this.name = options.name;
    this.core = core;
    this.rpc = rpc;
    this.pages = pages;
    this.options = options;
    this.record = core.allocate('nfs client', 128);
    this.state = core.spinlock('nfs client');
    this.io = new NfsIo(this, core);
    this.daemons = new NfsDaemons(core, this.io, options.requests);
  }

  /** Mounts the directory of a handle, which the mount service gave out. Returns 0, or an error. */
  *mount(thread: KernelThread, handle: Handle): Code<number> {
    const reply = yield* this.ask(thread, Nfs.GETATTR, handle);
    if (typeof reply === 'number') return reply;
    const attributes = yield* readAttributes(reply.reader);
    yield* this.freeReply(thread, reply);
    if (attributes === null) return ErrorNumber.EIO;
    this.root = this.vnodeOf(handle, attributes);
    return 0;
  }

  *lookup(thread: KernelThread, path: readonly string[]): Code<Vnode | number> {
    return yield* this.walk(thread, path);
  }

  *create(thread: KernelThread, path: readonly string[], kind: 'file' | 'directory'): Code<Vnode | number> {
    const name = path.at(-1);
    if (name === undefined) return ErrorNumber.EEXIST;
    const parent = yield* this.walk(thread, path.slice(0, -1));
    if (typeof parent === 'number') return parent;
    const fault = nameFault(name);
    if (fault !== null) return fault;
    // Mode; owner, group, size and times as the server likes.
    const words = [...parent.handle, ...textWords(name), 0o777, -1, -1, -1, -1, -1, -1, -1];
    return yield* this.child(thread, parent, name, kind === 'file' ? Nfs.CREATE : Nfs.MKDIR, words);
  }

  /** Removes a name. A file that is open is gone as well: its vnode answers ESTALE. */
  *remove(thread: KernelThread, path: readonly string[]): Code<number> {
    const name = path.at(-1);
    if (name === undefined) return ErrorNumber.EACCES;
    const parent = yield* this.walk(thread, path.slice(0, -1));
    if (typeof parent === 'number') return parent;
    const vnode = yield* this.step(thread, parent, name);
    if (typeof vnode === 'number') return vnode;
    yield* vnode.lock.acquire(thread);
    const procedure = vnode.kind === 'file' ? Nfs.REMOVE : Nfs.RMDIR;
    const reply = yield* this.ask(thread, procedure, [...parent.handle, ...textWords(name)]);
    if (typeof reply !== 'number') {
      yield* this.freeReply(thread, reply);
      parent.children.delete(name);
      this.vnodes.delete(vnode.handle.join());
      yield* this.io.bury(thread, vnode);
    }
    yield* vnode.lock.release(thread);
    return typeof reply === 'number' ? reply : 0;
  }

  /** Writes back what is dirty. Returns the first error, which may be of writing back earlier. */
  *sync(thread: KernelThread): Code<number> {
    let first = 0;
    for (const vnode of [...this.vnodes.values()]) {
      if (vnode.dirty.size + vnode.writing.size === 0 && vnode.error === 0) continue;
      yield* vnode.lock.acquire(thread);
      const error = yield* this.io.flush(thread, vnode);
      yield* vnode.lock.release(thread);
      first ||= error;
    }
    return first;
  }

  /** Calls a procedure of the server. The reader of the reply stands behind its status, which was success. @internal */
  *ask(
    thread: KernelThread,
    procedure: number,
    words: readonly number[],
    data: readonly Piece[] = [],
  ): Code<RpcReply | number> {
    yield* this.core.work('nfs call', this.record);
    this.stats.calls++;
    const { server } = this.options;
    const reply = yield* this.rpc.call(
      thread,
      { server, program: NFS_PROGRAM, version: NFS_VERSION, procedure },
      words,
      data,
    );
    if (typeof reply === 'number') return this.failed(reply);
    const status = yield* reply.reader.word();
    if (status === 0 && !reply.reader.truncated) return reply;
    yield* this.freeReply(thread, reply);
    return this.failed(errorOf(status));
  }

  /** Frees a reply that has been read. @internal */
  *freeReply(thread: KernelThread, reply: RpcReply): Code {
    yield* this.rpc.free(thread, reply);
  }

  private failed(error: number): number {
    this.stats.errors++;
    return error;
  }

  private *walk(thread: KernelThread, path: readonly string[]): Code<NfsVnode | number> {
    let vnode: NfsVnode | number = this.root ?? ErrorNumber.ENOENT;
    for (const name of path) {
      if (typeof vnode === 'number') return vnode;
      vnode = yield* this.step(thread, vnode, name);
    }
    return vnode;
  }

  /** The file of a name in a directory. */
  private *step(thread: KernelThread, parent: NfsVnode, name: string): Code<NfsVnode | number> {
    if (parent.kind !== 'directory') return ErrorNumber.ENOTDIR;
    const fault = nameFault(name);
    if (fault !== null) return fault;
    yield* this.core.work('nfs name', this.record);
    const known = parent.children.get(name);
    if (known !== undefined && this.core.tickNs < known.untilNs && !known.vnode.removed) return known.vnode;
    return yield* this.child(thread, parent, name, Nfs.LOOKUP, [...parent.handle, ...textWords(name)]);
  }

  /** Asks for the handle of a name, which a procedure looks up or makes. */
  private *child(
    thread: KernelThread,
    parent: NfsVnode,
    name: string,
    procedure: number,
    words: readonly number[],
  ): Code<NfsVnode | number> {
    const reply = yield* this.ask(thread, procedure, words);
    if (typeof reply === 'number') {
      parent.children.delete(name);
      return reply;
    }
    const handle = yield* reply.reader.words(HANDLE_WORDS);
    const attributes = yield* readAttributes(reply.reader);
    yield* this.freeReply(thread, reply);
    if (attributes === null) return ErrorNumber.EIO;
    const vnode = this.vnodeOf(handle, attributes);
    parent.children.set(name, { vnode, untilNs: this.core.tickNs + this.options.attributeNs });
    return vnode;
  }

  private vnodeOf(handle: Handle, attributes: Attributes): NfsVnode {
    const key = handle.join();
    const known = this.vnodes.get(key);
    if (known !== undefined && !known.removed) {
      this.io.take(known, attributes, false);
      return known;
    }
    const fresh = this.core.tickNs + this.options.attributeNs;
    const vnode = new NfsVnode(this, this.core, this.state, this.options.vnodeId(), handle, attributes, fresh);
    this.vnodes.set(key, vnode);
    return vnode;
  }
}
