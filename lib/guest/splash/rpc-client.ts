/** Remote procedure calls of SPLASHOS (RFC 1057): one at a time, sent again until they are answered. */
import { annotate, compute, load, store } from '../../processor/operations.js';
import { Activity } from '../../processor/software.js';
import { Accept, callWords, readReply, type CallHeader } from '../commodity/network/rpc/rpc-message.js';
import type { Endpoint } from '../commodity/network/sockets/transport.js';
import { XdrReader } from '../commodity/network/rpc/xdr.js';
import type { Place, SplashDatagram, SplashNetwork } from './network.js';
import type { SplashOS } from './splash-os.js';
import type { SplashThread } from './threads.js';
import type { Code } from '../../system/code.js';

/** How calls are made. */
export interface SplashRpcOptions {
  readonly server: Endpoint;
  /** Its own, from 1 to 65535. */
  readonly port: number;
  /** Cycles between two looks for the reply. */
  readonly pollCycles: number;
  /** Looks until a call is sent again; twice as many each time, up to 64 times as many. */
  readonly polls: number;
  /** Times that a call is sent, from 1. */
  readonly tries: number;
}

/** Doublings of the time until a call is sent again. */
const MOST_DOUBLINGS = 6;

/** Calls to one server. Its methods are library code at the present, and whoever calls them holds a lock. */
export class SplashRpc {
  readonly stats = { calls: 0, retransmissions: 0, timeouts: 0, strayReplies: 0, badReplies: 0 };
  private readonly network: SplashNetwork;
  private readonly options: SplashRpcOptions;
  /** Is 1 when the reply is there and all that was sent is off the card: memory may change again. */
  private readonly settled: number;
  /** All below is guarded by the lock that callers hold; an interrupt sets `reply` between yields. */
  private xid = 0;
  private reply: SplashDatagram | null = null;
  private waiting = false;

  /** Make it before the program starts. It takes all datagrams of the network. */
  constructor(os: SplashOS, network: SplashNetwork, options: SplashRpcOptions) {
    this.network = network;
    this.options = options;
    this.settled = os.memory.line();
    network.onDatagram = datagram => this.arrived(datagram);
    network.onSent = () => this.settle();
  }

  /**
   * Calls a procedure with words, and data where they lie. The reader of the reply stands behind its header; `free` it. Null: no
   * reply, or one that says that the server cannot.
   */
  *call(
    thread: SplashThread,
    procedure: Omit<CallHeader, 'xid'>,
    words: readonly number[],
    data: readonly Place[] = [],
  ): Code<XdrReader | null> {
    const { network, options } = this;
    const { server, port, polls, tries } = options;
    yield* network.open();
    this.stats.calls++;
    this.xid++;
    this.waiting = true;
    yield store(this.settled, 0);
    const message = [...callWords({ ...procedure, xid: this.xid }), ...words];
    const frame = yield* network.compose(port, server, message, data);
    for (let sent = 0; sent < tries && this.reply === null; sent++) {
      if (sent > 0) this.stats.retransmissions++;
      yield* network.send(frame);
      yield* this.await(thread, polls << Math.min(sent, MOST_DOUBLINGS));
    }
    // No reply that comes now: the next call has other memory under way.
    this.waiting = false;
    while (network.unsent > 0) yield* this.pause(thread);
    return yield* this.accept();
  }

  /** A reply has been read. */
  *free(): Code {
    const { reply } = this;
    this.reply = null;
    if (reply !== null) yield* this.network.release(reply.buffer);
  }

  /** Returns when the call is settled, or after so many looks. */
  private *await(thread: SplashThread, polls: number): Code {
    for (let poll = 0; poll < polls && (yield load(this.settled)) === 0; poll++) yield* this.pause(thread);
  }

  /** Waiting for others far away is idling. Other threads of the processor run meanwhile. */
  private *pause(thread: SplashThread): Code {
    yield annotate(-1, Activity.Idle);
    yield compute(this.options.pollCycles);
    yield annotate(-1, Activity.Kernel);
    yield* thread.giveWay();
  }

  private *accept(): Code<XdrReader | null> {
    if (this.reply === null) {
      this.stats.timeouts++;
      return null;
    }
    const reader = new XdrReader([this.reply.data]);
    yield* reader.word();
    if ((yield* readReply(reader)) === Accept.SUCCESS) return reader;
    this.stats.badReplies++;
    yield* this.free();
    return null;
  }

  /** Interrupt: a datagram for this client. One that nobody waits for is let go. */
  private *arrived(datagram: SplashDatagram): Code<boolean> {
    const { server, port } = this.options;
    const { from, toPort, data } = datagram;
    const xid = yield* new XdrReader([data]).word();
    const known = from.address === server.address && from.port === server.port && toPort === port && xid === this.xid;
    if (!known || !this.waiting || this.reply !== null) {
      this.stats.strayReplies++;
      return false;
    }
    this.reply = datagram;
    yield* this.settle();
    return true;
  }

  private *settle(): Code {
    if (this.reply !== null && this.network.unsent === 0) yield store(this.settled, 1);
  }
}
