/** A machine: what a specification says, wired. The same can be wired by hand (examples/wiring.ts). */
import { AddressMap } from '../messages/address-map.js';
import { protocolFor } from '../coherence/directory-format.js';
import { HOME, Lane, type CoherenceMessage, type NodeMessage } from '../messages/coherence-messages.js';
import type { CoherenceProtocol } from '../coherence/protocol.js';
import { PROTOCOLS } from '../coherence/protocols/protocols.js';
import type { NetworkSegment } from '../devices/network-segment.js';
import { flag, plainObject } from '../engine/checks.js';
import { connect } from '../engine/port.js';
import type { EventQueue } from '../engine/queue/queue.js';
import { Simulation, type RunEnd, type RunLimits } from '../engine/simulation.js';
import { MHz, ns, type Ticks } from '../engine/time.js';
import { WheelQueue } from '../engine/queue/wheel-queue.js';
import { Network } from '../interconnect/network.js';
import { RouterNetwork } from '../interconnect/router-network.js';
import type { ControllerTiming, DirectorySettings } from '../memory/controller-options.js';
import { NodeController } from '../memory/node-controller.js';
import type { PageCounterOptions } from '../memory/page-counters.js';
import type { CounterSettings } from '../placement/evidence.js';
import type { Context } from '../processor/context.js';
import type { IoBridge } from '../processor/io-bridge.js';
import type { Program } from '../processor/operations.js';
import { Processor } from '../processor/processor.js';
import type { SystemSoftware } from '../processor/software.js';
import type { Topology } from '../topology/topology.js';
import { bridgesOf, buildDevices, type AttachedDevice, type DeviceKind, type DeviceKinds } from './build-devices.js';
import { buildTopology } from './build-topology.js';
import { draw, type Drawing } from './drawing/draw.js';
import { readLatencyNs } from './latency.js';
import { messageLengths } from './message-lengths.js';
import { physicalLayout, type PhysicalLayout } from './physical-layout.js';
import { requestFaults } from './specification/size-checks.js';
import { SpecificationError } from './specification/specification-error.js';
import { resolve, type MachineSpecification, type ResolvedSpecification } from './specification/specification.js';
import { suggestion } from '../engine/suggestion.js';

/** What a machine is built with, besides its specification. */
export interface MachineOptions {
  /** Master seed; all random streams derive from it. */
  readonly seed: string | number;
  /** Run-ahead of processors; on unless false. Results do not depend on it. */
  readonly runAhead?: boolean;
  /** The event queue; a wheel of the specification's slots unless given. Results do not depend on it. */
  readonly queue?: EventQueue;
  /** Replaces the page miss counters of the specification; for policies that bring their own settings. */
  readonly counters?: CounterSettings | null | undefined;
  /**
   * The frame of each physical page, for software that writes TLB entries as the hardware takes them and uses the
   * unmapped segments; without it there is no physical memory to speak of, only frames.
   */
  readonly layout?: PhysicalLayout;
  /** Whether processors count the misses of their caches by cause: a byte for each line and cache. Off unless given. */
  readonly missCauses?: boolean;
}

/**
 * Builds a machine. Throws a SpecificationError that lists all faults of its specification, what it would take of memory
 * included, and a RangeError for options that are none.
 */
export function buildMachine(specification: MachineSpecification, options: MachineOptions): Machine {
  checkOptions(options);
  const { counters, layout, missCauses = false } = options;
  const asked = counters === undefined ? specification : { ...specification, counters };
  const resolved = resolve(specification !== null && typeof specification === 'object' ? asked : specification);
  const faults = requestFaults(resolved, { layout: layout !== undefined, missCauses });
  if (faults.length > 0) throw new SpecificationError(faults);
  return new Machine(resolved, options);
}

/** The seed is for the simulation to check, counters are for the specification. */
function checkOptions(options: MachineOptions): void {
  plainObject(options, 'the options of buildMachine');
  const { runAhead, missCauses } = options;
  if (runAhead !== undefined) flag(runAhead, 'runAhead');
  if (missCauses !== undefined) flag(missCauses, 'missCauses');
}

