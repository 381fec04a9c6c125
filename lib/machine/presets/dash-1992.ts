/** The Stanford DASH prototype, built of the parts of its published read latencies. */
import { nearSquare, sizesOf } from './shapes.js';
import type { PresetOptions } from './presets.js';
import type { MachineSpecification } from '../specification/specification.js';

const CLOCK_NS = 30;

/** Clocks of the breakdown, which has one decimal, in nanoseconds. */
const clocks = (count: number): number => Math.round(10 * count * CLOCK_NS) / 10;

/**
 * The published parts in clocks: CPU 7.7, bus 9.9, entry 5.0, network 10.8, exit 5.1, home bus 11.0, entry 4.9, network
 * 11.1, exit to processor 16.1, bus 10.6, CPU 8.2: 100.4. A third cluster adds exit 5.1, bus 11.0, entry 5.0, network
 * 10.8: 132.3. The wire to a processor is half of a bus transaction of 11.0, so a forward that fetches a line crosses
 * the bus exactly as published; what CPU and bus take beyond that is in `requestOutNs` and `responseInNs`. The network
 * part is that of clusters two hops apart; where it is printed as 11.1 the 0.3 are in `lookupRemoteNs`.
 */
export function dash1992(options: PresetOptions = {}): MachineSpecification {
  const { nodes, l2Bytes } = sizesOf(options, { nodes: 16, l2Bytes: 2 ** 18 });
  const { columns, rows } = nearSquare(nodes);
  const bus = 5.5;
  return {
    name: 'dash-1992',
    source:
      'Lenoski et al., The Stanford Dash Multiprocessor, IEEE Computer, March 1992; parts measured from its figure 9',
    confidence: {
      nodes: 'T: 16 clusters of 4 processors. M: 16 MB each',
      processor:
        'T: R3000 with a clock of 30 ns, direct-mapped caches of 16-byte lines (first level write-through there). M: L2 hit of 15 clocks, 64 TLB entries',
      memory: 'T: 29 clocks in all, a line each 4 bus clocks; the split is ours',
      controller:
        'F: parts of figure 9, plus or minus 1.5 clocks. T: a line each 4 bus clocks occupies the cluster bus',
      network:
        'T: 4 by 4 mesh, 50 ns per hop, 16-bit flits, 120 MB/s in plus out. F: 10.8 clocks, here for two hops. One mesh for both directions; header of 8 bytes ours',
    },
    tickPs: 1000,
    nodes: { count: columns * rows, processors: 4, memoryBytes: 16 * 2 ** 20 },
    pageBytes: 4096,
    processor: {
      clockMHz: 1000 / CLOCK_NS,
      tlbEntries: 64,
      l1i: { sizeBytes: 65536, ways: 1, lineBytes: 16 },
      l1d: { sizeBytes: 65536, ways: 1, lineBytes: 16 },
      l2: { sizeBytes: l2Bytes, ways: 1, lineBytes: 16 },
      l2HitNs: clocks(14),
    },
    memory: { accessNs: clocks(11.0), banks: 1, bankNs: clocks(8) },
    controller: {
      requestOutNs: clocks(7.7 + 9.9 - bus + 5.0),
      lookupLocalNs: clocks(29 - bus - 11.0 - bus),
      lookupRemoteNs: clocks(5.1 + 4.9 + 0.3),
      forwardOutNs: clocks(11.0),
      forwardInNs: clocks(5.1),
      responseOutNs: clocks(5.0),
      responseInNs: clocks(16.1 + 10.6 + 8.2 - bus),
      homeOccupancyNs: clocks(8),
      passOccupancyNs: clocks(8),
    },
    busNs: clocks(bus),
    network: {
      topology: {
        kind: 'mesh',
        columns,
        rows,
        nodesPerRouter: 1,
        attach: { latencyNs: 100, flitNs: 33 },
        link: { latencyNs: 50, flitNs: 33 },
      },
      niNs: (clocks(10.8) - 2 * 50 - 2 * 100) / 2,
      flitBytes: 2,
      headerBytes: 8,
    },
    protocol: 'MESI',
    counters: null,
    wheelSlots: 4096,
  };
}
