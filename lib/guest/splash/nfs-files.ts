/**
 * Files of SPLASHOS over NFS (RFC 1094, version 2), after the Disco paper: its way to files is a server elsewhere. Nothing is kept
 * but handles: what is read comes from the server, and what is written is there when `write` returns.
 */
import { copy } from '../../processor/operations.js';
import {
  HANDLE_WORDS,
  Nfs,
  NFS_PROGRAM,
  NFS_VERSION,
  readAttributes,
  type Handle,
} from '../commodity/network/nfs/nfs-protocol.js';
import { textWords, type XdrReader } from '../commodity/network/rpc/xdr.js';
import { beginCall, endCall, type SplashFiles } from './files.js';
import type { Place, SplashNetwork } from './network.js';
import { SplashRpc, type SplashRpcOptions } from './rpc-client.js';
import type { SplashOS } from './splash-os.js';
import type { SplashLock } from './synchronisation.js';
import type { SplashThread } from './threads.js';
import type { Code } from '../../system/code.js';

/** Whose files they are. */
export interface NfsFilesOptions extends Partial<Omit<SplashRpcOptions, 'server'>> {
  readonly server: SplashRpcOptions['server'];
  /** The handle of the directory that paths begin in, as the server's mount service would give it out. */
  readonly root: Handle;
}

/** A look every 10 us, sent again after a second, for ever: a hard mount of 4.4BSD, on processors of 400 MHz. */
const USUAL = { port: 1023, pollCycles: 4000, polls: 100_000, tries: Infinity };
const LINE_CYCLES = 40;
/** Most bytes of a call and of a reply besides their data, without the header of the frame. */
const OVERHEAD_BYTES = 100;
const PAGE_BYTES = 4096;

/** Files of a server. One reader or writer at a time. */
export class NfsFiles implements SplashFiles {
  /** Data of a call: a page, or what a frame has room for in powers of two. */
  readonly transferBytes: number;
  private readonly rpc: SplashRpc;
  private readonly network: SplashNetwork;
  private readonly root: Handle;
  private readonly lock: SplashLock;
  /** Handles of files by path. Guarded by `lock`. */
  private readonly handles = new Map<string, Handle>();

  /** Make it before the program starts, and make it the `files` of the system. Throws a RangeError for a card whose frames hold no data. */
  constructor(os: SplashOS, network: SplashNetwork, { server, root, ...rpc }: NfsFilesOptions) {
    this.network = network;
    this.rpc = new SplashRpc(os, network, { ...USUAL, ...rpc, server });
    this.root = root;
    this.lock = os.lock();
    const room = network.mostBytes - OVERHEAD_BYTES;
    if (room < 4) throw new RangeError(`frames of ${network.mostBytes} bytes have no room for files`);
    this.transferBytes = Math.min(PAGE_BYTES, 2 ** Math.floor(Math.log2(room)));
  }

  /** Calls; those sent again, given up, or answered with an error of the server's; replies that nobody waits for. */
  get stats(): SplashRpc['stats'] {
    return this.rpc.stats;
  }

  *read(thread: SplashThread, path: string, offset: number, bytes: number, address: number): Code<number> {
    yield* beginCall(this.lock, thread);
    const done = yield* this.withHandle(thread, path, false, handle =>
      this.readAll(thread, handle, offset, bytes, address),
    );
    yield* endCall(this.lock, thread);
    return done;
  }

  *write(thread: SplashThread, path: string, offset: number, bytes: number, address: number): Code<number> {
    yield* beginCall(this.lock, thread);
    const done = yield* this.withHandle(thread, path, true, handle =>
      this.writeAll(thread, handle, offset, bytes, address),
    );
    yield* endCall(this.lock, thread);
    return done;
  }

  /** Does something to a file; once more if the handle turns out to be stale. -1 if there is no such file. */
  private *withHandle(
    thread: SplashThread,
    path: string,
    make: boolean,
    use: (handle: Handle) => Code<number>,
  ): Code<number> {
    const known = this.handles.get(path);
    if (known !== undefined) {
      const done = yield* use(known);
      if (done >= 0) return done;
      this.handles.delete(path);
    }
    const handle = yield* this.find(thread, path, make);
    if (handle === null) return -1;
    this.handles.set(path, handle);
    return yield* use(handle);
  }

  private *readAll(thread: SplashThread, handle: Handle, offset: number, bytes: number, address: number): Code<number> {
    let done = 0;
    while (done < bytes) {
      const length = this.lengthOf(offset + done, bytes - done);
      const reader = yield* this.ask(thread, Nfs.READ, [...handle, offset + done, length, 0]);
      if (reader === null) return -1;
      yield* readAttributes(reader);
      const found = yield* reader.word();
      const data = found > length ? null : reader.data(found);
      for (const piece of data ?? []) yield copy(piece.address, address + done, piece.bytes, LINE_CYCLES);
      yield* this.rpc.free();
      if (data === null) return -1;
      done += found;
      if (found < length) break;
    }
    return done;
  }

  private *writeAll(
    thread: SplashThread,
    handle: Handle,
    offset: number,
    bytes: number,
    address: number,
  ): Code<number> {
    for (let done = 0; done < bytes;) {
      const length = this.lengthOf(offset + done, bytes - done);
      const data = this.network.placesOf(address + done, length);
      const reader = yield* this.ask(thread, Nfs.WRITE, [...handle, 0, offset + done, 0, length], data);
      if (reader === null) return -1;
      yield* this.rpc.free();
      done += length;
    }
    return bytes;
  }

  /** The handle of a file; its directories must be there. Null: there is none, and none could be made. */
  private *find(thread: SplashThread, path: string, make: boolean): Code<Handle | null> {
    const names = path.split('/').filter(name => name !== '');
    let handle: Handle | null = this.root;
    for (const [index, name] of names.entries()) {
      const parent: Handle = handle;
      handle = yield* this.named(thread, Nfs.LOOKUP, [...parent, ...textWords(name)]);
      if (handle === null && make && index === names.length - 1)
        // Mode; owner, group, size and times as the server likes.
        handle = yield* this.named(thread, Nfs.CREATE, [...parent, ...textWords(name), 0o777, ...NOT_SAID]);
      if (handle === null) return null;
    }
    return handle;
  }

  private *named(thread: SplashThread, procedure: number, words: readonly number[]): Code<Handle | null> {
    const reader = yield* this.ask(thread, procedure, words);
    if (reader === null) return null;
    const handle = yield* reader.words(HANDLE_WORDS);
    yield* this.rpc.free();
    return reader.truncated ? null : handle;
  }

  /** Calls a procedure; the reader stands behind the status, which was success. Null: it failed. */
  private *ask(
    thread: SplashThread,
    procedure: number,
    words: readonly number[],
    data?: readonly Place[],
  ): Code<XdrReader | null> {
    const reader = yield* this.rpc.call(thread, { program: NFS_PROGRAM, version: NFS_VERSION, procedure }, words, data);
    if (reader === null) return null;
    if ((yield* reader.word()) === 0 && !reader.truncated) return reader;
    yield* this.rpc.free();
    return null;
  }

  /** Bytes of the next call: none reaches over a page of the file. */
  private lengthOf(offset: number, left: number): number {
    return Math.min(left, this.transferBytes - (offset % this.transferBytes));
  }
}

/** Owner, group, size and times that are not to be set. */
const NOT_SAID = new Array<number>(7).fill(-1);
