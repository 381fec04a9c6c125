/**
 * Steps of the network, for both profiles. ESTIMATED: no kernel was measured or published with these. The sizes are ours, so that
 * sending a datagram of a page takes some 2500 instructions besides its copies, receiving it some 3500, and an RPC on top of both
 * some 3000 at each end. Beside that: Linux 6.1 on MIPS takes 5116 to send 1 KB through a pair of local sockets (measured).
 */
import type { Step } from '../profile.js';
import { step } from './step.js';

/** By name, as Profile has them. */
export const NETWORK_STEPS: Readonly<Record<string, Step>> = {
  'mbuf get': step(120, 4, { network: [2, 0.4] }),
  'mbuf free': step(90, 3, { network: [2, 0.4] }),
  socket: step(300, 10, { files: [2, 0.1], network: [3, 0.2] }),
  'socket append': step(300, 8, { network: [4, 0.4] }),
  'socket receive': step(350, 10, { network: [4, 0.4] }),
  'udp output': step(700, 20, { network: [6, 0.25] }),
  'udp input': step(600, 18, { network: [6, 0.25] }),
  'ip fragment': step(400, 12, { network: [4, 0.25] }),
  'ip reassemble': step(450, 12, { network: [4, 0.3] }),
  'ether output': step(500, 14, { network: [4, 0.25] }),
  'ether input': step(350, 10, { network: [4, 0.25] }),
  // As 'disk interrupt', without the part of a driver that starts the next request.
  'network interrupt': step(1500, 40, { network: [6, 0.2], scheduler: [2, 0.05] }),
  'rpc call': step(900, 24, { network: [6, 0.2] }),
  'rpc reply': step(500, 14, { network: [4, 0.2] }),
  'rpc serve': step(800, 20, { network: [6, 0.2] }),
  xdr: step(120, 4, { network: [1, 0.2] }),
  'nfs call': step(600, 16, { files: [4, 0.15], network: [3, 0.1] }),
  'nfs name': step(500, 14, { files: [4, 0.25] }),
  'nfs read': step(400, 12, { files: [3, 0.15], buffers: [3, 0.1] }),
  'nfs write': step(500, 14, { files: [3, 0.15], buffers: [3, 0.1] }),
  'nfs page': step(300, 8, { buffers: [3, 0.2] }),
  'nfs serve': step(1200, 30, { files: [6, 0.2], network: [4, 0.1] }),
  biod: step(400, 12, { buffers: [4, 0.2], network: [2, 0.1] }),
};
