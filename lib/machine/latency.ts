/** Unloaded latencies by arithmetic alone. What a quiet machine measures equals them (spec/machine/latency.spec.ts). */
import { ns, TimeBase } from '../engine/time.js';
import { routeLatency } from '../topology/distance.js';
import type { Topology } from '../topology/topology.js';
import type { ResolvedSpecification } from './specification.js';

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
 * goes on. A node without processors or memory answers with what it would be. Throws a RangeError for a node that does
 * not exist.
 */
export function readParts(specification: ResolvedSpecification, topology: Topology, path: ReadPath): LatencyPart[] {
  const { nodes, controller } = specification;
  const { reader, home, owner } = path;
  const time = new TimeBase(specification.tickPs);
  const parts: LatencyPart[] = [];
  const add = (part: string, value: number): void => void parts.push({ part, ns: time.ns(time.ticks(ns(value))) });
  const cross = (from: number, to: number): void => {
    const interfaces = 2 * time.ticks(ns(specification.network.niNs));
    parts.push({ part: 'network', ns: time.ns(interfaces + routeLatency(topology, from, to)) });
  };
  const bus = (node: number): void => add('bus', nodes[node].busNs);
  bus(reader);
  if (reader !== home) {
    add('request out', controller.requestOutNs);
    cross(reader, home);
  }
  if (reader === home) add('look-up', controller.lookupLocalNs);
  else add('look-up', controller.lookupRemoteNs);
  let from = home;
  if (owner === null) add('memory', nodes[home].memory.accessNs);
  else {
    add('forward out', controller.forwardOutNs);
    if (owner !== home) {
      cross(home, owner);
      add('forward in', controller.forwardInNs);
    }
    bus(owner);
    bus(owner);
    add('response out', controller.responseOutNs);
    from = owner;
  }
  if (from !== reader) {
    cross(from, reader);
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
