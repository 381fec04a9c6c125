/** The machine that the benchmarks run: n equal nodes of one or more processors on a crossbar or mesh, FLASH-like times. */
import * as disco from '../../dist/index.js';

const FRAMES = 16384;
const FLITS = { control: 1, data: 9 };
const TIMING = {
  requestOut: 8,
  lookupLocal: 16,
  lookupRemote: 16,
  forwardOut: 0,
  forwardIn: 8,
  responseOut: 8,
  responseIn: 8,
  homeOccupancy: 8,
  passOccupancy: 4,
};
const MEMORY = { accessTicks: 56, bankTicks: 16, banks: 4 };
const CACHES = {
  l1i: { sizeBytes: 32768, ways: 2, lineBytes: 64 },
  l1d: { sizeBytes: 32768, ways: 2, lineBytes: 32 },
  l2: { sizeBytes: 1 << 20, ways: 2, lineBytes: 128 },
};

/** System software that does no more than it must: pages are placed round robin when first touched, 13 instructions a refill. */
class Software {
  constructor(map) {
    this.frames = new Map();
    this.map = map;
    this.free = Float64Array.from({ length: map.nodes }, (_, node) => map.firstFrame[node]);
  }

  refill(processor, page) {
    const pair = page >>> 1;
    const even = this.frames.get(pair) ?? this.place(pair);
    const entry = { pair, space: 0, even, odd: even + 1, evenWritable: true, oddWritable: true };
    processor.tlb.write(processor.tlbRandom(), entry);
    return { cycles: 13, frame: -1, offset: 0 };
  }

  place(pair) {
    const node = this.frames.size % this.map.nodes;
    const frame = this.free[node];
    this.free[node] += 2;
    this.frames.set(pair, frame);
    return frame;
  }

  ended() {}
}

/** Makes a machine of 400 MHz processors with 2.5 ns ticks. `topology` is a crossbar unless given. */
export function machine(nodes, { runAhead = true, topology } = {}) {
  const sim = new disco.Simulation({ tickPs: 2500, seed: 7, runAhead });
  const clock = sim.clock(disco.MHz(400));
  const map = new disco.AddressMap({
    frames: Array(nodes).fill(nodes > 64 ? 64 : FRAMES),
    processors: Array(nodes).fill(1),
    pageBytes: 4096,
    lineBytes: 128,
  });
  const network = new disco.Network(sim, 'network', {
    topology: topology ?? disco.crossbar({ nodes, attach: { latency: 56, ticksPerFlit: 1 } }),
    destination: message =>
      message.to === disco.HOME ? map.homeOfLine(message.line) : map.nodeOfProcessor[message.to],
  });
  const software = new Software(map);
  const processors = Array.from({ length: nodes }, (_, node) => {
    const place = sim.scope(`node${node}`);
    const options = { map, protocol: disco.mesi, flits: FLITS };
    const home = new disco.NodeController(place, 'home', {
      ...options,
      node,
      timing: TIMING,
      memory: MEMORY,
      counters: null,
    });
    disco.connect(home.network, network.nodes[node], { latency: 1 });
    const processor = new disco.Processor(place, 'processor', {
      ...options,
      ...CACHES,
      processor: node,
      clock,
      tlbEntries: 64,
      l2Ticks: 8,
    });
    disco.connect(processor.node, home.processors[0], { latency: 24 });
    return processor;
  });
  return { sim, processors, software };
}

/** A machine on which processor i replays `streams[i]`, one instruction a reference. */
export function replaying(streams, options) {
  const made = machine(streams.length, options);
  streams.forEach((words, i) => {
    const gaps = new Uint16Array(words.length).fill(1);
    made.processors[i].load(made.software, [disco.block({ words, gaps }, 0, words.length)].values());
  });
  return made;
}