/** A wired machine. Load software, then run. */
export class Machine {
  /** Checked and complete: what results carry. */
  readonly specification: ResolvedSpecification;
  readonly simulation: Simulation;
  readonly map: AddressMap;
  /** The coherence protocol, with what the directory's format needs. */
  readonly protocol: CoherenceProtocol;
  readonly topology: Topology;
  readonly network: Network<NodeMessage> | RouterNetwork<NodeMessage>;
  /** By node. */
  readonly controllers: readonly NodeController[];
  /** By number over the machine: node by node. */
  readonly processors: readonly Processor[];
  /** The frame of each physical page, null without a layout. */
  readonly layout: Int32Array | null;
  private readonly missCauses: boolean;
  /** The bridges to devices, by node; null for a node without devices. */
  readonly bridges: readonly (IoBridge | null)[];
  /** By name, in the order of the specification. */
  readonly devices: ReadonlyMap<string, AttachedDevice>;
  /** By name. */
  readonly segments: ReadonlyMap<string, NetworkSegment>;

  /** For `buildMachine`, which checks. */
  constructor(specification: ResolvedSpecification, options: MachineOptions) {
    const { runAhead = true, queue = new WheelQueue(specification.wheelSlots) } = options;
    this.specification = specification;
    this.simulation = new Simulation({ tickPs: specification.tickPs, seed: options.seed, runAhead, queue });
    this.map = mapOf(specification);
    this.missCauses = options.missCauses ?? false;
    this.layout =
      options.layout === undefined ? null : physicalLayout(this.map, options.layout, coloursOf(specification));
    this.protocol = protocolFor(PROTOCOLS[specification.protocol], this.directory().format);
    this.topology = buildTopology(specification, this.simulation.time);
    this.network = this.makeNetwork();
    this.controllers = this.makeControllers();
    this.processors = this.makeProcessors();
    this.wire();
    const { bridges, devices, segments } = buildDevices(this);
    this.bridges = bridges;
    this.devices = devices;
    this.segments = segments;
  }

  /**
   * Gives every processor the same system software, and each its program or none (null). Throws a RangeError unless
   * there is an entry for every processor.
   */
  load(software: SystemSoftware, programs: readonly (Program | Context | null)[]): void {
    if (programs.length !== this.processors.length)
      throw new RangeError(
        `${programs.length} programs for ${this.processors.length} processors; give null to those that have none`,
      );
    this.processors.forEach((processor, i) => processor.load(software, programs[i]));
  }

  /** Runs until nothing is left to do or a limit is met, and brings the processors' accounts up to now if it is finished. */
  run(limits: RunLimits = {}): RunEnd {
    const end = this.simulation.run(limits);
    if (end === 'finished') for (const processor of this.processors) processor.settle();
    return end;
  }

  /** The device of a name and kind. Throws a RangeError if there is none. */
  device<Kind extends DeviceKind>(name: string, kind: Kind): DeviceKinds[Kind] {
    const device = this.devices.get(name);
    if (device?.kind === kind) return device.component as DeviceKinds[Kind];
    if (device !== undefined) throw new RangeError(`${name} is a ${device.kind}, not a ${kind}`);
    throw new RangeError(`there is no device called ${name}${suggestion(name, [...this.devices.keys()])}`);
  }

  /** Simulated time so far. */
  get elapsedNs(): number {
    return this.simulation.time.ns(this.simulation.now);
  }

  /** Unloaded latency of a read by a processor of one node of a clean, uncached line of another or the same. By arithmetic. */
  readLatencyNs(from: number, to: number): number {
    return readLatencyNs(this.specification, this.topology, from, to);
  }

  /** Pictures of the machine. */
  draw(): Drawing {
    return draw(this.specification);
  }

  private makeNetwork(): Network<NodeMessage> | RouterNetwork<NodeMessage> {
    const { simulation, topology, map } = this;
    const { routers } = this.specification.network;
    const destination = (message: NodeMessage): number => nodeOfMessage(map, message);
    if (routers === undefined) return new Network<NodeMessage>(simulation, 'network', { topology, destination });
    // Protocols count on the order of forwards.
    const ordered = [Lane.Forward];
    return new RouterNetwork<NodeMessage>(simulation, 'network', { topology, destination, routers, ordered });
  }

