/** Complete options of the network of a kernel. */
import type { MbufOptions } from './mbufs.js';
import type { NfsClientOptions } from './nfs/nfs-client.js';
import type { NfsServerOptions } from './nfs/nfs-server.js';
import type { RpcClientOptions } from './rpc/rpc-client.js';
import type { TransportOptions } from './sockets/transport.js';

/** Network buffers as in the original kernel: clusters with a header, links in the first word. Sizes are a choice. */
export const ORIGINAL_MBUFS: MbufOptions = {
  smallPages: 16,
  clusters: 256,
  reserve: 64,
  aligned: false,
  links: 'inside',
};

/** Network buffers as the authors of Disco changed them: clusters that fill their pages, links elsewhere. */
export const CHANGED_MBUFS: MbufOptions = { ...ORIGINAL_MBUFS, aligned: true, links: 'outside' };

/** A queue of 50 frames and 30 s for reassembly, as in 4.4BSD (IFQ_MAXLEN, IPFRAGTTL); the rest is a choice. */
export const TRANSPORT: TransportOptions = {
  transmitSlots: 16,
  transmitQueue: 50,
  receiveRing: 64,
  reassemblyPieces: 128,
  reassemblyNs: 30e9,
  checksum: false,
};

/** Calls sent again after 1 s, doubled up to 60 s, for ever: a hard mount of 4.4BSD (nfs.h). */
export const RPC_CLIENT: RpcClientOptions = {
  clientPort: 1023,
  retryNs: 1e9,
  mostRetryNs: 60e9,
  tries: Infinity,
  calls: 32,
  firstXid: 1,
};

/** The port of NFS (RFC 1094); 256 calls remembered, as in 4.3BSD Reno (NFSRVCACHESIZ). */
export const NFS_SERVER: NfsServerOptions = {
  serverPort: 2049,
  serverQueue: 64,
  replyCache: 256,
  fsid: 1,
  synchronous: true,
};

/**
 * A mount but for its name, its server, and what only the kernel has. A page is read ahead as in 4.4BSD (NFS_DEFRAHEAD);
 * attributes are believed for 3 s, as files are in Sun's and IRIX's clients (acregmin).
 */
export const NFS_CLIENT: Omit<NfsClientOptions, 'name' | 'server' | 'vnodeId' | 'cyclesPerLine' | 'remap'> = {
  attributeNs: 3e9,
  checkOnOpen: true,
  readAhead: 1,
  writeBehind: true,
  requests: 32,
};
