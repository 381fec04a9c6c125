/** Small random machines for litmus tests: every latency, size and shape within reach of a few hundred nanoseconds. */
import type { RandomStream } from '../../engine/random.js';
import type { MachineSpecification, TopologySpecification } from '../../machine/specification/specification.js';

/** Frames of memory of each node. */
export const LITMUS_FRAMES = 16;
export const LITMUS_PAGE = 4096;
export const LITMUS_LINE = 64;

/** What all machines of a series have in common. */
export interface LitmusMachineOptions {
  readonly threads: number;
  readonly protocol: MachineSpecification['protocol'];
  /** Entries of the store buffers; 0 for none. */
  readonly storeBuffer: number;
  /** The longest time in cycles that the oldest store waits; 0 for none. */
  readonly storeDelayCycles: number;
}

/** A random machine with room for the threads: two to eight nodes of one or two processors. */
export function litmusMachine(random: RandomStream, options: LitmusMachineOptions): MachineSpecification {
  const processors = 1 + random.below(2);
  const least = Math.max(2, Math.ceil(options.threads / processors));
  const count = least + random.below(Math.max(1, 9 - least));
  // Half of all times are 0 or short, so that the rest stands out.
  const time = (most: number): number => random.below(2) * random.below(most);
  const bytes = LITMUS_LINE << (2 + 3 * random.below(2));
  return {
    name: 'litmus',
    source: 'drawn at random',
    confidence: { nodes: '', processor: '', memory: '', controller: '', network: '' },
    tickPs: 1000,
    nodes: { count, processors, memoryBytes: LITMUS_FRAMES * LITMUS_PAGE },
    pageBytes: LITMUS_PAGE,
    processor: {
      clockMHz: 1000 / (1 + random.below(2)),
      tlbEntries: 64,
      l1i: { sizeBytes: 256, ways: 1, lineBytes: 32 },
      l1d: { sizeBytes: 32 << random.below(6), ways: 1, lineBytes: 32 },
      l2: { sizeBytes: bytes, ways: 2, lineBytes: LITMUS_LINE },
      l2HitNs: random.below(12),
      ...(options.storeBuffer > 0 ? { storeBuffer: options.storeBuffer } : {}),
      ...(options.storeDelayCycles > 0 ? { storeDelayCycles: options.storeDelayCycles } : {}),
    },
    memory: { accessNs: time(150), banks: 1 + random.below(2), bankNs: 1 + random.below(20) },
    controller: {
      requestOutNs: time(20),
      lookupLocalNs: time(20),
      lookupRemoteNs: time(20),
      forwardOutNs: time(40),
      forwardInNs: time(60),
      responseOutNs: time(60),
      responseInNs: time(20),
      homeOccupancyNs: time(10),
      passOccupancyNs: time(5),
    },
    busNs: 1 + random.below(20),
    network: { topology: topology(random, count), niNs: 1 + random.below(4), flitBytes: 8, headerBytes: 8 },
    protocol: options.protocol,
    counters: null,
    wheelSlots: 1024,
  };
}

function topology(random: RandomStream, count: number): TopologySpecification {
  const link = { latencyNs: 1 + random.below(random.below(2) === 0 ? 10 : 150), flitNs: random.below(3) };
  switch (random.below(4)) {
    case 0:
      return { kind: 'crossbar', attach: link };
    case 1: {
      const columns = count % 2 === 0 ? count / 2 : count;
      return { kind: 'mesh', columns, rows: count / columns, nodesPerRouter: 1, attach: link, link };
    }
    default: {
      // Short cuts: what was sent later may come first.
      const far = random.below(2) === 0 ? 10 : 1500;
      const row = (): number[] =>
        Array.from({ length: count }, () => 1 + random.below(random.below(4) === 0 ? far : 10));
      return { kind: 'matrix', latencyNs: Array.from({ length: count }, row), flitNs: random.below(3) };
    }
  }
}
