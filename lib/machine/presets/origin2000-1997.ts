/** The SGI Origin 2000. */
import { dimensionFor, sizesOf } from './shapes.js';
import type { PresetOptions } from './presets.js';
import type { MachineSpecification } from '../specification/specification.js';

/**
 * Local 310 ns: bus 50, look-up 60, memory 150, bus 50. On the same router 540: bus 50, out 15, network 100, look-up
 * 60, memory 150, network 100, in 15, bus 50. Each further router 50 each way.
 */
export function origin2000(options: PresetOptions = {}): MachineSpecification {
  const { nodes, l2Bytes } = sizesOf(options, { nodes: 8, l2Bytes: 2 ** 22 });
  const nodesPerRouter = Math.min(2, nodes);
  const dimension = dimensionFor(nodes / nodesPerRouter);
  return {
    name: 'origin2000-1997',
    source:
      'Laudon and Lenoski, The SGI Origin, ISCA 1997, latencies recollected; line size from the IRIX-derived hub header',
    confidence: {
      nodes: 'S: two processors per node, two nodes per router, hypercube. Memory chosen by us',
      processor: 'S: R10000. M: 195 MHz and an L2 of 56.4 ns, here 200 MHz and 55 ns so that the tick is 5 ns; 4 MB L2',
      memory: 'M: 310 ns in all; the split is ours. One bank of 160 ns: 800 MB/s, M',
      controller: 'M: 540 ns in all; the split, forwards and occupancies are ours',
      network: 'M: 50 ns per router and direction, 800 MB/s each way; 16-byte headers ours',
    },
    tickPs: 5000,
    nodes: { count: 2 ** dimension * nodesPerRouter, processors: 2, memoryBytes: 64 * 2 ** 20 },
    pageBytes: 4096,
    processor: {
      clockMHz: 200,
      tlbEntries: 64,
      l1i: { sizeBytes: 32768, ways: 2, lineBytes: 64 },
      l1d: { sizeBytes: 32768, ways: 2, lineBytes: 32 },
      l2: { sizeBytes: l2Bytes, ways: 2, lineBytes: 128 },
      l2HitNs: 55,
    },
    memory: { accessNs: 150, banks: 1, bankNs: 160 },
    controller: {
      requestOutNs: 15,
      lookupLocalNs: 60,
      lookupRemoteNs: 60,
      forwardOutNs: 40,
      forwardInNs: 40,
      responseOutNs: 40,
      responseInNs: 15,
      homeOccupancyNs: 40,
      passOccupancyNs: 10,
    },
    busNs: 50,
    network: {
      topology: {
        kind: 'hypercube',
        dimension,
        nodesPerRouter,
        attach: { latencyNs: 30, flitNs: 10 },
        link: { latencyNs: 50, flitNs: 10 },
      },
      niNs: 20,
      flitBytes: 8,
      headerBytes: 16,
    },
    protocol: 'MESI',
    counters: null,
    wheelSlots: 4096,
  };
}