  private makeControllers(): NodeController[] {
    const { map, specification, simulation } = this;
    const { protocol } = this;
    const flits = messageLengths(specification);
    const timing = this.timing();
    const counters = this.counters();
    const directory = this.directory();
    return specification.nodes.map(({ memory }, node) => {
      const { banks } = memory;
      const options = { accessTicks: this.ticks(memory.accessNs), bankTicks: this.ticks(memory.bankNs), banks };
      return new NodeController(simulation.scope(`node${node}`), 'controller', {
        node,
        map,
        protocol,
        flits,
        timing,
        counters,
        directory,
        memory: options,
      });
    });
  }

  private makeProcessors(): Processor[] {
    const { map, specification, simulation } = this;
    const { clockMHz, tlbEntries, l1i, l1d, l2, l2HitNs, storeBuffer, storeDelayCycles } = specification.processor;
    const { protocol } = this;
    const clock = simulation.clock(MHz(clockMHz));
    const flits = messageLengths(specification);
    const caches = { l1i, l1d, l2, l2Ticks: this.ticks(l2HitNs) };
    const shared = { clock, map, protocol, tlbEntries, ...caches, storeBuffer, storeDelayCycles, flits };
    const memory = { ...(this.layout === null ? {} : { layout: this.layout }), missCauses: this.missCauses };
    return Array.from(map.nodeOfProcessor.subarray(0, map.processors), (node, processor) => {
      const name = `cpu${processor - map.firstProcessor[node]}`;
      return new Processor(simulation.scope(`node${node}`), name, { ...shared, ...memory, processor });
    });
  }

  private wire(): void {
    const { map, specification } = this;
    const interfaceTicks = this.ticks(specification.network.niNs);
    specification.nodes.forEach(({ busNs }, node) => {
      const controller = this.controllers[node];
      connect(controller.network, this.network.nodes[node], { latency: interfaceTicks });
      const bus = this.ticks(busNs);
      controller.processors.forEach((port, i) =>
        connect(this.processors[map.firstProcessor[node] + i].node, port, { latency: bus }),
      );
    });
  }

  private ticks(value: number): Ticks {
    return this.simulation.ticks(ns(value));
  }

  private timing(): ControllerTiming {
    const { controller } = this.specification;
    return {
      requestOut: this.ticks(controller.requestOutNs),
      lookupLocal: this.ticks(controller.lookupLocalNs),
      lookupRemote: this.ticks(controller.lookupRemoteNs),
      forwardOut: this.ticks(controller.forwardOutNs),
      forwardIn: this.ticks(controller.forwardInNs),
      responseOut: this.ticks(controller.responseOutNs),
      responseIn: this.ticks(controller.responseInNs),
      homeOccupancy: this.ticks(controller.homeOccupancyNs),
      passOccupancy: this.ticks(controller.passOccupancyNs),
    };
  }

  private directory(): DirectorySettings {
    const { directory = { format: 'full' } } = this.specification;
    if (directory.format !== 'dynamic-pointers') return { format: directory, ticksPerCell: 0 };
    const { format, cells, cellNs } = directory;
    return { format: { format, cells }, ticksPerCell: this.ticks(cellNs) };
  }

  private counters(): PageCounterOptions | null {
    const { counters } = this.specification;
    if (counters === null) return null;
    const { threshold, sampling, bits, delayNs, resetNs } = counters;
    return { threshold, sampling, bits, delayTicks: this.ticks(delayNs), resetTicks: this.ticks(resetNs) };
  }
}

/** Frames, lines, processors and bridges of a specification. */
function mapOf(specification: ResolvedSpecification): AddressMap {
  const { nodes, pageBytes, processor } = specification;
  return new AddressMap({
    frames: nodes.map(({ memoryBytes }) => memoryBytes / pageBytes),
    processors: nodes.map(({ processors }) => processors),
    bridges: bridgesOf(specification),
    pageBytes,
    lineBytes: processor.l2.lineBytes,
  });
}

/** The node that a message goes to: its home's, its processor's or its bridge's. What a network of nodes wants to know. */
export function nodeOfMessage(map: AddressMap, message: NodeMessage): number {
  return message.to === HOME ? map.homeOfLine((message as CoherenceMessage).line) : map.nodeOfProcessor[message.to];
}

/** Pages in a way of the second-level cache, at least 1. */
function coloursOf({ processor: { l2 }, pageBytes }: ResolvedSpecification): number {
  return Math.max(1, l2.sizeBytes / (l2.ways * pageBytes));
}
