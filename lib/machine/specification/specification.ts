/**
 * A machine as one plain object, complete and in units that its names say. Nothing here has a default: presets are
 * complete specifications, and a variant is made by spreading one. `resolve` checks and returns what goes into results.
 */
import type { DirectoryFormat } from '../../coherence/directory-format.js';
import type { ProtocolName } from '../../coherence/protocols/protocols.js';
import type { CounterSettings } from '../../placement/evidence.js';
import type { CacheGeometry } from '../../processor/caches/set-array.js';
import { TimeBase } from '../../engine/time.js';
import { routerFaults, type RouterOptions } from '../../interconnect/router-options.js';
import { buildTopology } from '../build-topology.js';
import { resolveDevices, type DeviceSpecification } from './device-specification.js';
import { findFaults } from './faults.js';
import { nodesOf } from './nodes.js';
import { schema } from './schema.js';
import { SpecificationError, type Fault } from './specification-error.js';

/** A cache-coherent NUMA machine. */
export interface MachineSpecification {
  /** What to call it, in reports and drawings. */
  readonly name: string;
  /** Where its numbers come from. */
  readonly source: string;
  /** How far to trust them, by group. */
  readonly confidence: Confidence;
  /** Length of a tick in picoseconds. Every time below is a whole number of ticks. */
  readonly tickPs: number;
  /** Nodes alike, or one by one. */
  readonly nodes: UniformNodes | readonly NodeSpecification[];
  /** Size of a page; 4096. */
  readonly pageBytes: number;
  readonly processor: ProcessorSpecification;
  /** Memory of every node that does not say otherwise. */
  readonly memory: MemorySpecification;
  readonly controller: ControllerSpecification;
  /** One way between a processor and its controller, for every node that does not say otherwise. */
  readonly busNs: number;
  readonly network: NetworkSpecification;
  /** The coherence protocol. */
  readonly protocol: ProtocolName;
  /** What homes remember of who shares a line; a full bit vector unless given. */
  readonly directory?: DirectorySpecification | undefined;
  /** Page miss counters at the home nodes, or null for none. A policy's own settings replace them. */
  readonly counters: CounterSettings | null;
  /** Disks, network cards, consoles, timers, clocks; none unless given. A node with devices has a bridge to them. */
  readonly devices?: readonly DeviceSpecification[] | undefined;
  /** One-tick slots of the queue for near events: a power of two from 1024 to 2^20. Speed only; results do not depend on it. */
  readonly wheelSlots: number;
}

/** How far to trust the numbers of each group, in words; docs/machine.md explains the tags. */
export interface Confidence {
  readonly nodes: string;
  readonly processor: string;
  readonly memory: string;
  readonly controller: string;
  readonly network: string;
}

/** Nodes that are all alike. */
export interface UniformNodes {
  readonly count: number;
  /** Processors of each. */
  readonly processors: number;
  /** Memory of each, a multiple of the page. */
  readonly memoryBytes: number;
}

/** One node: with processors, with memory, or with both. */
export interface NodeSpecification {
  readonly processors: number;
  /** A multiple of the page; 0 for a node without memory. */
  readonly memoryBytes: number;
  /** Its memory, if it differs from the machine's. */
  readonly memory?: MemorySpecification | undefined;
  /** Its bus, if it differs from the machine's. */
  readonly busNs?: number | undefined;
}

/** An in-order processor with its TLB and private caches. */
export interface ProcessorSpecification {
  readonly clockMHz: number;
  /** Entries, each for a pair of pages: 1 to 1024. */
  readonly tlbEntries: number;
  readonly l1i: CacheGeometry;
  readonly l1d: CacheGeometry;
  /** Its lines are those that coherence keeps. */
  readonly l2: CacheGeometry;
  /** What an access waits that the first level cannot answer and the second can. */
  readonly l2HitNs: number;
  /**
   * Entries of a store buffer, 0 to 64. With one, memory is as strong as TSO, no stronger; without one, or with 0, it is
   * sequentially consistent.
   */
  readonly storeBuffer?: number | undefined;
  /**
   * For tests: a store that has become the oldest of the buffer waits up to this number of cycles, drawn for each from the
   * processor's own random stream. That is TSO as before, and shows more of it. 0 unless given: stores leave at once.
   */
  readonly storeDelayCycles?: number | undefined;
}

/** Memory of a node. */
export interface MemorySpecification {
  /** From the directory look-up to the first word of the line. */
  readonly accessNs: number;
  /** Banks, interleaved by line. */
  readonly banks: number;
  /** Time for which a line occupies its bank. The node's bandwidth is banks lines in this time. */
  readonly bankNs: number;
}

