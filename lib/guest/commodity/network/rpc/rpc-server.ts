/**
 * Serves calls. Those that must not be executed twice are remembered for a while: a call that comes again gets the reply
 * that was given, or none while it is being served.
 */
import type { Code, KernelCore, KernelThread } from '../../../../system/code.js';
import type { Piece } from '../pieces.js';
import { Accept, readCall, replyWords, type CallHeader } from './rpc-message.js';
import type { Datagram, Socket } from '../sockets/socket.js';
import type { Transport } from '../sockets/transport.js';
import { writeWords, XdrReader } from './xdr.js';

/** How calls are served. */
export interface RpcServerOptions {
  readonly serverPort: number;
  /** Calls that may wait; more are dropped, and come again. From 1. */
  readonly serverQueue: number;
  /** Calls remembered, from 1. A call that comes again after as many others is executed again. */
  readonly replyCache: number;
}

/** What a procedure answers. */
export interface RpcResult {
  /** Not SUCCESS: the procedure is unknown, or its arguments are garbage. */
  readonly accept: number;
  readonly words: readonly number[];
  /** Data behind the words, in pages that are held. */
  readonly data: readonly Piece[];
  /** Executed when the data have been sent. */
  readonly done: ((thread: KernelThread) => Code) | null;
}

/** A service. */
export interface RpcProgram {
  readonly program: number;
  readonly version: number;
  /** Whether a procedure must not be executed twice. Its results have no data. */
  once(procedure: number): boolean;
  /** Executes a procedure: reads its arguments, which are freed afterwards. */
  serve(thread: KernelThread, procedure: number, arguments_: XdrReader): Code<RpcResult>;
}

/** A result without words: the call did not reach its procedure. */
export const refusal = (accept: number): RpcResult => ({ accept, words: [], data: [], done: null });

/** What is remembered of a call; null while it is being served. */
interface Remembered {
  reply: readonly number[] | null;
}

/** The serving side of a kernel: as many threads as execute `serve`. */
export class RpcServer {
  readonly stats = { served: 0, replayed: 0, duplicates: 0, malformed: 0, refused: 0, noBuffers: 0 };
  private readonly core: KernelCore;
  private readonly transport: Transport;
  private readonly program: RpcProgram;
  private readonly options: RpcServerOptions;
  private readonly socket: Socket;
  private readonly record: number;
  /** Calls by who sent them, in order of their coming. No lock: looked at and changed between yields only. */
  private readonly remembered = new Map<string, Remembered>();

  constructor(core: KernelCore, transport: Transport, program: RpcProgram, options: RpcServerOptions) {
    if (!Number.isSafeInteger(options.replyCache) || options.replyCache < 1)
      throw new RangeError(`a server remembers at least one call, not ${options.replyCache}`);
    this.core = core;
    this.transport = transport;
    this.program = program;
    this.options = options;
    this.record = core.allocate('rpc server', 128);
    this.socket = transport.bind(options.serverPort, options.serverQueue);
  }

  /** Body of a server thread: ends when the server is stopped. */
  *serve(thread: KernelThread): Code {
    for (;;) {
      const datagram = yield* this.socket.receive(thread);
      if (datagram === null) return;
      yield* this.answer(thread, datagram);
      yield* this.transport.mbufs.freeAll(thread, datagram.pieces);
    }
  }

  /** No more calls: threads that serve end when they have answered. */
  *stop(thread: KernelThread): Code {
    yield* this.transport.unbind(thread, this.socket);
  }

  private *answer(thread: KernelThread, datagram: Datagram): Code {
    const reader = new XdrReader(datagram.pieces);
    yield* this.core.work('rpc serve', this.record);
    const call = yield* readCall(reader);
    if (call === null) {
      this.stats.malformed++;
      return;
    }
    const once = call.program === this.program.program && this.program.once(call.procedure);
    const key = `${datagram.from}/${datagram.fromPort}/${call.xid}`;
    const known = once ? this.remembered.get(key) : undefined;
    if (known !== undefined) return yield* this.again(thread, datagram, known);
    const memory: Remembered = { reply: null };
    if (once) this.remember(key, memory);
    const result = yield* this.execute(thread, call, reader);
    const words = [...replyWords(call.xid, result.accept), ...result.words];
    memory.reply = words;
    yield* this.reply(thread, datagram, words, result.data);
    if (result.done !== null) yield* result.done(thread);
  }

  private *again(thread: KernelThread, datagram: Datagram, known: Remembered): Code {
    if (known.reply === null) this.stats.duplicates++;
    else {
      this.stats.replayed++;
      yield* this.reply(thread, datagram, known.reply, []);
    }
  }

  private remember(key: string, memory: Remembered): void {
    this.remembered.set(key, memory);
    for (const [oldest, { reply }] of this.remembered) {
      if (this.remembered.size <= this.options.replyCache) return;
      // What is being served stays: there are no more of those than threads.
      if (reply !== null) this.remembered.delete(oldest);
    }
  }

  private *execute(thread: KernelThread, call: CallHeader, reader: XdrReader): Code<RpcResult> {
    const { program, version } = this.program;
    const wrong = call.program !== program ? Accept.PROG_UNAVAIL : Accept.PROG_MISMATCH;
    const known = call.program === program && call.version === version;
    const result = known ? yield* this.program.serve(thread, call.procedure, reader) : refusal(wrong);
    this.stats[result.accept === Accept.SUCCESS ? 'served' : 'refused']++;
    return result;
  }

  private *reply(
    thread: KernelThread,
    { from, fromPort }: Datagram,
    words: readonly number[],
    data: readonly Piece[],
  ): Code {
    const pieces = yield* writeWords(this.core, this.transport.mbufs, thread, words);
    if (pieces === null) {
      this.stats.noBuffers++;
      return;
    }
    const to = { address: from, port: fromPort };
    const sending = yield* this.transport.send(thread, this.options.serverPort, to, [...pieces, ...data]);
    if (sending !== null && data.length > 0) yield* this.transport.network.settle(thread, sending);
  }
}
