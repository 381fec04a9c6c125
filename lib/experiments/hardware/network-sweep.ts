/** Latency against load of a network of routers, beside the network that books links under the same traffic. */
import { list, plainObject, wholeNumbers } from '../../engine/checks.js';
import { measureLoad, USUAL_ROUTERS, type LoadOptions, type LoadRow } from '../../testing/networks/load.js';
import { routerFaults, type RouterOptions } from '../../interconnect/router-options.js';
import { trafficPattern, type TrafficPatternName } from '../../testing/networks/traffic.js';
import { hypercube } from '../../topology/shapes/hypercube.js';
import { mesh } from '../../topology/shapes/mesh.js';
import { ring } from '../../topology/shapes/ring.js';
import type { Topology } from '../../topology/topology.js';
import { torus } from '../../topology/shapes/torus.js';

/** Shapes that can be swept. */
export const SWEEP_TOPOLOGIES = ['mesh', 'torus', 'ring', 'hypercube'] as const;

/** What is measured. */
export interface NetworkSweepOptions {
  readonly topology: (typeof SWEEP_TOPOLOGIES)[number];
  /** Routers along each of two dimensions of a mesh or torus, routers of a ring, dimensions of a hypercube. */
  readonly k: number;
  readonly pattern: TrafficPatternName;
  /** Length of every packet. */
  readonly flits: number;
  /** Flits offered by each node in a cycle, ascending. */
  readonly rates: readonly number[];
  readonly routers: RouterOptions;
  /** Cycles of the window in which packets are measured; half as many go before. */
  readonly cycles: number;
  readonly seed: string;
}

/** One load, on both networks. */
export interface NetworkSweepRow {
  readonly routers: LoadRow;
  readonly booking: LoadRow;
  /** Mean latency of the network that books links over that of routers, less 1. */
  readonly bookingError: number;
}

/** A sweep, up to the first load that the routers cannot bear. */
export interface NetworkSweep {
  readonly options: NetworkSweepOptions;
  /** Name of the topology. */
  readonly name: string;
  readonly nodes: number;
  readonly rows: readonly NetworkSweepRow[];
}

/** A mean latency of so many cycles is called too high. */
const LATENCY_LIMIT = 300;

/** What a sweep measures with unless told otherwise: the settings that the literature's figures mostly have. */
export const USUAL_SWEEP: NetworkSweepOptions = {
  topology: 'mesh',
  k: 8,
  pattern: 'uniform',
  flits: 1,
  rates: [0.02, ...Array.from({ length: 20 }, (_, i) => (i + 1) / 20)],
  routers: USUAL_ROUTERS,
  cycles: 6000,
  seed: '1997',
};

/**
 * Measures one load after the other, a step each, so that the caller may look at other things in between; returns the
 * sweep. Packets from a node to itself are left out. Throws a RangeError for a shape, pattern, rate or router that
 * cannot be.
 */
export function* networkSweep(options: NetworkSweepOptions): Generator<NetworkSweepRow, NetworkSweep> {
  plainObject(options, 'the options of a network sweep');
  wholeNumbers(options, ['k'], 'a network sweep', 1, 1024);
  wholeNumbers(options, ['cycles'], 'a network sweep', 1, 2 ** 31);
  list(options.rates, 'a network sweep: rates');
  plainObject(options.routers, 'a network sweep: routers');
  wholeNumbers(options.routers, ['pipelineCycles'], 'a network sweep: routers', 1, 64);
  const { topology, sizes } = shapeOf(options);
  const faults = routerFaults(topology, options.routers);
  if (faults.length > 0) throw new RangeError(faults.join('; '));
  const load: LoadOptions = {
    topology,
    pattern: trafficPattern(options.pattern, { sizes }),
    flits: options.flits,
    routers: options.routers,
    toItself: false,
    seed: options.seed,
    warmUpCycles: Math.ceil(options.cycles / 2),
    measureCycles: options.cycles,
    drainCycles: options.cycles,
    latencyLimit: LATENCY_LIMIT,
  };
  const rows: NetworkSweepRow[] = [];
  for (const rate of options.rates) {
    const routers = measureLoad(load, rate);
    const booking = measureLoad({ ...load, routers: null }, rate);
    const row = { routers, booking, bookingError: booking.meanLatency / routers.meanLatency - 1 };
    rows.push(row);
    yield row;
    if (!routers.stable) break;
  }
  return { options, name: topology.name, nodes: topology.nodes, rows };
}

/** Three cycles between a node and its router and four between routers: a router of three cycles and a link of one. */
function shapeOf({ topology, k, routers }: NetworkSweepOptions): { topology: Topology; sizes: readonly number[] } {
  const { pipelineCycles } = routers;
  const attach = { latency: Math.max(2, pipelineCycles), ticksPerFlit: 1 };
  const attached = { nodesPerRouter: 1, attach, link: { latency: pipelineCycles + 1, ticksPerFlit: 1 } };
  switch (topology) {
    case 'ring':
      return { topology: ring({ routers: k, ...attached }), sizes: [k] };
    case 'hypercube':
      return { topology: hypercube({ dimension: k, ...attached }), sizes: new Array<number>(k).fill(2) };
    case 'mesh':
      return { topology: mesh({ columns: k, rows: k, ...attached }), sizes: [k, k] };
    case 'torus':
      return { topology: torus({ columns: k, rows: k, ...attached }), sizes: [k, k] };
    default:
      throw new RangeError(
        `there is no topology ${String(topology)} to sweep; there are ${SWEEP_TOPOLOGIES.join(', ')}`,
      );
  }
}