/** Latencies of a node's controller, which add up, and occupancies, which only make others wait. */
export interface ControllerSpecification {
  /** A processor's request leaving for another node. */
  readonly requestOutNs: number;
  /** Directory look-up for a request of the node's own processors. */
  readonly lookupLocalNs: number;
  /** Directory look-up for a request from another node. */
  readonly lookupRemoteNs: number;
  /** On top of the look-up, when home forwards, invalidates or acknowledges instead of reading memory. */
  readonly forwardOutNs: number;
  /** A forward from the network to its processor. */
  readonly forwardInNs: number;
  /** A processor's response leaving for another node. */
  readonly responseOutNs: number;
  /** A response from the network to its processor. */
  readonly responseInNs: number;
  /** Time for which a request occupies the controller of its home; 0 for a controller that never queues. */
  readonly homeOccupancyNs: number;
  /** Time for which a message that only passes through occupies the controller; 0 as above. */
  readonly passOccupancyNs: number;
}

/** What lies between controllers. */
export interface NetworkSpecification {
  readonly topology: TopologySpecification;
  /** One way between a controller and the network. */
  readonly niNs: number;
  readonly flitBytes: number;
  /** What a message is longer than its data; the whole length of one without data. */
  readonly headerBytes: number;
  /**
   * Routers with buffers and virtual channels, flit by flit, in place of links that are booked. Then all links have one
   * `flitNs` above 0, which is the cycle of the routers, and their latencies are whole numbers of cycles.
   */
  readonly routers?: RouterOptions | undefined;
}

/** A format of directory, with its sizes by home. With dynamic pointers a list cell that is gone through takes time. */
export type DirectorySpecification =
  | Exclude<DirectoryFormat, { readonly format: 'dynamic-pointers' }>
  | {
      readonly format: 'dynamic-pointers';
      readonly cells: number;
      /** Time for which a cell that is gone through occupies the controller. */
      readonly cellNs: number;
    };

/** A link, in either direction. */
export interface LinkSpecification {
  /** For the head of a message to cross. */
  readonly latencyNs: number;
  /** For which a flit occupies the link; 0 for a link that never queues. */
  readonly flitNs: number;
}

/** How nodes hang on the routers of a regular topology. */
export interface RoutersSpecification {
  readonly nodesPerRouter: number;
  /** Between a node and its router. */
  readonly attach: LinkSpecification;
  /** Between two routers. */
  readonly link: LinkSpecification;
}

/** The shape of the interconnect; each kind is a topology of this library. */
export type TopologySpecification =
  | (RoutersSpecification & { readonly kind: 'mesh' | 'torus'; readonly columns: number; readonly rows: number })
  | (RoutersSpecification & { readonly kind: 'ring'; readonly routers: number })
  | (RoutersSpecification & { readonly kind: 'hypercube'; readonly dimension: number })
  | (RoutersSpecification & { readonly kind: 'fat-tree'; readonly arity: number; readonly levels: number })
  | { readonly kind: 'crossbar'; readonly attach: LinkSpecification }
  | { readonly kind: 'graph'; readonly routers: number; readonly edges: readonly EdgeSpecification[] }
  | MatrixSpecification;

/** A connection of a graph: both ways between `a` and `b`, or one way `from` a vertex `to` another. Nodes come before routers. */
export type EdgeSpecification = LinkSpecification &
  ({ readonly a: number; readonly b: number } | { readonly from: number; readonly to: number });

/** A link of its own for every ordered pair of nodes. */
export interface MatrixSpecification {
  readonly kind: 'matrix';
  /** One way, `[from][to]`; the diagonal is ignored. */
  readonly latencyNs: readonly (readonly number[])[];
  /** Of all links, or of each as `[from][to]`. */
  readonly flitNs: number | readonly (readonly number[])[];
}

/** A node with everything said. */
export interface ResolvedNode {
  readonly processors: number;
  readonly memoryBytes: number;
  readonly memory: MemorySpecification;
  readonly busNs: number;
}

/** A specification that has passed all checks, its nodes one by one. It is a specification again, of the same machine. */
export interface ResolvedSpecification extends MachineSpecification {
  readonly nodes: readonly ResolvedNode[];
}

type Writable = { -readonly [Key in keyof MachineSpecification]: MachineSpecification[Key] };

/** A fresh, complete and checked copy of a specification. Throws a SpecificationError that lists all faults. */
export function resolve(specification: unknown): ResolvedSpecification {
  const faults = findFaults(specification);
  if (faults.length > 0) throw new SpecificationError(faults);
  const copy: Writable = schema.parse(specification);
  const resolved = { ...copy, nodes: nodesOf(copy) };
  if (copy.devices !== undefined) resolved.devices = resolveDevices(copy.devices);
  const unbuilt = routersFaults(resolved);
  if (unbuilt.length > 0) throw new SpecificationError(unbuilt);
  return resolved;
}

/** Whether the topology can be built from the routers: only a whole one tells, so this comes when all else is right. */
function routersFaults(resolved: ResolvedSpecification): Fault[] {
  const { routers } = resolved.network;
  if (routers === undefined) return [];
  const topology = buildTopology(resolved, new TimeBase(resolved.tickPs));
  return routerFaults(topology, routers).map(message => ({ path: 'network.routers', message }));
}
