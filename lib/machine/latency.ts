/** Unloaded latencies by arithmetic alone. What a quiet machine measures equals them (spec/machine/latency.spec.ts). */
import { plainObject, shown } from '../engine/checks.js';
import { ns, TimeBase } from '../engine/time.js';
import { routeLatency } from '../topology/distance.js';
import type { Topology } from '../topology/topology.js';
import { messageLengths } from './message-lengths.js';
import type { ResolvedSpecification } from './specification/specification.js';

/** Who reads, where the line lives, and whose cache has it dirty: nodes. */
export interface ReadPath {
  readonly reader: number;
  readonly home: number;
  /** The node of the processor that wrote the line and still has it, not the reader itself; null for a line in no cache. */
  readonly owner: number | null;
}

/** A stretch of a read's way and what it takes. */
export interface LatencyPart {
  readonly part: string;
  readonly ns: number;
}

/**
 * The parts of a single read on a quiet machine, in the order of the way, from missing the caches until the processor
 * goes on. With routers a message that does not reach them on the cycle waits for the next one, which is not counted:
 * up to a cycle for each that crosses. A node without processors or memory answers with what it would be. Throws a RangeError for a node that does
 * not exist.
 */
export function readParts(specification: ResolvedSpecification, topology: Topology, path: ReadPath): LatencyPart[] {
  plainObject(path, 'the path of a read');
  const { nodes, controller } = specification;
  const { reader, home, owner } = path;
  for (const [name, node] of Object.entries({ reader, home, owner }))
    if (!(Number.isInteger(node) && nodes[node!] !== undefined) && !(name === 'owner' && node === null))
      throw new RangeError(`${name} is ${shown(node)}; the nodes are 0 to ${nodes.length - 1}`);
  const time = new TimeBase(specification.tickPs);
  const parts: LatencyPart[] = [];
  const add = (part: string, value: number): void => void parts.push({ part, ns: time.ns(time.ticks(ns(value))) });
  const { control, data } = messageLengths(specification);
  // Routers deliver the last flit, booked links the first.
  const perFlit = specification.network.routers === undefined ? 0 : topology.links[0].ticksPerFlit;
  const cross = (from: number, to: number, flits: number): void => {
    const interfaces = 2 * time.ticks(ns(specification.network.niNs));
    const travels = routeLatency(topology, from, to) + (flits - 1) * perFlit;
    parts.push({ part: 'network', ns: time.ns(interfaces + travels) });
  };
  const bus = (node: number): void => add('bus', nodes[node].busNs);
  bus(reader);
  if (reader !== home) {
    add('request out', controller.requestOutNs);
    cross(reader, home, control);
  }
  if (reader === home) add('look-up', controller.lookupLocalNs);
  else add('look-up', controller.lookupRemoteNs);
  let from = home;
  if (owner === null) add('memory', nodes[home].memory.accessNs);
  else {
    add('forward out', controller.forwardOutNs);
    if (owner !== home) {
      cross(home, owner, control);
      add('forward in', controller.forwardInNs);
    }
    bus(owner);
    bus(owner);
    add('response out', controller.responseOutNs);
    from = owner;
  }
  if (from !== reader) {
    cross(from, reader, data);
    add('response in', controller.responseInNs);
  }
  bus(reader);
  return parts;
}

/** Nanoseconds of a clean read by a processor of node `from` of an uncached line of node `to`: the sum of `readParts`. */
export function readLatencyNs(
  specification: ResolvedSpecification,
  topology: Topology,
  from: number,
  to: number,
): number {
  return sumNs(readParts(specification, topology, { reader: from, home: to, owner: null }));
}

/** What parts add up to, to the picosecond. */
export function sumNs(parts: readonly LatencyPart[]): number {
  return parts.reduce((sum, part) => sum + Math.round(part.ns * 1000), 0) / 1000;
}
