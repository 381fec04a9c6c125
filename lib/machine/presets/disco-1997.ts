/** The machine that the Disco paper simulated, and the bus-based machine that it compares with. */
import { sizesOf } from './shapes.js';
import type { MachineSpecification } from '../specification/specification.js';
import type { PresetOptions } from './presets.js';

const SOURCE = 'Bugnion, Devine and Rosenblum, Disco, SOSP 1997, sections 5.1 and 5.5';

/** 256 MB over 8 nodes. */
const MEMORY_BYTES = 32 * 2 ** 20;

const PROCESSOR_CONFIDENCE =
  'T: in order, twice the R10000 clock, 32 KB + 32 KB and 1 MB caches. M: 400 MHz, 64 TLB entries, associativity and lines of the R10000; L2 hit of 20 ns chosen by us';

/**
 * FLASH as Disco saw it: 300 ns to local memory, 900 ns to remote. Local: bus 60, look-up 40, memory 140, bus 60.
 * Remote: bus 60, out 20, network 280, look-up 40, memory 140, network 280, in 20, bus 60.
 */
export function disco1997(options: PresetOptions = {}): MachineSpecification {
  const { nodes, l2Bytes } = sizesOf(options, { nodes: 8, l2Bytes: 2 ** 20 });
  return {
    name: 'disco-1997',
    source: SOURCE,
    confidence: {
      nodes: 'T: one processor per node, 8 or 16 nodes by experiment, 256 MB on 8',
      processor: PROCESSOR_CONFIDENCE,
      memory:
        'T: 300 ns in all; the split is ours. M: 140 ns to the first word as FLASH. Four banks of 160 ns chosen by us',
      controller:
        'T: 300 and 900 ns in all; the split is ours. M: occupancy of 110 ns at home and 20 to 30 ns in passing as FLASH; forwards as flash-1994',
      network:
        'T: nothing but 900 ns in all. A crossbar with 280 ns each way is ours; M: 8-byte flits at 800 MB/s each way and 16-byte headers',
    },
    tickPs: 2500,
    nodes: { count: nodes, processors: 1, memoryBytes: MEMORY_BYTES },
    pageBytes: 4096,
    processor: {
      clockMHz: 400,
      tlbEntries: 64,
      l1i: { sizeBytes: 32768, ways: 2, lineBytes: 64 },
      l1d: { sizeBytes: 32768, ways: 2, lineBytes: 32 },
      l2: { sizeBytes: l2Bytes, ways: 2, lineBytes: 128 },
      l2HitNs: 20,
    },
    memory: { accessNs: 140, banks: 4, bankNs: 160 },
    controller: {
      requestOutNs: 20,
      lookupLocalNs: 40,
      lookupRemoteNs: 40,
      forwardOutNs: 180,
      forwardInNs: 120,
      responseOutNs: 200,
      responseInNs: 20,
      homeOccupancyNs: 110,
      passOccupancyNs: 25,
    },
    busNs: 60,
    network: {
      topology: { kind: 'crossbar', attach: { latencyNs: 120, flitNs: 10 } },
      niNs: 20,
      flitBytes: 8,
      headerBytes: 16,
    },
    protocol: 'MESI',
    counters: null,
    wheelSlots: 4096,
  };
}

/**
 * The comparison machine of section 5.5: a bus on which every miss takes 300 ns. One node holds all processors and all
 * memory; its controller is the bus. A miss that another cache answers takes 300 ns too: 60 + 40 + 60 + 60 + 20 + 60.
 * Each request occupies the bus, and its bank, for 10 ns: a single server, and yet the lower bound that it is in the paper.
 */
export function uma(options: PresetOptions = {}): MachineSpecification {
  const { nodes, l2Bytes } = sizesOf(options, { nodes: 8, l2Bytes: 2 ** 20 });
  const disco = disco1997({ nodes, l2Bytes });
  return {
    ...disco,
    name: 'uma',
    confidence: {
      nodes: 'T: as many processors and as much memory as disco-1997, on one bus',
      processor: PROCESSOR_CONFIDENCE,
      memory: 'T: 300 ns for every miss; 32 banks that take a line in the 10 ns of the bus are ours',
      controller: 'T: 300 ns for every miss; a bus that each request occupies for 10 ns is ours',
      network: 'none: one node',
    },
    nodes: [{ processors: nodes, memoryBytes: nodes * MEMORY_BYTES }],
    memory: { accessNs: 140, banks: 32, bankNs: 10 },
    controller: {
      requestOutNs: 20,
      lookupLocalNs: 40,
      lookupRemoteNs: 40,
      responseInNs: 20,
      forwardOutNs: 0,
      forwardInNs: 0,
      responseOutNs: 20,
      homeOccupancyNs: 10,
      passOccupancyNs: 10,
    },
  };
}
