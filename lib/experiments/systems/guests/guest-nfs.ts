/** A guest's part in NFS: the file systems that it exports to others, and those of others that it mounts. */
import type { FileServices } from '../../../guest/commodity/calls/file-services.js';
import { NetworkServices, rootHandle } from '../../../guest/commodity/calls/network-services.js';
import type { CommodityKernel } from '../../../guest/commodity/kernel.js';
import { NFS_SERVER } from '../../../guest/commodity/network/presets.js';
import type { KernelStation } from '../../../guest/commodity/network/station.js';
import type { Thread } from '../../../guest/commodity/processes/threads.js';
import type { Channel, Code } from '../../../system/code.js';
import { GuestError } from '../../../system/guest-error.js';
import type { GuestNetwork, RemoteMount } from '../plan.js';

/** Threads that serve, and client daemons of a mounted file system: as many of each as IRIX starts unless it is told otherwise. */
const NFSDS = 4;
const BIODS = 4;
/** Sockets of a process. */
const SOCKETS = 8;
/** IRIX answers a write when it is in the server's memory, unless a file system is exported with `wsync` (exports(4)). */
const SYNCHRONOUS = false;

/** A mount with the number of the file system at its server. */
interface NumberedMount extends RemoteMount {
  readonly fsid: number;
}

/** What a guest is on the network. */
export interface NfsPart extends GuestNetwork {
  readonly mounts: readonly NumberedMount[];
}

/**
 * The parts of guests in NFS, with numbers of file systems; undefined for a guest that is not on the network. Throws a GuestError for a
 * mount of what no guest exports, for a guest that exports and mounts, and for two with one address.
 */
export function nfsParts(networks: readonly (GuestNetwork | undefined)[]): (NfsPart | undefined)[] {
  return networks.map(network => {
    if (network === undefined) return undefined;
    const { exports, address } = network;
    if (exports.length > 0 && network.mounts.length > 0)
      throw new GuestError(
        `guest ${networks.indexOf(network)} exports ${exports.join(', ')} and mounts ${network.mounts[0].path}; a guest does one of both`,
      );
    if (networks.some(other => other !== network && other?.address === address))
      throw new GuestError(`two guests have the address ${address}; give each one of its own`);
    const mounts = network.mounts.map((mount): NumberedMount => {
      const { server, path } = mount;
      const number = networks.find(other => other?.address === server)?.exports.indexOf(path) ?? -1;
      if (number < 0)
        throw new GuestError(
          `guest ${networks.indexOf(network)} mounts ${path} of address ${server}, which no guest exports; ${exported(networks)}`,
        );
      return { ...mount, fsid: NFS_SERVER.fsid + number };
    });
    return { ...network, mounts };
  });
}

/** A guest's network with NFS. Made before its kernel runs; its first thread executes `serve`, and later `mount`. */
export class GuestNfs {
  readonly network: NetworkServices;
  private readonly part: NfsPart;
  private readonly ticks: Channel;
  private readonly end: Channel;

  constructor(kernel: CommodityKernel, files: FileServices, station: KernelStation, part: NfsPart) {
    this.network = new NetworkServices(kernel, files, { stations: [station], sockets: SOCKETS, biods: BIODS });
    this.part = part;
    this.ticks = kernel.channel('nfs clients');
    this.end = kernel.channel('end of nfs');
    if (part.exports.length > 0) kernel.onTick.push(() => this.ticks.wakeAll());
  }

  /** Opens the network and exports what others mount. */
  *serve(thread: Thread): Code {
    const { exports } = this.part;
    yield* this.network.start(thread);
    if (exports.length > 0) yield* this.network.exportNfs(thread, exports, NFSDS, { synchronous: SYNCHRONOUS });
  }

  /** Mounts what it has from others: asks again until the server answers. Throws a GuestError if that refuses. */
  *mount(thread: Thread): Code {
    for (const { mount, server, path, fsid } of this.part.mounts) {
      const endpoint = { address: server, port: NFS_SERVER.serverPort };
      const client = yield* this.network.mountNfs(thread, mount, endpoint, rootHandle(fsid));
      if (typeof client === 'number')
        throw new GuestError(`${path} of address ${server} cannot be mounted at ${mount}: error ${client}`);
    }
  }

  /** Has a server wait, and serve meanwhile, until its clients have mounted what it exports: it looks at each tick of the clock. */
  *untilMounted(thread: Thread, clientsReady: () => boolean): Code {
    if (this.part.exports.length === 0) return;
    while (!clientsReady()) yield* this.ticks.sleep(thread);
  }

  /** Keeps a server's kernel running when its own workload is over: a kernel stops with its first thread. */
  *serveOn(thread: Thread): Code {
    if (this.part.exports.length > 0) yield* this.end.sleep(thread);
  }
}

function exported(networks: readonly (GuestNetwork | undefined)[]): string {
  const all = networks.flatMap(network => network?.exports.map(path => `${path} of ${network.address}`) ?? []);
  return all.length === 0 ? 'no guest exports anything' : `there are ${all.join(', ')}`;
}
