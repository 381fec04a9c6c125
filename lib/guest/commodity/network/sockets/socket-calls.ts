/**
 * Datagrams for user programs: the system call `socket`, with what is asked for as its first argument. A socket is a number
 * of its process, closed with it; a child of `fork` has none.
 */
import { store, zero } from '../../../../processor/operations.js';
import { isInteger, isUserRange } from '../../processes/arguments.js';
import { ErrorNumber, type Code } from '../../../../system/code.js';
import type { CommodityKernel } from '../../kernel.js';
import type { Process } from '../../processes/process.js';
import type { Thread } from '../../processes/threads.js';
import { MAX_DATAGRAM_BYTES } from './datagram-header.js';
import type { Datagram, Socket } from './socket.js';
import type { Transport } from './transport.js';
import { copyIn, copyOut } from './user-data.js';

const { EBADF, EINVAL, EFAULT, EMFILE, EMSGSIZE, EADDRINUSE, ENOBUFS, ETIMEDOUT } = ErrorNumber;
const SOCKETS = 'sockets';
/** Datagrams that wait at a socket of a user. */
const QUEUE = 16;
/** Ports that are given to who sends without having bound: those of 4.3BSD. */
const FIRST_PORT = 1024;
const LAST_PORT = 5000;
const MOST_PORT = 0xffff;

/** A socket of a process; null until it is bound. */
interface Own {
  readonly transport: Transport;
  socket: Socket | null;
}

/** Adds the call. `most` sockets for each process. */
export function addSocketCalls(kernel: CommodityKernel, transports: readonly Transport[], most: number): void {
  const calls = new SocketCalls(kernel, transports, most);
  kernel.calls.set('socket', (thread, args) => calls.call(thread, args));
  kernel.processes.parts.push({
    name: SOCKETS,
    // A process gets its first socket when it asks.
    *made() {},
    *ended(thread, process) {
      for (const { transport, socket } of socketsOf(process).values())
        if (socket !== null) yield* transport.unbind(thread, socket);
    },
  });
}

function socketsOf({ parts }: Process): Map<unknown, Own> {
  const sockets = (parts.get(SOCKETS) ?? new Map<unknown, Own>()) as Map<unknown, Own>;
  parts.set(SOCKETS, sockets);
  return sockets;
}

class SocketCalls {
  private readonly kernel: CommodityKernel;
  private readonly transports: readonly Transport[];
  private readonly most: number;

  constructor(kernel: CommodityKernel, transports: readonly Transport[], most: number) {
    this.kernel = kernel;
    this.transports = transports;
    this.most = most;
  }

  *call(thread: Thread, [what, number, ...args]: readonly unknown[]): Code<number> {
    yield* this.kernel.work('socket', thread.record);
    const sockets = socketsOf(this.kernel.processes.of(thread));
    if (what === 'make') return this.make(sockets, number);
    const own = sockets.get(number);
    if (own === undefined) return EBADF;
    switch (what) {
      case 'bind':
        return this.bind(own, args[0]);
      case 'sendto':
        return yield* this.send(thread, own, args);
      case 'recvfrom':
        return yield* this.receive(thread, own, args);
      case 'close':
        sockets.delete(number);
        if (own.socket !== null) yield* own.transport.unbind(thread, own.socket);
        return 0;
      default:
        return EINVAL;
    }
  }

  private make(sockets: Map<unknown, Own>, station: unknown): number {
    const transport = isInteger(station) ? this.transports[station] : undefined;
    if (transport === undefined) return EINVAL;
    for (let number = 0; number < this.most; number++) {
      if (sockets.has(number)) continue;
      sockets.set(number, { transport, socket: null });
      return number;
    }
    return EMFILE;
  }

  private bind(own: Own, port: unknown): number {
    if (!isInteger(port, 1, MOST_PORT) || own.socket !== null) return EINVAL;
    if (own.transport.bound(port)) return EADDRINUSE;
    own.socket = own.transport.bind(port, QUEUE);
    return 0;
  }

  /** The port of a socket; one that nobody has if it was not bound. -1 if there is none. */
  private portOf(own: Own): number {
    if (own.socket !== null) return own.socket.port;
    for (let port = FIRST_PORT; port <= LAST_PORT; port++) if (this.bind(own, port) === 0) return port;
    return -1;
  }

  private *send(thread: Thread, own: Own, [address, bytes, to, toPort]: readonly unknown[]): Code<number> {
    if (!isInteger(address) || !isInteger(bytes) || !isInteger(to) || !isInteger(toPort, 1, MOST_PORT)) return EINVAL;
    if (!isUserRange(address, bytes)) return EFAULT;
    if (address % 4 !== 0 || bytes % 4 !== 0) return EINVAL;
    if (bytes > MAX_DATAGRAM_BYTES) return EMSGSIZE;
    const port = this.portOf(own);
    if (port < 0) return ENOBUFS;
    const { transport } = own;
    const pieces = yield* copyIn(thread, transport.mbufs, address, bytes, this.kernel.options.profile.copyLineCycles);
    if (typeof pieces === 'number') return pieces;
    const sending = yield* transport.send(thread, port, { address: to, port: toPort }, pieces);
    return sending === null ? ENOBUFS : bytes;
  }

  private *receive(thread: Thread, own: Own, [address, bytes, from, timeoutNs]: readonly unknown[]): Code<number> {
    if (!isInteger(address) || !isInteger(bytes) || !isInteger(from) || !isTimeout(timeoutNs)) return EINVAL;
    if (!isUserRange(address, bytes) || !isUserRange(from, 8)) return EFAULT;
    if ((address | bytes | from) % 4 !== 0 || own.socket === null) return EINVAL;
    const datagram = yield* own.socket.receive(thread, timeoutNs);
    if (datagram === null) return own.transport.bound(own.socket.port) ? ETIMEDOUT : EBADF;
    const result = yield* this.hand(datagram, address, bytes, from);
    yield* own.transport.mbufs.freeAll(thread, datagram.pieces);
    return result;
  }

  /** Gives a datagram to a user: what does not fit is lost, as with UDP. */
  private *hand(datagram: Datagram, address: number, bytes: number, from: number): Code<number> {
    const done = yield* copyOut(datagram.pieces, address, bytes, this.kernel.options.profile.copyLineCycles);
    if (done < 0 || from === 0) return done;
    // The result of a store does not tell that it was not served.
    const error = yield zero(from, 8, 0);
    if (error < 0) return error;
    yield store(from, datagram.from);
    yield store(from + 4, datagram.fromPort);
    return done;
  }
}

function isTimeout(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}
