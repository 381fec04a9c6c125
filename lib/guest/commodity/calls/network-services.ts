/**
 * The network of the kernel: stations over cards or alone, datagrams for programs, and both sides of NFS. Puts together what
 * network/ has, with files.
 */
import { list, plainObject, wholeNumber } from '../../../engine/checks.js';
import { copy } from '../../../processor/operations.js';
import type { Code, KernelThread } from '../../../system/code.js';
import type { FileServices } from './file-services.js';
import type { CommodityKernel } from '../kernel.js';
import { CachePages } from '../network/cache-pages.js';
import type { Remap } from '../network/nfs/client-pages.js';
import { MbufPool, SMALL_BYTES, type MbufOptions } from '../network/mbufs.js';
import { NfsClient, type NfsClientOptions } from '../network/nfs/nfs-client.js';
import { HANDLE_WORDS, type Handle } from '../network/nfs/nfs-protocol.js';
import { NfsServer, type NfsServerOptions } from '../network/nfs/nfs-server.js';
import { NFS_CLIENT, NFS_SERVER, ORIGINAL_MBUFS, RPC_CLIENT, TRANSPORT } from '../network/presets.js';
import { RpcClient, type RpcClientOptions } from '../network/rpc/rpc-client.js';
import { addSocketCalls } from '../network/sockets/socket-calls.js';
import { StationPort, type KernelStation } from '../network/station.js';
import { Transport, type Endpoint, type TransportOptions } from '../network/sockets/transport.js';
import type { Thread } from '../processes/threads.js';

/** What a network is made with. What is not said is as in network/presets.ts. */
export interface KernelNetworkOptions {
  /** Addresses of the kernel, at least one. What is sent to its own address loops back there. */
  readonly stations: readonly KernelStation[];
  /** Sockets of a process. */
  readonly sockets: number;
  /** Client daemons of a mounted file system. */
  readonly biods: number;
  /** Network buffers. The switches alignedMessages and outsideLinks of the kernel are not repeated here. */
  readonly mbufs?: Partial<Omit<MbufOptions, 'aligned' | 'links'>>;
  readonly transport?: Partial<TransportOptions>;
  readonly rpc?: Partial<RpcClientOptions>;
  readonly client?: Partial<typeof NFS_CLIENT>;
}

/** A station with what runs on it. */
export interface Station {
  readonly port: StationPort;
  readonly transport: Transport;
  readonly rpc: RpcClient;
}

/** The handle of the root of a file system of `exportNfs`, as its mount service would give it out. The first has the number `NFS_SERVER.fsid`. */
export function rootHandle(fsid: number): Handle {
  wholeNumber(fsid, 'rootHandle: fsid', 0, 2 ** 31 - 1);
  return [fsid, 1, ...new Array<number>(HANDLE_WORDS - 2).fill(0)];
}

/**
 * The network of a kernel: adds the system call `socket` (see network/socket-calls.ts). Make it before the kernel runs, and
 * have the first thread execute `start`, then export and mount. Throws a RangeError for stations that cannot be.
 */
export class NetworkServices {
  /** @internal */
  readonly mbufs: MbufPool;
  /** @internal */
  readonly stations: readonly Station[];
  private readonly kernel: CommodityKernel;
  private readonly files: FileServices;
  private readonly options: KernelNetworkOptions;
  private readonly pages: CachePages;

  constructor(kernel: CommodityKernel, files: FileServices, options: KernelNetworkOptions) {
    plainObject(options, 'the options of network services');
    const { stations } = options;
    list(stations, 'network services: stations');
    if (stations.length === 0) throw new RangeError('a network has at least one station');
    if (new Set(stations.map(({ address }) => address)).size < stations.length)
      throw new RangeError('two stations of a kernel have the same address');
    this.kernel = kernel;
    this.files = files;
    this.options = options;
    this.pages = new CachePages(files.cache);
    const { alignedMessages, outsideLinks } = kernel.switches;
    const links = outsideLinks ? 'outside' : 'inside';
    this.mbufs = new MbufPool(kernel, { ...ORIGINAL_MBUFS, ...options.mbufs, aligned: alignedMessages, links });
    this.stations = stations.map((station, number) => this.makeStation(station, number));
    addSocketCalls(
      kernel,
      this.stations.map(({ transport }) => transport),
      options.sockets,
    );
  }

