/** A server and clients of NFS, for the specs beside this. */
import { randomStream } from '../../../../lib/engine/random.js';
import { NfsClient, type NfsClientOptions } from '../../../../lib/guest/commodity/network/nfs/nfs-client.js';
import { NfsServer, type NfsServerOptions } from '../../../../lib/guest/commodity/network/nfs/nfs-server.js';
import { RpcClient, type RpcClientOptions } from '../../../../lib/guest/commodity/network/rpc/rpc-client.js';
import type { Handle } from '../../../../lib/guest/commodity/network/nfs/nfs-protocol.js';
import { Fabric, type TestKernel } from './fabric.js';
import { host, RPC, run, SERVER, strayMbufs, type Host, type HostOptions } from './hosts.js';
import { ForgetfulPages, PlainFiles } from './plain-files.js';
import { PERFECT, Wire, type WireOptions } from './wire.js';

export interface WorldOptions {
  readonly seed?: number;
  readonly clients?: number;
  readonly nfsds?: number;
  readonly biods?: number;
  readonly capacity?: number;
  /** File systems that the server exports beside the first. */
  readonly more?: number;
  readonly wire?: Partial<WireOptions>;
  readonly host?: HostOptions;
  readonly rpc?: Partial<RpcClientOptions>;
  readonly nfs?: Partial<NfsClientOptions>;
  readonly server?: Partial<NfsServerOptions>;
}

export interface Client {
  readonly host: Host;
  readonly kernel: TestKernel;
  readonly rpc: RpcClient;
  readonly nfs: NfsClient;
  readonly pages: ForgetfulPages;
  /** A page of memory of a user. */
  buffer(): number;
}

export const NFS = {
  name: 'remote',
  server: { address: 1, port: 2049 },
  attributeNs: 3e9,
  checkOnOpen: false,
  readAhead: 2,
  writeBehind: true,
  requests: 8,
  cyclesPerLine: 16,
  remap: null,
};

export function world(options: WorldOptions = {}) {
  const seed = options.seed ?? 1;
  const fabric = new Fabric(seed);
  const wire = new Wire(fabric, { ...PERFECT, ...options.wire });
  const server = host(fabric, wire, 1, options.host);
  const files = new PlainFiles(server.kernel);
  const serverOptions = { ...SERVER, fsid: 77, synchronous: true, ...options.server };
  const more = Array.from({ length: options.more ?? 0 }, () => new PlainFiles(server.kernel));
  const nfsServer = new NfsServer(server.kernel, server.transport, [files, ...more], serverOptions);
  for (let k = 0; k < (options.nfsds ?? 3); k++) server.kernel.start(`nfsd ${k}`, thread => nfsServer.nfsd(thread));
  const root = run(fabric, server.kernel, 'mountd', thread => nfsServer.mount(thread)) as Handle;
  const clients = Array.from({ length: options.clients ?? 1 }, (_, k) => client(k));

  function client(number: number): Client {
    const own = host(fabric, wire, 2 + number, options.host);
    const { kernel } = own;
    const rpc = new RpcClient(kernel, own.transport, { ...RPC, ...options.rpc });
    kernel.onTick.push(thread => rpc.tick(thread));
    const random = randomStream(String(seed), `pages ${number}`);
    const pages = new ForgetfulPages(kernel, random, options.capacity ?? 20);
    let vnodes = 100;
    const nfs = new NfsClient(kernel, rpc, pages, { ...NFS, vnodeId: () => vnodes++, ...options.nfs });
    for (let k = 0; k < (options.biods ?? 2); k++) kernel.start(`biod ${k}`, thread => nfs.daemons.biod(thread));
    fabric.run([kernel.start('mount', thread => nfs.mount(thread, root) as never)]);
    const buffer = () => kernel.allocate('user', 65_536);
    return { host: own, kernel, rpc, nfs, pages, buffer };
  }

  /** Lets everything end, and says what is left over: buffers, pages held, handles in use. */
  function leftOver(): number[] {
    for (const { kernel, nfs } of clients) run(fabric, kernel, 'stop', thread => nfs.daemons.stop(thread));
    fabric.runFor(3e9);
    const held = clients.map(({ pages }) => pages.held);
    return [strayMbufs(server), files.root.held(), ...clients.map(other => strayMbufs(other.host)), ...held];
  }

  return { fabric, wire, server, files, more, nfsServer, root, clients, leftOver };
}
