/** Loads to measure on networks with the settings of BookSim2's runs. */
import { USUAL_ROUTERS, type LoadOptions } from '../../lib/testing/networks/load.js';
import { trafficPattern, type TrafficPatternName } from '../../lib/testing/networks/traffic.js';
import { hypercube } from '../../lib/topology/shapes/hypercube.js';
import { mesh } from '../../lib/topology/shapes/mesh.js';
import type { Topology } from '../../lib/topology/topology.js';
import { torus } from '../../lib/topology/shapes/torus.js';

// From creation into the first router 3 cycles, 4 from router to router, 3 to the node: 6 + 4 H.
const attached = {
  nodesPerRouter: 1,
  attach: { latency: 3, ticksPerFlit: 1 },
  link: { latency: 4, ticksPerFlit: 1 },
};

/** A square of k by k, or a hypercube of dimension k. */
function shape(kind: 'mesh' | 'torus' | 'hypercube', k: number): { topology: Topology; sizes: number[] } {
  if (kind === 'hypercube')
    return { topology: hypercube({ dimension: k, ...attached }), sizes: new Array<number>(k).fill(2) };
  return { topology: { mesh, torus }[kind]({ columns: k, rows: k, ...attached }), sizes: [k, k] };
}

/** What is measured, but for what is given. */
export function load(
  kind: 'mesh' | 'torus' | 'hypercube',
  k: number,
  pattern: TrafficPatternName,
  changes: Partial<LoadOptions> = {},
): LoadOptions {
  const { topology, sizes } = shape(kind, k);
  return {
    topology,
    pattern: trafficPattern(pattern, { sizes }),
    ...{ flits: 1, routers: USUAL_ROUTERS, toItself: true, seed: 'load' },
    ...{ warmUpCycles: 2000, measureCycles: 8000, drainCycles: 4000, latencyLimit: 300 },
    ...changes,
  };
}