  /** Fills the receive rings. Throws an Error if there is no memory for them. */
  *start(thread: Thread): Code {
    for (const { transport, port } of this.stations)
      if ((yield* transport.network.open(thread)) === 0)
        throw new Error(`there is no memory for receive buffers of ${port.address}; give the machine more memory`);
  }

  /**
   * Exports what is mounted at some paths, by server threads of a station, which has one server at a port. The file systems are
   * numbered in the order of their paths: see `rootHandle`. Throws an Error if nothing is mounted at one of them.
   */
  *exportNfs(
    thread: Thread,
    paths: readonly string[],
    nfsds: number,
    options: Partial<NfsServerOptions> = {},
    station = 0,
  ): Code<NfsServer> {
    const fileSystems = paths.map(path => {
      const fileSystem = this.files.mounts.at(path);
      if (fileSystem === undefined) throw new Error(`nothing is mounted at ${path}, so it cannot be exported`);
      return fileSystem;
    });
    const server = new NfsServer(this.kernel, this.station(station).transport, fileSystems, {
      ...NFS_SERVER,
      ...options,
    });
    // The first handle of a file system is that of its root: see rootHandle.
    for (const [number, path] of paths.entries()) {
      const root = yield* server.mount(thread, number);
      if (typeof root === 'number') throw new Error(`${path} cannot be exported: error ${root}`);
    }
    for (let daemon = 0; daemon < nfsds; daemon++)
      yield* this.files.startDaemon(thread, `nfsd ${daemon}`, t => server.nfsd(t));
    return server;
  }

  /**
   * Mounts a file system of a server at a path. Waits until the server answers. The client, or an ErrorNumber: then nothing is
   * mounted.
   */
  *mountNfs(
    thread: Thread,
    path: string,
    server: Endpoint,
    handle: Handle = rootHandle(NFS_SERVER.fsid),
    station = 0,
  ): Code<NfsClient | number> {
    const { kernel, files } = this;
    const client = new NfsClient(kernel, this.station(station).rpc, this.pages, this.clientOptions(path, server));
    const error = yield* client.mount(thread, handle);
    if (error !== 0) return error;
    for (let daemon = 0; daemon < this.options.biods; daemon++)
      yield* files.startDaemon(thread, `biod ${daemon} of ${path}`, t => client.daemons.biod(t));
    files.mount(path, client);
    return client;
  }

  private clientOptions(path: string, server: Endpoint): NfsClientOptions {
    const { copyLineCycles } = this.kernel.options.profile;
    return {
      ...NFS_CLIENT,
      ...this.options.client,
      name: path,
      server,
      cyclesPerLine: copyLineCycles,
      vnodeId: () => this.files.cache.newOwner(),
      remap: this.kernel.switches.remap ? this.remap : null,
    };
  }

  /** The monitor's copy, or ours if it has no memory for that. */
  private readonly remap: Remap = (_thread: KernelThread, from, to) => this.copyPage(from, to);

  private *copyPage(from: number, to: number): Code {
    const { kernel } = this;
    if (yield* kernel.hints.remap(kernel.pageOf(from), kernel.pageOf(to))) return;
    yield copy(from, to, kernel.pageBytes, kernel.options.profile.copyLineCycles);
  }

  private station(number: number): Station {
    const station = this.stations[number];
    if (station === undefined)
      throw new RangeError(`there is no station ${number}; the kernel has ${this.stations.length}`);
    return station;
  }

  private makeStation(station: KernelStation, number: number): Station {
    const { kernel, mbufs } = this;
    const options = { ...TRANSPORT, ...this.options.transport };
    const bufferBytes = kernel.pageBytes - (mbufs.options.aligned ? 0 : SMALL_BYTES);
    const port = new StationPort(kernel, station, number, { bufferBytes, ring: options.receiveRing });
    const transport = new Transport(kernel, mbufs, port, options);
    port.connect(transport.network);
    const rpc = new RpcClient(kernel, transport, { ...RPC_CLIENT, ...this.options.rpc });
    kernel.onTick.push(
      thread => transport.tick(thread),
      thread => rpc.tick(thread),
    );
    return { port, transport, rpc };
  }
}
