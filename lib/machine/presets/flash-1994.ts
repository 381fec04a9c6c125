/** The Stanford FLASH multiprocessor as its designers are recalled to have described it. Unverified: no source was open. */
import { nearSquare, sizesOf } from './shapes.js';
import type { PresetOptions } from './presets.js';
import type { MachineSpecification } from '../specification/specification.js';

/**
 * All five recalled read latencies come out between nodes two hops apart: local clean 270 ns, local dirty remote 1430,
 * remote clean 1110, remote dirty at home 1450, remote dirty in a third node 1910. The recalled parts of 10 ns that fix
 * them: network 4 out, 22 across, 8 in; memory 14; request out 3 + 3; reply in 2; a line out of a cache 38 in all.
 */
export function flash1994(options: PresetOptions = {}): MachineSpecification {
  const { nodes, l2Bytes } = sizesOf(options, { nodes: 16, l2Bytes: 2 ** 20 });
  const { columns, rows } = nearSquare(nodes);
  return {
    name: 'flash-1994',
    source: 'Kuskin et al., ISCA 1994, and Heinrich et al., ASPLOS 1994, recollected; unverified',
    confidence: {
      nodes: 'M: 16 nodes of one processor; memory chosen by us',
      processor: 'M: a 200 MHz T5, which became the R10000; L2 hit of 30 ns chosen by us',
      memory: 'M: 140 ns to the first word. Four banks of 160 ns chosen by us',
      controller:
        'M: five read latencies and occupancies of 110 ns at home, 20 to 30 ns in passing; the split is partly ours',
      network:
        'M: 22 cycles of 10 ns across a 4 by 4 mesh on average, here for two hops; 40 ns per hop and 800 MB/s ours',
    },
    tickPs: 2500,
    nodes: { count: columns * rows, processors: 1, memoryBytes: 32 * 2 ** 20 },
    pageBytes: 4096,
    processor: {
      clockMHz: 200,
      tlbEntries: 64,
      l1i: { sizeBytes: 32768, ways: 2, lineBytes: 64 },
      l1d: { sizeBytes: 32768, ways: 2, lineBytes: 32 },
      l2: { sizeBytes: l2Bytes, ways: 2, lineBytes: 128 },
      l2HitNs: 30,
    },
    memory: { accessNs: 140, banks: 4, bankNs: 160 },
    controller: {
      requestOutNs: 60,
      lookupLocalNs: 30,
      lookupRemoteNs: 110,
      forwardOutNs: 180,
      forwardInNs: 120,
      responseOutNs: 200,
      responseInNs: 20,
      homeOccupancyNs: 110,
      passOccupancyNs: 25,
    },
    busNs: 50,
    network: {
      topology: {
        kind: 'mesh',
        columns,
        rows,
        nodesPerRouter: 1,
        attach: { latencyNs: 70, flitNs: 10 },
        link: { latencyNs: 40, flitNs: 10 },
      },
      niNs: 60,
      flitBytes: 8,
      headerBytes: 16,
    },
    protocol: 'MESI',
    counters: null,
    wheelSlots: 4096,
  };
}
