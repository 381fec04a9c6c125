/** A machine whose remote misses take so many times as long as its local ones. */
import { finiteNumber, plainObject } from '../../engine/checks.js';
import {
  resolve,
  type MachineSpecification,
  type NetworkSpecification,
  type ResolvedSpecification,
} from '../../machine/specification/specification.js';
import { measureRead } from './latency.js';

/** Of the network's own latencies: nothing takes no time. */
const SHORTEST = 0.01;

/**
 * The machine with the latencies of its network, links and interfaces, all made longer or shorter by one factor, so that the mean
 * remote read of node 0 takes `ratio` times as long as its local read when nothing else is under way. How long links are occupied
 * stays. Throws a RangeError for a machine without a network, and for a ratio that a network without latencies would miss.
 */
export function withRemoteLatency(specification: MachineSpecification, ratio: number): ResolvedSpecification {
  plainObject(specification, 'the machine');
  finiteNumber(ratio, 'the ratio of remote to local latency', 1, 1000);
  const machine = resolve(specification);
  if (machine.nodes.length < 2)
    throw new RangeError(`${machine.name} has one node, so that nothing is remote; give a machine with more nodes`);
  const local = measureRead(machine, { reader: 0, home: 0, owner: null });
  const [present, twice] = [1, 2].map(factor => meanRemote(scaled(machine, factor)));
  const ofNetwork = twice - present;
  const least = present - ofNetwork;
  const factor = (ratio * local - least) / ofNetwork;
  if (factor < SHORTEST)
    throw new RangeError(
      `a remote read of ${machine.name} takes ${(least / local).toFixed(2)} times as long as a local one even if its network takes no time; give a ratio of at least that, not ${ratio}`,
    );
  return scaled(machine, factor);
}

function meanRemote(machine: ResolvedSpecification): number {
  const homes = machine.nodes.flatMap(({ memoryBytes }, node) => (node > 0 && memoryBytes > 0 ? [node] : []));
  return homes.reduce((sum, home) => sum + measureRead(machine, { reader: 0, home, owner: null }), 0) / homes.length;
}

/** With the latencies of all links and interfaces times a factor, in whole ticks and not less than one. */
function scaled(machine: ResolvedSpecification, factor: number): ResolvedSpecification {
  const { network, tickPs } = machine;
  const times = (ns: number): number => (Math.max(1, Math.round((ns * factor * 1000) / tickPs)) * tickPs) / 1000;
  const topology = withLatencies(network.topology, times) as NetworkSpecification['topology'];
  return resolve({ ...machine, network: { ...network, niNs: times(network.niNs), topology } });
}

/** Every `latencyNs` in plain data, changed. */
function withLatencies(value: unknown, change: (ns: number) => number): unknown {
  if (Array.isArray(value)) return value.map(part => withLatencies(part, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      name === 'latencyNs' ? change(part as number) : withLatencies(part, change),
    ]),
  );
}
