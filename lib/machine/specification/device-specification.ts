/** Devices of a machine as plain objects. Nothing has a default but names: a device without one is called by its kind and rank. */
import type { DiskModel } from '../../devices/disk-mechanism.js';
import type { DiskScheduling } from '../../devices/disk-queue.js';
import type { NetworkMedium } from '../../devices/network-segment.js';
import { DISK_MODELS, NETWORK_MEDIA } from '../../devices/presets.js';

/** A disk on a node's bridge. */
export interface DiskSpecification {
  readonly kind: 'disk';
  /** `disk0` and so on, in the order of the list, unless given. */
  readonly name?: string | undefined;
  readonly node: number;
  /** A model by name, or all of its figures. Mechanical times need not be whole numbers of ticks. */
  readonly model: keyof typeof DISK_MODELS | DiskModel;
  readonly scheduling: DiskScheduling;
  /** Whether writes are reported when the disk has them in its own memory. */
  readonly immediateReport: boolean;
}

/** A segment of a local network, outside of all nodes. */
export interface NetworkSegmentSpecification {
  readonly kind: 'network-segment';
  readonly name: string;
  /** A medium by name, or all of its figures. */
  readonly medium: keyof typeof NETWORK_MEDIA | NetworkMedium;
}

/** A network card on a node's bridge. */
export interface NetworkCardSpecification {
  readonly kind: 'network-card';
  /** `card0` and so on unless given. */
  readonly name?: string | undefined;
  readonly node: number;
  /** The name of its segment. */
  readonly segment: string;
  /** Its link-level address, 0 to 2^48 - 2. */
  readonly address: number;
  /** Receive buffers that it holds. */
  readonly buffers: number;
}

/** A console on a node's bridge. */
export interface ConsoleSpecification {
  readonly kind: 'console';
  /** `console0` and so on unless given. */
  readonly name?: string | undefined;
  readonly node: number;
  /** Characters of output that are kept. */
  readonly outputCharacters: number;
  /** The processor that it interrupts, over the machine, and with which code, at least 1. */
  readonly interruptTo: number;
  readonly interruptCode: number;
}

/** The interval timer of a processor, on its node's bridge. */
export interface TimerSpecification {
  readonly kind: 'timer';
  /** `timer0` and so on unless given. */
  readonly name?: string | undefined;
  /** Over the machine. */
  readonly processor: number;
  readonly periodNs: number;
  /** When it first expires, less than a period; 0 for a whole period. */
  readonly phaseNs: number;
  /** Whether it runs from the start. A run with a timer that runs does not end by itself. */
  readonly on: boolean;
  /** At least 1. */
  readonly interruptCode: number;
}

/** A time-of-day clock on a node's bridge. */
export interface ClockSpecification {
  readonly kind: 'clock';
  /** `clock0` and so on unless given. */
  readonly name?: string | undefined;
  readonly node: number;
  readonly unit: 'ns' | 'us';
  /** What it shows at the beginning, in its unit. */
  readonly epoch: number;
}

/** A device, or the segment that network cards share. */
export type DeviceSpecification =
  | DiskSpecification
  | NetworkSegmentSpecification
  | NetworkCardSpecification
  | ConsoleSpecification
  | TimerSpecification
  | ClockSpecification;

/** A device that is on the bridge of a node. */
export type DeviceOnBridge = Exclude<DeviceSpecification, NetworkSegmentSpecification>;

/** The node of a device: its own, or that of its processor. Of a specification whose devices fit it. */
export function nodeOfDevice(device: DeviceOnBridge, nodes: readonly { readonly processors: number }[]): number {
  if (device.kind !== 'timer') return device.node;
  let node = 0;
  for (let left = device.processor; left >= nodes[node].processors; node++) left -= nodes[node].processors;
  return node;
}

/** Names by kind, for devices that have none. */
const STEMS = {
  disk: 'disk',
  'network-segment': 'segment',
  'network-card': 'card',
  console: 'console',
  timer: 'timer',
  clock: 'clock',
} as const satisfies Record<DeviceSpecification['kind'], string>;

/** The names of all devices, given or by kind and rank. */
export function deviceNames(devices: readonly Pick<DeviceSpecification, 'kind' | 'name'>[]): string[] {
  const counts = new Map<string, number>();
  return devices.map(({ kind, name }) => {
    const rank = counts.get(kind) ?? 0;
    counts.set(kind, rank + 1);
    return name ?? `${STEMS[kind]}${rank}`;
  });
}

/** Devices with everything said: names, and all figures of models and media. They are specifications again. */
export function resolveDevices(devices: readonly DeviceSpecification[]): DeviceSpecification[] {
  const names = deviceNames(devices);
  return devices.map((device, i) => {
    const named = { ...device, name: names[i] };
    if (named.kind === 'disk') return { ...named, model: modelOf(named.model) };
    if (named.kind === 'network-segment') return { ...named, medium: mediumOf(named.medium) };
    return named;
  });
}

/** The figures of a disk. */
export function modelOf(model: DiskSpecification['model']): DiskModel {
  return typeof model === 'string' ? structuredClone(DISK_MODELS[model]) : model;
}

/** The figures of a medium. */
export function mediumOf(medium: NetworkSegmentSpecification['medium']): NetworkMedium {
  return typeof medium === 'string' ? structuredClone(NETWORK_MEDIA[medium]) : medium;
}
