/**
 * How far apart nodes are, by the routes that messages take.
 */

import type { Topology } from './topology.js';

/**
 * The time in ticks for the head of a message to travel from one node to another over idle links; 0 to itself.
 * Throws a RangeError for a node that does not exist.
 */
export function routeLatency(topology: Topology, from: number, to: number): number {
  const route = topology.route(from, to);
  let ticks = 0;
  for (let i = 0; i < route.length; i++) ticks += topology.links[route[i]].latency;
  return ticks;
}

/**
 * The number of links from one node to another, those between nodes and routers included; 0 to itself.
 * Throws a RangeError for a node that does not exist.
 */
export function hops(topology: Topology, from: number, to: number): number {
  return topology.route(from, to).length;
}

/** The longest route's latency in ticks. Works out the routes of all pairs, which takes a while on a large machine. */
export function diameter(topology: Topology): number {
  let most = 0;
  for (let from = 0; from < topology.nodes; from++) {
    for (let to = 0; to < topology.nodes; to++) most = Math.max(most, routeLatency(topology, from, to));
  }
  return most;
}
