/**
 * Machines of today by their measured latencies. Home agents are many to a socket, so no single server stands for them:
 * occupancies are 0, and contention is in the banks and links. There is no third-level cache in the model. A line out of
 * another cache of the socket is taken to cost as much as out of memory.
 */
import { sizesOf } from './shapes.js';
import type { PresetOptions } from './presets.js';
import type {
  ControllerSpecification,
  MachineSpecification,
  ProcessorSpecification,
} from '../specification/specification.js';

const GB = 2 ** 30;

const PROCESSOR: ProcessorSpecification = {
  clockMHz: 2500,
  tlbEntries: 768,
  l1i: { sizeBytes: 32768, ways: 8, lineBytes: 64 },
  l1d: { sizeBytes: 32768, ways: 8, lineBytes: 64 },
  l2: { sizeBytes: 2 ** 20, ways: 16, lineBytes: 64 },
  l2HitNs: 5.6,
};

const CONTROLLER: ControllerSpecification = {
  requestOutNs: 2,
  lookupLocalNs: 6,
  lookupRemoteNs: 6,
  forwardOutNs: 20,
  forwardInNs: 5,
  responseOutNs: 15,
  responseInNs: 2,
  homeOccupancyNs: 0,
  passOccupancyNs: 0,
};

const CORES = '8 processors per socket chosen by us; 1 GB per node so that first touch can fill it';

/** Two Xeon sockets: 81 ns local, 131 ns remote. More sockets are all one link apart. */
export function xeon2s(options: PresetOptions = {}): MachineSpecification {
  const { nodes, l2Bytes } = sizesOf(options, { nodes: 2, l2Bytes: 2 ** 20 });
  return {
    name: 'xeon-2s',
    source: 'Intel MLC on a Skylake-SP test bed of FD.io CSIT (s5-t22-sut1): 81.3 and 131.1 ns, rounded',
    confidence: {
      nodes: CORES,
      processor: 'M: 2.5 GHz, caches of Skylake-SP, second-level TLB of 1536 pages as 768 pairs',
      memory: 'S: 81 ns in all; the split is ours. M: 107 GB/s of six DDR4-2666 channels',
      controller: 'S: 131 ns in all; the split is ours',
      network: 'M: 43 GB/s each way over two UPI links',
    },
    tickPs: 100,
    nodes: { count: nodes, processors: 8, memoryBytes: GB },
    pageBytes: 4096,
    processor: { ...PROCESSOR, l2: { ...PROCESSOR.l2, sizeBytes: l2Bytes } },
    memory: { accessNs: 55, banks: 64, bankNs: 38.4 },
    controller: CONTROLLER,
    busNs: 10,
    network: {
      topology: { kind: 'matrix', latencyNs: allEqual(nodes, 20), flitNs: 0.3 },
      niNs: 1.5,
      flitBytes: 16,
      headerBytes: 16,
    },
    protocol: 'MESI',
    counters: null,
    wheelSlots: 16384,
  };
}

/** Two EPYC sockets: 130 ns local, 310 ns remote. More sockets are all one link apart. */
export function epyc2s(options: PresetOptions = {}): MachineSpecification {
  const { nodes, l2Bytes } = sizesOf(options, { nodes: 2, l2Bytes: 2 ** 20 });
  return {
    ...xeon2s({ nodes, l2Bytes }),
    name: 'epyc-2s',
    source: 'EPYC Turin: 130 ns on one socket; 310 ns derived from 220 ns interleaved over two sockets',
    confidence: {
      nodes: CORES,
      processor: 'M: 4 GHz; 32 KB and 1 MB caches as in Zen 4',
      memory: 'S: 130 ns in all; the split is ours. M: 400 GB/s of twelve DDR5 channels',
      controller: 'D: 310 ns in all, if half of the interleaved accesses were remote; the split is ours',
      network: 'M: 256 GB/s each way',
    },
    tickPs: 50,
    processor: {
      ...PROCESSOR,
      clockMHz: 4000,
      l2: { sizeBytes: l2Bytes, ways: 8, lineBytes: 64 },
      l2HitNs: 3.5,
    },
    memory: { accessNs: 90, banks: 128, bankNs: 20.5 },
    controller: {
      ...CONTROLLER,
      lookupLocalNs: 10,
      lookupRemoteNs: 10,
      requestOutNs: 5,
      responseInNs: 5,
      forwardOutNs: 30,
      responseOutNs: 30,
    },
    busNs: 15,
    network: {
      topology: { kind: 'matrix', latencyNs: allEqual(nodes, 80), flitNs: 0.05 },
      niNs: 2.5,
      flitBytes: 16,
      headerBytes: 16,
    },
    wheelSlots: 32768,
  };
}

/**
 * Two sockets and a memory expander on the first: node 2 has no processors. Measured 99, 169 and 243 ns from socket 0,
 * 175, 105 and 394 ns from socket 1. A round trip is the same both ways, so socket 1 is told from socket 0 by its bus:
 * 3 ns more each way explain both 105 and 175. A line travels in three flits.
 */
export function xeon2sCxl(options: PresetOptions = {}): MachineSpecification {
  const { nodes, l2Bytes } = sizesOf(options, { nodes: 3, l2Bytes: 2 ** 20 });
  const socket = { processors: 8, memoryBytes: GB };
  const expander = { processors: 0, memoryBytes: 2 * GB, memory: { accessNs: 110, banks: 8, bankNs: 21.8 } };
  const list = [socket, { ...socket, busNs: 13 }, expander];
  return {
    ...xeon2s({ l2Bytes }),
    name: 'xeon-2s-cxl',
    source:
      'Intel MLC, random, on a two-socket host with a CXL memory node on socket 0; latencies rounded to nanoseconds',
    confidence: {
      nodes: CORES,
      processor: 'M: as xeon-2s; the generation is not stated',
      memory: 'S: latencies in all and 140 and 23.5 GB/s; the split is ours',
      controller: 'S: latencies in all; the split is ours',
      network:
        'S: latencies in all; 122 GB/s between sockets (measured 120) and 16.4 GB/s between socket 1 and the expander (measured 16.3)',
    },
    tickPs: 25,
    // Another number of nodes does not fit the matrix and is refused.
    nodes: nodes === 3 ? list : { count: nodes, ...socket },
    memory: { accessNs: 70, banks: 64, bankNs: 29.25 },
    controller: { ...CONTROLLER, lookupLocalNs: 9, lookupRemoteNs: 9, forwardOutNs: 25, responseOutNs: 25 },
    network: {
      topology: {
        kind: 'matrix',
        latencyNs: [
          [0, 30, 47],
          [30, 0, 119.5],
          [47, 119.5, 0],
        ],
        flitNs: [
          [0, 0.175, 0.9],
          [0.175, 0, 1.3],
          [0.9, 1.3, 0],
        ],
      },
      niNs: 1.5,
      flitBytes: 32,
      headerBytes: 16,
    },
    wheelSlots: 65536,
  };
}

/** A matrix of so many rows, one latency off the diagonal. */
function allEqual(nodes: number, latencyNs: number): number[][] {
  return Array.from({ length: nodes }, (_, from) =>
    Array.from({ length: nodes }, (_, to) => (to === from ? 0 : latencyNs)),
  );
}
