/**
 * A machine wired by hand: what `machine/` will do from a specification, with every number in the open.
 * Small enough that sets conflict, lines are shared falsely and TLBs miss within a few references.
 */
import { AddressMap } from '../../lib/messages/address-map.js';
import { mesi } from '../../lib/coherence/protocols/mesi.js';
import { lineNumber } from '../../lib/messages/addresses.js';
import { HOME, Lane, type NodeMessage } from '../../lib/messages/coherence-messages.js';
import type { CoherenceProtocol } from '../../lib/coherence/protocol.js';
import { connect } from '../../lib/engine/port.js';
import type { EventQueue } from '../../lib/engine/queue/queue.js';
import { Simulation } from '../../lib/engine/simulation.js';
import { Clock } from '../../lib/engine/time.js';
import { Network } from '../../lib/interconnect/network.js';
import { RouterNetwork } from '../../lib/interconnect/router-network.js';
import type { RouterOptions } from '../../lib/interconnect/router-options.js';
import type { ControllerTiming, DirectorySettings, MemoryTiming } from '../../lib/memory/controller-options.js';
import { NodeController } from '../../lib/memory/node-controller.js';
import type { PageCounterOptions } from '../../lib/memory/page-counters.js';
import { Processor } from '../../lib/processor/processor.js';
import type { CacheGeometry } from '../../lib/processor/caches/set-array.js';
import { fromMatrix } from '../../lib/topology/shapes/from-matrix.js';
import type { Topology } from '../../lib/topology/topology.js';

/** What a machine is wired from; times in ticks. */
export interface MachineOptions {
  readonly seed: string | number;
  readonly runAhead: boolean;
  readonly queue: EventQueue | null;
  /** One node for each of the topology's. */
  readonly topology: Topology;
  /** Routers flit by flit, or null for links that are booked. */
  readonly routers: RouterOptions | null;
  /** Processors by node. */
  readonly processors: readonly number[];
  /** Frames of memory by node. */
  readonly frames: readonly number[];
  readonly pageBytes: number;
  readonly lineBytes: number;
  readonly l1: CacheGeometry;
  readonly l2: CacheGeometry;
  readonly l2Ticks: number;
  /** Entries of the processors' store buffers. */
  readonly storeBuffer: number;
  readonly storeDelayCycles: number;
  readonly tlbEntries: number;
  /** Ticks of a processor cycle. */
  readonly period: number;
  /** Wires between a processor and its home, and between a home and the network. */
  readonly cpuWire: number;
  readonly networkWire: number;
  readonly timing: ControllerTiming;
  readonly memory: MemoryTiming;
  readonly counters: PageCounterOptions | null;
  readonly protocol: CoherenceProtocol;
  readonly directory: DirectorySettings;
  readonly flits: { readonly control: number; readonly data: number };
  /** Frames by physical page, for privileged software. */
  readonly layout?: Int32Array;
}

/** Times of a controller that are all different, so that no two can be mistaken for each other. */
export const TIMING: ControllerTiming = {
  requestOut: 3,
  lookupLocal: 5,
  lookupRemote: 7,
  forwardOut: 2,
  forwardIn: 11,
  responseOut: 13,
  responseIn: 17,
  homeOccupancy: 0,
  passOccupancy: 0,
};

/** A fully connected machine without occupancies: nodes `latency` ticks apart. */
export function matrix(nodes: number, latency: number, ticksPerFlit = 0): Topology {
  return fromMatrix(
    Array.from({ length: nodes }, () => Array.from({ length: nodes }, () => latency)),
    ticksPerFlit,
  );
}

/** Two nodes with a processor each, unless told otherwise. Pages of eight lines, caches of eight lines and less. */
export function defaults(nodes: number): MachineOptions {
  return {
    seed: 'wire',
    runAhead: true,
    queue: null,
    topology: matrix(nodes, 19),
    routers: null,
    processors: Array.from({ length: nodes }, () => 1),
    frames: Array.from({ length: nodes }, () => 64),
    pageBytes: 512,
    lineBytes: 64,
    l1: { sizeBytes: 128, ways: 2, lineBytes: 32 },
    l2: { sizeBytes: 512, ways: 2, lineBytes: 64 },
    l2Ticks: 3,
    storeBuffer: 0,
    storeDelayCycles: 0,
    tlbEntries: 4,
    period: 1,
    cpuWire: 23,
    networkWire: 1,
    timing: TIMING,
    memory: { accessTicks: 29, bankTicks: 4, banks: 2 },
    counters: null,
    protocol: mesi,
    directory: { format: { format: 'full' }, ticksPerCell: 0 },
    flits: { control: 1, data: 5 },
  };
}

/** A wired machine. Processors have no software yet. */
export interface Machine {
  readonly options: MachineOptions;
  readonly sim: Simulation;
  readonly map: AddressMap;
  readonly network: Network<NodeMessage> | RouterNetwork<NodeMessage>;
  readonly homes: readonly NodeController[];
  readonly cpus: readonly Processor[];
}

/** Wires a machine: the defaults, but for what is given. */
export function wire(nodes: number, changes: Partial<MachineOptions> = {}): Machine {
  const options = { ...defaults(nodes), ...changes };
  const { pageBytes, lineBytes, frames, processors, l1, flits } = options;
  const map = new AddressMap({ frames, processors, pageBytes, lineBytes });
  const sim = new Simulation({
    tickPs: 2500,
    seed: options.seed,
    runAhead: options.runAhead,
    ...(options.queue === null ? {} : { queue: options.queue }),
  });
  const clock = new Clock(2500 * options.period, options.period);
  const { topology, routers } = options;
  const destination = (message: NodeMessage): number =>
    'line' in message && message.to === HOME ? map.homeOfLine(message.line) : map.nodeOfProcessor[message.to];
  const network =
    routers === null
      ? new Network<NodeMessage>(sim, 'network', { topology, destination })
      : new RouterNetwork<NodeMessage>(sim, 'network', { topology, destination, routers, ordered: [Lane.Forward] });
  const cpus: Processor[] = [];
  const homes = processors.map((count, node) => {
    const scope = sim.scope(`node${node}`);
    const home = new NodeController(scope, 'home', { ...options, map, node });
    connect(home.network, network.nodes[node], { latency: options.networkWire });
    for (let index = 0; index < count; index++) {
      const processor = cpus.length;
      const cpu = new Processor(scope, `cpu${index}`, { ...options, processor, clock, map, l1i: l1, l1d: l1, flits });
      connect(cpu.node, home.processors[index], { latency: options.cpuWire });
      cpus.push(cpu);
    }
    return home;
  });
  return { options, sim, map, network, homes, cpus };
}

/** The words of a line as the machine has them: the owner's, or else memory's. */
export function wordsOf({ cpus, homes, map }: Machine, line: number): number[] {
  const home = homes[map.homeOfLine(lineNumber(line))];
  const entry = home.directory.entry(lineNumber(line)); // may make the arrays grow
  const owner = home.directory.owner[entry];
  const copies = owner < 0 ? [] : [...cpus[owner].caches.lines()].filter(copy => copy.line === line);
  const data = copies.length > 0 ? copies[0].data : home.lineInMemory(lineNumber(line));
  return Array.from({ length: map.lineBytes / 4 }, (_, word) => (data === null ? 0 : data[word]));
}
