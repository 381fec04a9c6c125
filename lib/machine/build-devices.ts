/** Bridges and devices of a machine, made and wired. */
import type { AddressMap } from '../messages/address-map.js';
import type { CoherenceProtocol } from '../coherence/protocol.js';
import { Console } from '../devices/console.js';
import { Disk } from '../devices/disk.js';
import { IntervalTimer } from '../devices/interval-timer.js';
import { NetworkCard } from '../devices/network-card.js';
import { NetworkSegment } from '../devices/network-segment.js';
import { TimeOfDayClock } from '../devices/time-of-day-clock.js';
import { connect } from '../engine/port.js';
import type { Simulation } from '../engine/simulation.js';
import { ns, type Ticks } from '../engine/time.js';
import type { NodeController } from '../memory/node-controller.js';
import { IoBridge } from '../processor/io-bridge.js';
import {
  mediumOf,
  modelOf,
  nodeOfDevice,
  type DeviceOnBridge,
  type DeviceSpecification,
} from './specification/device-specification.js';
import { messageLengths } from './message-lengths.js';
import type { ResolvedSpecification } from './specification/specification.js';

/** Lines of a bridge's cache. */
const BRIDGE_LINES = 4;

/** The components of the kinds of devices that are on a bridge. */
export interface DeviceKinds {
  readonly disk: Disk;
  readonly 'network-card': NetworkCard;
  readonly console: Console;
  readonly timer: IntervalTimer;
  readonly clock: TimeOfDayClock;
}

/** Name of a kind of device that is on a bridge. */
export type DeviceKind = keyof DeviceKinds;

/** A device of a machine, and where commands to it go. */
export interface AttachedDevice {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly node: number;
  /** The bridge, as a cache: `to` of commands and reads of registers. */
  readonly bridge: number;
  /** Its index at the bridge: `device` of commands and reads. */
  readonly index: number;
  readonly component: DeviceKinds[DeviceKind];
}

/** What devices are made from. */
export interface DeviceSite {
  readonly simulation: Simulation;
  readonly specification: ResolvedSpecification;
  readonly map: AddressMap;
  readonly protocol: CoherenceProtocol;
  readonly controllers: readonly NodeController[];
  /** The frame of each physical page, null where there are only frames. */
  readonly layout: Int32Array | null;
}

/** What `buildDevices` makes. */
export interface BuiltDevices {
  /** By node; null for a node without devices. */
  readonly bridges: readonly (IoBridge | null)[];
  /** By name, in the order of the specification. */
  readonly devices: ReadonlyMap<string, AttachedDevice>;
  readonly segments: ReadonlyMap<string, NetworkSegment>;
}

/** Which nodes have a bridge: those with a device. Of a specification whose devices fit it. */
export function bridgesOf({ devices = [], nodes }: ResolvedSpecification): number[] {
  const bridges = nodes.map(() => 0);
  for (const device of devices) if (device.kind !== 'network-segment') bridges[nodeOfDevice(device, nodes)] = 1;
  return bridges;
}

/** Makes bridges and devices of a specification that `resolve` returned, and wires them to controllers and segments. */
export function buildDevices(site: DeviceSite): BuiltDevices {
  const { specification, simulation } = site;
  const { devices = [], nodes } = specification;
  const ticks = (value: number): Ticks => simulation.ticks(ns(value));
  const attached = new Map<string, AttachedDevice>();
  const counts = nodes.map(() => 0);
  for (const device of devices) {
    if (device.kind === 'network-segment') continue;
    const node = nodeOfDevice(device, nodes);
    attached.set(device.name!, attach(site, device, node, counts[node]++));
  }
  const bridges = nodes.map(({ busNs }, node) =>
    counts[node] === 0 ? null : bridge(site, node, counts[node], ticks(busNs)),
  );
  for (const { node, index, component } of attached.values())
    connect(component.bridge, bridges[node]!.devices[index], { latency: ticks(nodes[node].busNs) });
  return { bridges, devices: attached, segments: segments(site, attached) };
}

