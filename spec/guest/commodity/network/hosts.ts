/** Kernels with a network, for the specs beside this. */
import { MbufPool, type MbufOptions } from '../../../../lib/guest/commodity/network/mbufs.js';
import type { RpcClientOptions } from '../../../../lib/guest/commodity/network/rpc/rpc-client.js';
import type { RpcServerOptions } from '../../../../lib/guest/commodity/network/rpc/rpc-server.js';
import { Transport, type TransportOptions } from '../../../../lib/guest/commodity/network/sockets/transport.js';
import type { Code, KernelThread } from '../../../../lib/system/code.js';
import type { Fabric, TestKernel } from './fabric.js';
import type { TestPort, Wire } from './wire.js';

export const MBUFS: MbufOptions = { smallPages: 8, clusters: 96, reserve: 40, aligned: false, links: 'inside' };

export const TRANSPORT: TransportOptions = {
  transmitSlots: 4,
  transmitQueue: 60,
  receiveRing: 32,
  reassemblyPieces: 24,
  reassemblyNs: 500e6,
  checksum: false,
};

export const RPC: RpcClientOptions = {
  clientPort: 1000,
  retryNs: 100e6,
  mostRetryNs: 800e6,
  tries: Infinity,
  calls: 6,
  firstXid: 0xfffffff0,
};

export const SERVER: RpcServerOptions = { serverPort: 2049, serverQueue: 16, replyCache: 512 };

export interface Host {
  readonly kernel: TestKernel;
  readonly mbufs: MbufPool;
  readonly transport: Transport;
  readonly port: TestPort;
}

export interface HostOptions {
  readonly pages?: number;
  readonly mbufs?: Partial<MbufOptions>;
  readonly transport?: Partial<TransportOptions>;
}

export function host(fabric: Fabric, wire: Wire, address: number, options: HostOptions = {}): Host {
  const kernel = fabric.kernel(options.pages ?? 400);
  const mbufs = new MbufPool(kernel, { ...MBUFS, ...options.mbufs });
  const port = wire.port(kernel, address);
  const transport = new Transport(kernel, mbufs, port, { ...TRANSPORT, ...options.transport });
  port.above = transport.network;
  kernel.onTick.push(thread => transport.tick(thread));
  run(fabric, kernel, 'open', function* (thread) {
    yield* transport.network.open(thread);
  });
  return { kernel, mbufs, transport, port };
}

/** Runs a thread to its end; returns what it returned. */
export function run<T>(fabric: Fabric, kernel: TestKernel, name: string, body: (thread: KernelThread) => Code<T>): T {
  let result: T;
  fabric.run([
    kernel.start(name, function* (thread) {
      result = yield* body(thread);
    }),
  ]);
  return result!;
}

/** Buffers that are neither free nor in the receive ring. 0 when all is quiet, or somebody has lost some. */
export function strayMbufs({ mbufs, transport }: Host): number {
  return mbufs.inUse - transport.network.ring;
}
