/** The machine of a random test: tiny caches, short wires, few frames, and any topology. */
import { AddressMap } from '../../messages/address-map.js';
import { protocolFor } from '../../coherence/directory-format.js';
import { HOME, Lane, type NodeMessage } from '../../messages/coherence-messages.js';
import type { CoherenceProtocol } from '../../coherence/protocol.js';
import { connect } from '../../engine/port.js';
import { Simulation } from '../../engine/simulation.js';
import { Network } from '../../interconnect/network.js';
import { RouterNetwork } from '../../interconnect/router-network.js';
import { routerFaults } from '../../interconnect/router-options.js';
import { NodeController } from '../../memory/node-controller.js';
import { crossbar } from '../../topology/shapes/crossbar.js';
import { fatTree } from '../../topology/shapes/fat-tree.js';
import { fromMatrix } from '../../topology/shapes/from-matrix.js';
import { hypercube } from '../../topology/shapes/hypercube.js';
import { mesh } from '../../topology/shapes/mesh.js';
import { ring } from '../../topology/shapes/ring.js';
import type { Topology } from '../../topology/topology.js';
import { torus } from '../../topology/shapes/torus.js';
import { Jitter } from './jitter.js';
import { RandomDriver } from './driver.js';
import type { RandomTestOptions, RandomTopology } from './options.js';

/** Bytes of a line, and of a word. */
export const LINE_BYTES = 64;
const PAGE_BYTES = 4096;
const FRAMES = 8;
const FLITS = { control: 1, data: 5 };
/** Two sets of two lines: everything conflicts. */
const L2 = { sizeBytes: 256, ways: 2, lineBytes: LINE_BYTES };
const L1 = { sizeBytes: 64, ways: 1, lineBytes: LINE_BYTES };
const TIMING = {
  requestOut: 1,
  lookupLocal: 2,
  lookupRemote: 2,
  forwardOut: 1,
  forwardIn: 1,
  responseOut: 1,
  responseIn: 1,
};
const MEMORY = { accessTicks: 6, bankTicks: 2, banks: 2 };

/** Buffers so small that they are full most of the time. */
const ROUTERS = { virtualChannels: 2, bufferFlits: 2, pipelineCycles: 1, creditCycles: 0 };

/** Whether a topology can be built from routers; a matrix has none. */
export function hasRouters(kind: RandomTopology, nodes: number): boolean {
  return routerFaults(shape(kind, nodes, 1), ROUTERS).length === 0;
}

/** A wired machine of drivers. */
export interface RandomMachine {
  /** The protocol, with what the directory's format needs. */
  readonly protocol: CoherenceProtocol;
  readonly simulation: Simulation;
  readonly map: AddressMap;
  readonly network: Network<NodeMessage> | RouterNetwork<NodeMessage>;
  readonly controllers: readonly NodeController[];
  readonly drivers: readonly RandomDriver[];
}

/** Wires the machine of a random test. Throws a RangeError for numbers that make none. */
export function randomMachine(options: RandomTestOptions): RandomMachine {
  const { processorsPerNode, jitter, directory: format = { format: 'full' } } = options;
  const protocol = protocolFor(options.protocol, format);
  // Jitter stands in for contention; without it everything has a bandwidth.
  const busy = jitter ? 0 : 1;
  const timing = { ...TIMING, homeOccupancy: busy, passOccupancy: busy };
  const topology = shape(options.topology, options.nodes, options.network === 'routers' ? 1 : busy);
  const { nodes } = topology;
  const list = Array.from({ length: nodes }, (_, node) => node);
  const simulation = new Simulation({ tickPs: 1000, seed: options.seed });
  const map = new AddressMap({
    frames: list.map(() => FRAMES),
    processors: list.map(() => processorsPerNode),
    pageBytes: PAGE_BYTES,
    lineBytes: LINE_BYTES,
  });
  const carries = {
    topology,
    destination: (message: NodeMessage) =>
      'line' in message && message.to === HOME ? map.homeOfLine(message.line) : map.nodeOfProcessor[message.to],
  };
  const network =
    options.network === 'booking'
      ? new Network<NodeMessage>(simulation, 'network', carries)
      : new RouterNetwork<NodeMessage>(simulation, 'network', {
          ...carries,
          routers: ROUTERS,
          ordered: [Lane.Forward],
        });
  const drivers: RandomDriver[] = [];
  const controllers = list.map(node => {
    const scope = simulation.scope(`node${node}`);
    const shared = { map, protocol, flits: FLITS };
    const controller = new NodeController(scope, 'controller', {
      ...shared,
      node,
      timing,
      memory: MEMORY,
      counters: null,
      directory: { format, ticksPerCell: busy },
    });
    connect(controller.network, network.nodes[node], { latency: 1 });
    for (const [i, port] of controller.processors.entries()) {
      const driver = new RandomDriver(scope, `cpu${i}`, drivers.length, { ...shared, l1i: L1, l1d: L1, l2: L2 });
      drivers.push(driver);
      if (jitter) {
        const between = new Jitter<NodeMessage>(scope, `jitter${i}`);
        connect(driver.node, between.cache, { latency: 1 });
        connect(between.home, port, { latency: 1 });
      } else connect(driver.node, port, { latency: 1 });
    }
    return controller;
  });
  return { protocol, simulation, map, network, controllers, drivers };
}

function shape(kind: RandomTopology, nodes: number, ticksPerFlit: number): Topology {
  const link = { latency: 2, ticksPerFlit };
  const attached = { nodesPerRouter: 1, attach: link, link };
  const rows = Math.max(1, Math.floor(Math.sqrt(nodes)));
  const columns = Math.ceil(nodes / rows);
  switch (kind) {
    case 'crossbar':
      return crossbar({ nodes, attach: link });
    case 'ring':
      return ring({ ...attached, routers: nodes });
    case 'mesh':
      return mesh({ ...attached, columns, rows });
    case 'torus':
      return torus({ ...attached, columns, rows });
    case 'hypercube':
      return hypercube({ ...attached, dimension: Math.ceil(Math.log2(nodes)) });
    case 'fat-tree':
      return fatTree({ ...attached, arity: 2, levels: 1 + Math.ceil(Math.log2(Math.max(1, nodes))) });
    case 'matrix':
      // Far and near in no order, so that what is sent later may come first.
      return fromMatrix(
        Array.from({ length: nodes }, (_, from) =>
          Array.from({ length: nodes }, (_, to) => 1 + ((7 * from + 13 * to) % 23) + (from * to === 6 ? 300 : 0)),
        ),
        ticksPerFlit,
      );
  }
}