function bridge(
  { simulation, map, protocol, controllers, specification, layout }: DeviceSite,
  node: number,
  devices: number,
  bus: Ticks,
): IoBridge {
  const flits = messageLengths(specification);
  const made = new IoBridge(simulation.scope(`node${node}`), 'bridge', {
    bridge: map.bridgeOfNode[node],
    map,
    protocol,
    lines: BRIDGE_LINES,
    lineTicks: bus,
    devices,
    flits,
    ...(layout === null ? {} : { layout }),
  });
  connect(made.node, controllers[node].bridge!, { latency: bus });
  return made;
}

function attach(site: DeviceSite, device: DeviceOnBridge, node: number, index: number): AttachedDevice {
  const bridge = site.map.bridgeOfNode[node];
  return { name: device.name!, kind: device.kind, node, bridge, index, component: make(site, device, node, bridge) };
}

function make(
  { simulation, map, specification }: DeviceSite,
  device: DeviceOnBridge,
  node: number,
  bridge: number,
): DeviceKinds[DeviceKind] {
  const scope = simulation.scope(`node${node}`);
  const name = device.name!;
  const ticks = (value: number): Ticks => simulation.ticks(ns(value));
  const common = { map, bridge, flits: messageLengths(specification) };
  switch (device.kind) {
    case 'disk': {
      const { model, scheduling, immediateReport } = device;
      return new Disk(scope, name, { ...common, model: modelOf(model), scheduling, immediateReport });
    }
    case 'network-card': {
      const { address, buffers, segment } = device;
      const { mtuBytes } = mediumOf(segmentOf(specification, segment).medium);
      return new NetworkCard(scope, name, { ...common, address, buffers, mtuBytes });
    }
    case 'console': {
      const { outputCharacters, interruptTo, interruptCode } = device;
      return new Console(scope, name, { ...common, outputCharacters, interruptTo, interruptCode });
    }
    case 'timer': {
      const { processor, periodNs, phaseNs, on, interruptCode } = device;
      const times = { periodTicks: ticks(periodNs), phaseTicks: ticks(phaseNs) };
      return new IntervalTimer(scope, name, { ...common, ...times, processor, on, interruptCode });
    }
    case 'clock': {
      const { unit, epoch } = device;
      return new TimeOfDayClock(scope, name, { ...common, unit, epoch, processors: map.processors });
    }
    default:
      throw new Error('there is no such device');
  }
}

type Segment = Extract<DeviceSpecification, { readonly kind: 'network-segment' }>;

function segmentOf({ devices = [] }: ResolvedSpecification, name: string): Segment {
  return devices.find((device): device is Segment => device.kind === 'network-segment' && device.name === name)!;
}

function segments(
  { simulation, specification }: DeviceSite,
  attached: ReadonlyMap<string, AttachedDevice>,
): Map<string, NetworkSegment> {
  const made = new Map<string, NetworkSegment>();
  const { devices = [], nodes } = specification;
  for (const device of devices) {
    if (device.kind !== 'network-segment') continue;
    const { name } = device;
    const { byteNs, overheadBytes, leastBytes } = mediumOf(device.medium);
    const cards = devices.filter(card => card.kind === 'network-card').filter(card => card.segment === name);
    const addresses = cards.map(({ address }) => address);
    const ticksPerByte = simulation.ticks(ns(byteNs));
    const segment = new NetworkSegment(simulation, name, { ticksPerByte, overheadBytes, leastBytes, addresses });
    cards.forEach((card, i) => {
      const component = attached.get(card.name!)!.component as NetworkCard;
      // A cable is as long as its node's bus: next to the time of a frame, its length does not matter.
      connect(component.segment, segment.cards[i], { latency: simulation.ticks(ns(nodes[card.node].busNs)) });
    });
    made.set(name, segment);
  }
  return made;
}
