/** What the pictures of a machine have in common, and how they write numbers. */
import { TimeBase } from '../../engine/time.js';
import type { Topology } from '../../topology/topology.js';
import { buildTopology } from '../build-topology.js';
import { nodeOfDevice } from '../specification/device-specification.js';
import { readLatencyNs } from '../latency.js';
import type { ResolvedSpecification } from '../specification/specification.js';

/** What both notations are made from. */
export interface Plan {
  readonly machine: ResolvedSpecification;
  readonly topology: Topology;
  /** Ticks in nanoseconds. */
  readonly ns: (ticks: number) => number;
  /** Connections, the two directions of one joined. */
  readonly edges: readonly PlanEdge[];
  /** Devices by node, as in `2 disks`, one text for each kind. */
  readonly devices: readonly (readonly string[])[];
  /** What it is and how fast it reads, in two lines. */
  readonly summary: readonly [what: string, howFast: string];
}

/** A connection of two vertices. */
export interface PlanEdge {
  readonly a: number;
  readonly b: number;
  /** Ticks from `a` to `b`, and back; -1 for a way that does not exist. */
  readonly there: number;
  readonly back: number;
}

/** `32 MB`, `1 GB`, `24 KB`, `100 B`: in the largest unit that divides it. */
export function bytesText(bytes: number): string {
  for (const [unit, shift] of [
    ['GB', 30],
    ['MB', 20],
    ['KB', 10],
  ] as const)
    // prettier-ignore
    if (bytes >= 2 ** shift && bytes % 2 ** shift === 0) return `${bytes / 2 ** shift} ${unit}`;
  return `${bytes} B`;
}

/** `1 node`, `2 nodes`. */
export function countText(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** At most three decimals. */
export function numberText(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** `120 ns`, or `30 / 40 ns` for unequal directions. */
export function latencyText({ there, back }: PlanEdge, ns: (ticks: number) => number): string {
  return back < 0 || back === there ? `${ns(there)} ns` : `${ns(there)} / ${ns(back)} ns`;
}

/** The plan of a machine. */
export function planOf(machine: ResolvedSpecification): Plan {
  const time = new TimeBase(machine.tickPs);
  const topology = buildTopology(machine, time);
  const processors = machine.nodes.reduce((sum, node) => sum + node.processors, 0);
  const memory = machine.nodes.reduce((sum, node) => sum + node.memoryBytes, 0);
  const what = [
    countText(machine.nodes.length, 'node'),
    `${countText(processors, 'processor')} of ${numberText(machine.processor.clockMHz)} MHz`,
    bytesText(memory),
    ...(machine.nodes.length > 1 ? [topology.name] : []),
  ].join(', ');
  return {
    machine,
    topology,
    ns: ticks => time.ns(ticks),
    edges: edgesOf(topology),
    devices: devicesOf(machine),
    summary: [what, `read of ${latencies(machine, topology)}`],
  };
}

function devicesOf({ nodes, devices = [] }: ResolvedSpecification): string[][] {
  const counts = nodes.map(() => new Map<string, number>());
  for (const device of devices) {
    if (device.kind === 'network-segment') continue;
    const here = counts[nodeOfDevice(device, nodes)];
    here.set(device.kind, (here.get(device.kind) ?? 0) + 1);
  }
  return counts.map(here => [...here].map(([kind, count]) => countText(count, kind.replace('-', ' '))));
}

/** A machine of one node has nothing between nodes to show. */
function edgesOf({ nodes, links }: Topology): PlanEdge[] {
  if (nodes === 1) return [];
  const edges = new Map<string, { a: number; b: number; there: number; back: number }>();
  for (const { from, to, latency } of links) {
    const opposite = edges.get(`${to} ${from}`);
    if (opposite) opposite.back = latency;
    else edges.set(`${from} ${to}`, { a: from, b: to, there: latency, back: -1 });
  }
  return [...edges.values()];
}

/** Beyond it latencies are those of the first processor's node only. */
const ALL_PAIRS = 64;

function latencies(machine: ResolvedSpecification, topology: Topology): string {
  const indices = machine.nodes.map((_, node) => node);
  const readers = indices.filter(node => machine.nodes[node].processors > 0);
  const homes = indices.filter(node => machine.nodes[node].memoryBytes > 0);
  const local: number[] = [];
  const remote: number[] = [];
  for (const from of machine.nodes.length > ALL_PAIRS ? readers.slice(0, 1) : readers)
    for (const to of homes) (from === to ? local : remote).push(readLatencyNs(machine, topology, from, to));
  const parts = [...(local.length > 0 ? [`local memory ${range(local)} ns`] : [])];
  if (remote.length > 0) parts.push(`remote ${range(remote)} ns`);
  return parts.join(', ') + (machine.nodes.length > ALL_PAIRS ? ` from node ${readers[0]}` : '');
}

function range(values: readonly number[]): string {
  const [least, most] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  return least === most ? numberText(least) : `${numberText(least)} to ${numberText(most)}`;
}
