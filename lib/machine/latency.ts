/** Unloaded latencies by arithmetic alone. What a quiet machine measures equals them (spec/machine/latency.spec.ts). */
import { ns, TimeBase } from '../engine/time.js';
import { routeLatency } from '../topology/distance.js';
import type { Topology } from '../topology/topology.js';
import type { ResolvedSpecification } from './specification.js';

/**
 * Nanoseconds from a processor of node `from` missing its caches on a clean, uncached line of node `to` until it goes
 * on. A node without processors or memory answers with what it would be. Throws a RangeError for a node that does not
 * exist.
 */
export function readLatencyNs(
  specification: ResolvedSpecification,
  topology: Topology,
  from: number,
  to: number,
): number {
  const { nodes, controller, network } = specification;
  const time = new TimeBase(specification.tickPs);
  const there = routeLatency(topology, from, to);
  const back = routeLatency(topology, to, from);
  const { busNs } = nodes[from];
  const { accessNs } = nodes[to].memory;
  const parts =
    from === to
      ? [busNs, controller.lookupLocalNs, accessNs, busNs]
      : [
          ...[busNs, controller.requestOutNs, network.niNs, network.niNs],
          ...[controller.lookupRemoteNs, accessNs, network.niNs, network.niNs, controller.responseInNs, busNs],
        ];
  return time.ns(parts.reduce((sum, part) => sum + time.ticks(ns(part)), there + back));
}
